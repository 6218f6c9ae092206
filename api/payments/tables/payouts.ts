// Money that goes out: files of transfers for the bank, line by line, and what became of each.
import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, cents, day, id, instant } from '../../database/columns.ts';
import { journal } from '../../ledger/tables.ts';
import { members } from '../../members/tables.ts';
import { settlements } from '../../shares/tables.ts';
import type { HeldBack } from '../rules/files.ts';

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
		/** who was left out because the account is new and still held */
		heldBack: jsonb().$type<HeldBack[]>(),
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

/** Transfers the bank sent back (wrong account, account closed): the liability stands again. */
export const payoutReturns = pgTable(
	'payout_returns',
	{
		fileId: uuid().notNull(),
		line: integer().notNull(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		returnedOn: day().notNull(),
		reason: text().notNull(),
		entry: bigint({ mode: 'number' })
			.notNull()
			.unique()
			.references(() => journal.number),
		recordedAt: instant().notNull(),
	},
	(t) => [primaryKey({ columns: [t.fileId, t.line] })],
);

/**
 * What became of single transfers where a file was not executed as a whole, append-only: 'executed' by itself with its entry, or 'dropped'
 * (never executed; the liability stands and can be paid by another file). A transfer without a row shares the fate of its file.
 */
export const payoutOutcomes = pgTable(
	'payout_outcomes',
	{
		fileId: uuid().notNull(),
		line: integer().notNull(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		outcome: text({ enum: ['executed', 'dropped'] }).notNull(),
		happenedOn: day().notNull(),
		entry: bigint({ mode: 'number' }).references(() => journal.number),
		reason: text(),
		recordedAt: instant().notNull(),
		recordedBy: uuid(),
	},
	(t) => [
		primaryKey({ columns: [t.fileId, t.line] }),
		check(
			'payout_outcomes_booked',
			sql`(${t.outcome} = 'executed') = (${t.entry} is not null) and (${t.outcome} = 'dropped') = (${t.reason} is not null)`,
		),
	],
);

/** What payment files pay on settlements with former members (M-70 to M-73), append-only; what a voided file held is owed again. */
export const settlementPayouts = pgTable(
	'settlement_payouts',
	{
		settlementId: uuid()
			.notNull()
			.references(() => settlements.id),
		fileId: uuid()
			.notNull()
			.references(() => payoutFiles.id),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		amountCents: cents().notNull(),
		/** the transfer of the file that pays it; null: recorded before it was remembered */
		line: integer(),
	},
	(t) => [
		primaryKey({ columns: [t.settlementId, t.fileId] }),
		check('settlement_payouts_amount', sql`${t.amountCents} > 0`),
		index('settlement_payouts_by_file').on(t.fileId),
	],
);

/**
 * What settlements are relieved of beside payment files: transfers made by hand and found on a statement, and returned debits set off
 * against them (B-16). Never changed, only reversed by another entry.
 */
export const settlementReliefs = pgTable(
	'settlement_reliefs',
	{
		id: id(),
		settlementId: uuid()
			.notNull()
			.references(() => settlements.id),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		kind: text({ enum: ['transfer', 'set-off'] }).notNull(),
		amountCents: cents().notNull(),
		relievedOn: day().notNull(),
		entry: bigint({ mode: 'number' })
			.notNull()
			.references(() => journal.number),
		recordedAt: instant().notNull(),
		recordedBy: uuid(),
		reversalEntry: bigint({ mode: 'number' }).references(() => journal.number),
		reversedAt: instant(),
	},
	(t) => [
		check('settlement_reliefs_amount', sql`${t.amountCents} > 0`),
		check('settlement_reliefs_reversed', sql`(${t.reversalEntry} is null) = (${t.reversedAt} is null)`),
		index('settlement_reliefs_of_settlement').on(t.settlementId),
		index('settlement_reliefs_by_entry').on(t.entry),
	],
);
