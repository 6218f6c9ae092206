// What is remembered about money moving through the bank: payments that came in, files that pay out, line by line.
import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytes, cents, day, id, instant } from '../database/columns.ts';
import { journal } from '../ledger/tables.ts';
import { members } from '../members/tables.ts';

/** Money that came in from members; never changed, only reversed by another entry. A bank line counts once. */
export const payments = pgTable(
	'payments',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		amountCents: cents().notNull(),
		/** part that went onto the shares (Geschäftsguthaben) */
		creditedCents: cents().notNull(),
		/** part beyond the nominal value, owed back (S-05) */
		overpaidCents: cents().notNull(),
		/** value day (Wertstellung) */
		valueOn: day().notNull(),
		purpose: text().notNull(),
		/** names the line of the bank statement */
		bankReference: text().notNull(),
		entry: bigint({ mode: 'number' })
			.notNull()
			.unique()
			.references(() => journal.number),
		recordedAt: instant().notNull(),
		recordedBy: uuid(),
		reversalEntry: bigint({ mode: 'number' })
			.unique()
			.references(() => journal.number),
		reversedAt: instant(),
		reversalReason: text(),
	},
	(t) => [
		check(
			'payments_split',
			sql`${t.amountCents} > 0 and ${t.creditedCents} >= 0 and ${t.overpaidCents} >= 0 and ${t.amountCents} = ${t.creditedCents} + ${t.overpaidCents}`,
		),
		check('payments_reversed', sql`(${t.reversalEntry} is null) = (${t.reversedAt} is null)`),
		uniqueIndex('payments_bank_line_once').on(t.bankReference).where(sql`${t.reversalEntry} is null`),
		index('payments_of_member').on(t.memberId, t.valueOn),
		index('payments_by_day').on(t.valueOn),
	],
);

/**
 * Files of transfers for the bank (pain.001). What is in a file never changes; only its state moves on:
 * created → released (by another person, bound to the content's hash) → executed, or voided on the way.
 */
export const payoutFiles = pgTable(
	'payout_files',
	{
		id: id(),
		messageId: text().notNull().unique(),
		/** what is paid, e.g. 'Dividende 2025' */
		subject: text().notNull(),
		/** the liability account that is paid off */
		account: text().notNull(),
		executionOn: day().notNull(),
		itemCount: integer().notNull(),
		sumCents: cents().notNull(),
		/** the XML, sealed */
		content: bytes().notNull(),
		sha256: bytes().notNull(),
		createdBy: uuid().notNull(),
		createdAt: instant().notNull(),
		state: text({ enum: ['created', 'released', 'executed', 'voided'] })
			.notNull()
			.default('created'),
		releasedBy: uuid(),
		releasedAt: instant(),
		releasedSha256: bytes(),
		executedOn: day(),
		entry: bigint({ mode: 'number' })
			.unique()
			.references(() => journal.number),
		closedBy: uuid(),
		closedAt: instant(),
		voidReason: text(),
	},
	(t) => [
		check('payout_files_four_eyes', sql`${t.releasedBy} <> ${t.createdBy}`),
		check('payout_files_release_bound', sql`${t.releasedSha256} = ${t.sha256}`),
		check(
			'payout_files_released',
			sql`(${t.releasedBy} is null) = (${t.releasedAt} is null) and (${t.releasedBy} is null) = (${t.releasedSha256} is null) and (${t.state} not in ('released', 'executed') or ${t.releasedBy} is not null) and (${t.state} <> 'created' or ${t.releasedBy} is null)`,
		),
		check(
			'payout_files_executed',
			sql`(${t.state} = 'executed') = (${t.entry} is not null) and (${t.entry} is null) = (${t.executedOn} is null)`,
		),
		check('payout_files_closed', sql`(${t.state} in ('executed', 'voided')) = (${t.closedAt} is not null)`),
		check('payout_files_sum', sql`${t.itemCount} > 0 and ${t.sumCents} > 0`),
		index('payout_files_by_state').on(t.state, t.createdAt),
	],
);

/** The transfers of a file, append-only; accounts of recipients are in the sealed content, here masked. */
export const payoutItems = pgTable(
	'payout_items',
	{
		fileId: uuid()
			.notNull()
			.references(() => payoutFiles.id),
		line: integer().notNull(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		amountCents: cents().notNull(),
		endToEndId: text().notNull().unique(),
		remittance: text().notNull(),
		ibanMasked: text().notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.fileId, t.line] }),
		check('payout_items_amount', sql`${t.amountCents} > 0`),
		index('payout_items_of_member').on(t.memberId),
	],
);
