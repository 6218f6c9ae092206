// What the books hold: chart of accounts, the hash-chained journal, its postings, and the days that are closed.
import { sql } from 'drizzle-orm';
import {
	bigint,
	boolean,
	check,
	index,
	integer,
	json,
	pgTable,
	primaryKey,
	smallint,
	text,
	unique,
	uuid,
} from 'drizzle-orm/pg-core';
import { bytes, cents, day, id, instant } from '../database/columns.ts';
import { members } from '../members/tables.ts';

/** The chart of accounts (Kontenrahmen). On `perMember` accounts every posting names its member: the account is the control account of the members' sub-ledgers. */
export const ledgerAccounts = pgTable(
	'ledger_accounts',
	{
		number: text().primaryKey(),
		nameDe: text().notNull(),
		nameEn: text().notNull(),
		kind: text({ enum: ['asset', 'equity', 'liability', 'income', 'expense', 'memo'] }).notNull(),
		perMember: boolean().notNull(),
	},
	(t) => [
		unique('ledger_accounts_kind_of_posting').on(t.number, t.perMember),
		check('ledger_accounts_number', sql`${t.number} ~ '^[0-9]{4,8}$'`),
	],
);

/**
 * The journal, append-only and gapless. `content` is the exact JSON text that was hashed: { bookedOn, recordedAt, by, kind, text,
 * reference, reverses, postings: { count, sha256 } }; hash as in the audit log, over number, previous hash and content.
 */
export const journal = pgTable(
	'journal',
	{
		number: bigint({ mode: 'number' }).primaryKey(),
		/** the day it takes effect in the books (Buchungstag) */
		bookedOn: day().notNull(),
		recordedAt: instant().notNull(),
		/** what caused it: 'payment', 'share-claim', 'dividend', 'payout', 'manual', 'reversal' … */
		kind: text().notNull(),
		text: text().notNull(),
		/** voucher (Beleg) */
		reference: text(),
		reverses: bigint({ mode: 'number' }).unique(),
		content: json().notNull(),
		previousHash: bytes().notNull(),
		hash: bytes().notNull(),
	},
	(t) => [index('journal_by_day').on(t.bookedOn, t.number)],
);

/** The end of the journal and the last closed day: one row; its lock puts entries in order. */
export const journalHead = pgTable('journal_head', {
	number: bigint({ mode: 'number' }).primaryKey(),
	hash: bytes().notNull(),
	lockedThrough: day().notNull(),
});

/** Lines of entries, append-only: debit (Soll) positive, credit (Haben) negative. All of an entry come in one insert. */
export const postings = pgTable(
	'postings',
	{
		entry: bigint({ mode: 'number' })
			.notNull()
			.references(() => journal.number),
		line: integer().notNull(),
		account: text().notNull(),
		memberId: uuid().references(() => members.id),
		cents: cents().notNull(),
		perMember: boolean().notNull().generatedAlwaysAs(sql`member_id is not null`),
	},
	(t) => [
		primaryKey({ columns: [t.entry, t.line] }),
		check('postings_amount', sql`${t.cents} <> 0`),
		index('postings_of_member').on(t.memberId, t.account, t.entry).where(sql`${t.memberId} is not null`),
		index('postings_of_account').on(t.account, t.entry),
	],
);

/** Which days were closed when and by whom, append-only; closed days stay closed. */
export const periodLocks = pgTable('period_locks', {
	lockedThrough: day().primaryKey(),
	lockedAt: instant().notNull(),
	lockedBy: uuid(),
});

/**
 * Which account of the tax adviser's chart stands for an account here (B-31): the numbers of SKR03 or SKR04, without filling zeros.
 * An account without a line is not handed over; only memo accounts may have none.
 */
export const datevAccounts = pgTable(
	'datev_accounts',
	{
		chart: text({ enum: ['03', '04'] }).notNull(),
		account: text()
			.notNull()
			.references(() => ledgerAccounts.number),
		datevAccount: text().notNull(),
		/** tax key (BU-Schlüssel) of every row on this account: '40' switches an automatic account's tax off */
		taxKey: text(),
	},
	(t) => [
		primaryKey({ columns: [t.chart, t.account] }),
		check('datev_accounts_number', sql`${t.datevAccount} ~ '^[0-9]{3,8}$' and ${t.datevAccount} !~ '^0+$'`),
		check('datev_accounts_tax_key', sql`${t.taxKey} ~ '^[0-9]{1,4}$'`),
	],
);

/** What the tax adviser's program must know to take the books in: one row, from the first time it is said. */
export const datevSettings = pgTable(
	'datev_settings',
	{
		one: smallint().primaryKey(),
		/** number of the adviser (Beraternummer) and, there, of the cooperative (Mandantennummer) */
		consultant: integer().notNull(),
		client: integer().notNull(),
		chart: text({ enum: ['03', '04'] }).notNull(),
		/** digits of an account in the adviser's books (Sachkontenlänge) */
		accountLength: smallint().notNull(),
		/** takes both halves where both sides of a posting lie on one account */
		clearingAccount: text().notNull(),
	},
	(t) => [
		check('datev_settings_single', sql`${t.one} = 1`),
		check('datev_settings_consultant', sql`${t.consultant} between 1001 and 9999999`),
		check('datev_settings_client', sql`${t.client} between 1 and 99999`),
		check('datev_settings_length', sql`${t.accountLength} between 4 and 8`),
		check('datev_settings_clearing', sql`${t.clearingAccount} ~ '^[0-9]{3,8}$'`),
	],
);

/** Files handed to the tax adviser (EXTF Buchungsstapel), append-only, byte for byte. */
export const datevExports = pgTable(
	'datev_exports',
	{
		id: id(),
		fromDay: day().notNull(),
		toDay: day().notNull(),
		/** only what no earlier file of these days held */
		onlyNew: boolean().notNull(),
		/** the journal's last number when it was made: later entries of these days are not in it */
		throughEntry: bigint({ mode: 'number' }).notNull(),
		entryCount: integer().notNull(),
		rowCount: integer().notNull(),
		/** sum of the rows' amounts */
		sumCents: cents().notNull(),
		/** the days were closed: DATEV takes the rows in as final (Festschreibung) */
		locked: boolean().notNull(),
		fileName: text().notNull(),
		content: bytes().notNull(),
		sha256: bytes().notNull(),
		createdAt: instant().notNull(),
		createdBy: uuid(),
	},
	(t) => [check('datev_exports_days', sql`${t.fromDay} <= ${t.toDay}`), index('datev_exports_by_time').on(t.createdAt)],
);
