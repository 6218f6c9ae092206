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
	text,
	unique,
	uuid,
} from 'drizzle-orm/pg-core';
import { bytes, cents, day, instant } from '../database/columns.ts';
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
