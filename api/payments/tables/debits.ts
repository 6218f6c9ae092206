// Direct debits: the mandates they rest on, and the batches for the bank.
import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, primaryKey, smallint, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytes, cents, day, id, instant } from '../../database/columns.ts';
import { members } from '../../members/tables.ts';
import { payments } from './incoming.ts';

/**
 * SEPA direct debit mandates (B-14), kept for good: what was authorised never changes, only its end is added. A member has one that stands.
 */
export const mandates = pgTable(
	'mandates',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		/** mandate reference (Mandatsreferenz): at most 35 characters, no blanks, unique without regard to case */
		reference: text().notNull(),
		kind: text({ enum: ['recurring', 'one-off'] }).notNull(),
		/** given in the portal, or on paper and recorded by the board */
		channel: text({ enum: ['portal', 'paper'] }).notNull(),
		creditorName: text().notNull(),
		creditorAddress: text().notNull(),
		creditorId: text().notNull(),
		/** whose account it is, apart from the member's name (B-17) */
		debtorName: text().notNull(),
		street: text().notNull(),
		postcode: text().notNull(),
		town: text().notNull(),
		country: text().notNull(),
		iban: bytes().notNull(),
		ibanBlind: bytes().notNull(),
		ibanMasked: text().notNull(),
		signedOn: day().notNull(),
		signedPlace: text().notNull(),
		/** the authorisation word for word */
		authorisation: text().notNull(),
		/** calendar days between announcement and collection that were agreed (14 without agreement, B-15) */
		noticeDays: smallint().notNull().default(14),
		recordedAt: instant().notNull(),
		recordedBy: uuid(),
		endedOn: day(),
		endedAt: instant(),
		endReason: text({ enum: ['revoked', 'replaced', 'used', 'left'] }),
		endedBy: uuid(),
	},
	(t) => [
		check(
			'mandates_reference',
			sql`${t.reference} ~ '^[A-Za-z0-9+?.,:()''-]([A-Za-z0-9+?/.,:()''-]{0,33}[A-Za-z0-9+?.,:()''-])?$'`,
		),
		check('mandates_notice', sql`${t.noticeDays} between 1 and 14`),
		check(
			'mandates_ended',
			sql`(${t.endedOn} is null) = (${t.endedAt} is null) and (${t.endedOn} is null) = (${t.endReason} is null)`,
		),
		uniqueIndex('mandates_reference_once').on(t.creditorId, sql`lower(${t.reference})`),
		uniqueIndex('mandates_one_standing').on(t.memberId).where(sql`${t.endedAt} is null`),
		index('mandates_of_member').on(t.memberId, t.recordedAt),
	],
);

/**
 * Direct debit batches for the bank (pain.008). What is in a file never changes; only its state moves on: created → released (by
 * another person, bound to the content's hash; the debtors are told) → executed, or voided on the way.
 */
export const debitFiles = pgTable(
	'debit_files',
	{
		id: id(),
		messageId: text().notNull().unique(),
		subject: text().notNull(),
		/** the day the accounts are debited (Fälligkeitsdatum), a bank day */
		collectionOn: day().notNull(),
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
		closedBy: uuid(),
		closedAt: instant(),
		voidReason: text(),
	},
	(t) => [
		check('debit_files_four_eyes', sql`${t.releasedBy} <> ${t.createdBy}`),
		check('debit_files_release_bound', sql`${t.releasedSha256} = ${t.sha256}`),
		check(
			'debit_files_released',
			sql`(${t.releasedBy} is null) = (${t.releasedAt} is null) and (${t.releasedBy} is null) = (${t.releasedSha256} is null) and (${t.state} not in ('released', 'executed') or ${t.releasedBy} is not null) and (${t.state} <> 'created' or ${t.releasedBy} is null)`,
		),
		check('debit_files_executed', sql`(${t.state} = 'executed') = (${t.executedOn} is not null)`),
		check('debit_files_closed', sql`(${t.state} in ('executed', 'voided')) = (${t.closedAt} is not null)`),
		check('debit_files_sum', sql`${t.itemCount} > 0 and ${t.sumCents} > 0`),
		index('debit_files_by_state').on(t.state, t.createdAt),
	],
);

/** The direct debits of a file: what is collected never changes; the payment it became and its return are added. */
export const debitItems = pgTable(
	'debit_items',
	{
		fileId: uuid()
			.notNull()
			.references(() => debitFiles.id),
		line: integer().notNull(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		mandateId: uuid()
			.notNull()
			.references(() => mandates.id),
		amountCents: cents().notNull(),
		sequence: text({ enum: ['OOFF', 'RCUR', 'FNAL'] }).notNull(),
		endToEndId: text().notNull().unique(),
		remittance: text().notNull(),
		ibanMasked: text().notNull(),
		/** how the debtor is told beforehand (Vorabankündigung) */
		announcedBy: text({ enum: ['mail', 'letter'] }).notNull(),
		paymentId: uuid()
			.unique()
			.references(() => payments.id),
		returnedOn: day(),
		returnReason: text(),
	},
	(t) => [
		primaryKey({ columns: [t.fileId, t.line] }),
		check('debit_items_amount', sql`${t.amountCents} > 0`),
		check('debit_items_returned', sql`(${t.returnedOn} is null) = (${t.returnReason} is null)`),
		uniqueIndex('debit_items_member_once').on(t.fileId, t.memberId),
		index('debit_items_of_member').on(t.memberId),
		index('debit_items_of_mandate').on(t.mandateId),
	],
);
