// What is remembered about money moving through the bank: payments that came in, files that pay out, line by line.
import { sql } from 'drizzle-orm';
import {
	bigint,
	check,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	smallint,
	text,
	unique,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core';
import { bytes, cents, day, id, instant } from '../database/columns.ts';
import { journal } from '../ledger/tables.ts';
import { members } from '../members/tables.ts';
import { settlements } from '../shares/tables.ts';
import type { HeldBack } from './rules/files.ts';
import type { ReminderStep } from './rules/reminders.ts';

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
		/** part that paid open reminder fees */
		feeCents: cents().notNull().default(0),
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
			sql`${t.amountCents} > 0 and ${t.creditedCents} >= 0 and ${t.overpaidCents} >= 0 and ${t.feeCents} >= 0 and ${t.amountCents} = ${t.creditedCents} + ${t.overpaidCents} + ${t.feeCents}`,
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

/** Files of bank statements as they came (camt.053, ZIP): looked into, then imported as a whole or discarded. */
export const statementFiles = pgTable(
	'statement_files',
	{
		id: id(),
		fileName: text().notNull(),
		sizeBytes: integer().notNull(),
		sha256: bytes().notNull(),
		/** the bytes as received, sealed; emptied when discarded */
		content: bytes(),
		state: text({ enum: ['uploaded', 'imported', 'discarded'] })
			.notNull()
			.default('uploaded'),
		uploadedAt: instant().notNull(),
		uploadedBy: uuid(),
		decidedAt: instant(),
		decidedBy: uuid(),
		statementCount: integer().notNull(),
		lineCount: integer().notNull(),
	},
	(t) => [
		uniqueIndex('statement_files_once').on(t.sha256).where(sql`${t.state} <> 'discarded'`),
		check('statement_files_decided', sql`(${t.state} = 'uploaded') = (${t.decidedAt} is null)`),
		check('statement_files_content', sql`(${t.state} = 'discarded') = (${t.content} is null)`),
		index('statement_files_by_day').on(t.uploadedAt),
	],
);

/** Imported statements of the cooperative's account, append-only; each comes once. */
export const statements = pgTable(
	'statements',
	{
		id: id(),
		fileId: uuid()
			.notNull()
			.references(() => statementFiles.id),
		iban: text().notNull(),
		/** the bank's identification of the statement */
		statementId: text().notNull(),
		/** message version, e.g. 'camt.053.001.08' */
		version: text().notNull(),
		fromOn: day().notNull(),
		toOn: day().notNull(),
		openingCents: cents().notNull(),
		closingCents: cents().notNull(),
		lineCount: integer().notNull(),
		importedAt: instant().notNull(),
	},
	(t) => [unique('statements_once').on(t.iban, t.statementId), index('statements_by_day').on(t.iban, t.toOn)],
);

/**
 * Lines of statements: what the bank said never changes. 'booked': the books know it (bookings say how); 'noted': nothing to book, with
 * a reason; 'open': the board decides at the desk.
 */
export const statementLines = pgTable(
	'statement_lines',
	{
		id: id(),
		statementId: uuid()
			.notNull()
			.references(() => statements.id),
		line: integer().notNull(),
		/** in positive, out negative */
		amountCents: cents().notNull(),
		bookedOn: day().notNull(),
		valueOn: day().notNull(),
		/** names the line for good: the bank's reference, day and amount */
		bankReference: text().notNull().unique(),
		endToEndId: text(),
		mandateReference: text(),
		creditorReference: text(),
		batchId: text(),
		purpose: text().notNull(),
		partyName: text().notNull(),
		/** sealed; the blind index finds the member it belongs to */
		partyIban: bytes(),
		partyIbanBlind: bytes(),
		partyIbanMasked: text(),
		bankCode: text().notNull(),
		/** a return or refund: the bank's reason code, 'NARR' if it gives none */
		returnReason: text(),
		originalCents: cents(),
		state: text({ enum: ['open', 'booked', 'noted'] }).notNull(),
		/** by which key it was matched, or why it was noted */
		basis: text(),
		decidedAt: instant(),
		decidedBy: uuid(),
	},
	(t) => [
		unique('statement_lines_place').on(t.statementId, t.line),
		check('statement_lines_amount', sql`${t.amountCents} <> 0`),
		check('statement_lines_decided', sql`(${t.state} = 'open') = (${t.decidedAt} is null)`),
		index('statement_lines_open').on(t.bookedOn).where(sql`${t.state} = 'open'`),
	],
);

/** How a line went into the books, append-only; the parts add up to the line. */
export const lineBookings = pgTable(
	'line_bookings',
	{
		lineId: uuid()
			.notNull()
			.references(() => statementLines.id),
		part: integer().notNull(),
		amountCents: cents().notNull(),
		kind: text({ enum: ['payment', 'debit-return', 'payout', 'payout-return', 'account'] }).notNull(),
		memberId: uuid().references(() => members.id),
		account: text(),
		entry: bigint({ mode: 'number' }).references(() => journal.number),
	},
	(t) => [
		primaryKey({ columns: [t.lineId, t.part] }),
		check('line_bookings_amount', sql`${t.amountCents} <> 0`),
		index('line_bookings_of_member').on(t.memberId),
	],
);

/** Overpayments that went onto shares later, with the member's consent (S-05), append-only. */
export const creditedOverpayments = pgTable(
	'credited_overpayments',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		amountCents: cents().notNull(),
		/** the day the member agreed, and how */
		consentOn: day().notNull(),
		consent: text().notNull(),
		entry: bigint({ mode: 'number' })
			.notNull()
			.unique()
			.references(() => journal.number),
		recordedAt: instant().notNull(),
		recordedBy: uuid(),
	},
	(t) => [check('credited_overpayments_amount', sql`${t.amountCents} > 0`)],
);

/** How the cooperative reminds, append-only; the latest version counts. */
export const reminderTerms = pgTable('reminder_terms', {
	version: integer().primaryKey(),
	steps: jsonb().$type<ReminderStep[]>().notNull(),
	recordedAt: instant().notNull(),
	recordedBy: uuid(),
});

/** Reminders (Mahnungen) that went out, append-only; each step once for what fell due on a day. */
export const reminders = pgTable(
	'reminders',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		/** 1, 2 or 3 */
		step: smallint().notNull(),
		/** the oldest day whose payment was missing */
		dueSince: day().notNull(),
		claimCents: cents().notNull(),
		/** fee of this step; what was charged before stays owed */
		feeCents: cents().notNull(),
		payBy: day().notNull(),
		channel: text({ enum: ['mail', 'letter'] }).notNull(),
		subject: text().notNull(),
		letter: text().notNull(),
		termsVersion: integer().notNull(),
		/** entry that claims the fee */
		entry: bigint({ mode: 'number' })
			.unique()
			.references(() => journal.number),
		sentOn: day().notNull(),
		sentAt: instant().notNull(),
		sentBy: uuid(),
	},
	(t) => [
		check('reminders_step', sql`${t.step} between 1 and 3`),
		check(
			'reminders_amounts',
			sql`${t.claimCents} > 0 and ${t.feeCents} >= 0 and (${t.feeCents} = 0) = (${t.entry} is null)`,
		),
		unique('reminders_step_once').on(t.memberId, t.dueSince, t.step),
		index('reminders_of_member').on(t.memberId, t.sentAt),
	],
);

/** Claims that are not reminded of or collected for a while: disputed, or put off (Stundung). */
export const claimPauses = pgTable(
	'claim_pauses',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		kind: text({ enum: ['disputed', 'deferred'] }).notNull(),
		/** the last day of the pause; null: until it is ended */
		until: day(),
		reason: text().notNull(),
		recordedAt: instant().notNull(),
		recordedBy: uuid(),
		endedAt: instant(),
		endedBy: uuid(),
	},
	(t) => [uniqueIndex('claim_pauses_one').on(t.memberId).where(sql`${t.endedAt} is null`)],
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
	},
	(t) => [
		primaryKey({ columns: [t.settlementId, t.fileId] }),
		check('settlement_payouts_amount', sql`${t.amountCents} > 0`),
		index('settlement_payouts_by_file').on(t.fileId),
	],
);
