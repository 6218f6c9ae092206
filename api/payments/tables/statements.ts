// Bank statements: the files as they came, their lines, and how each went into the books.
import { sql } from 'drizzle-orm';
import {
	bigint,
	check,
	index,
	integer,
	pgTable,
	primaryKey,
	text,
	unique,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core';
import { bytes, cents, day, id, instant } from '../../database/columns.ts';
import { journal } from '../../ledger/tables.ts';
import { members } from '../../members/tables.ts';

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

/** How a line went into the books; the parts add up to the line. Never changed: when a line is opened again, its parts say since when they are void. */
export const lineBookings = pgTable(
	'line_bookings',
	{
		lineId: uuid()
			.notNull()
			.references(() => statementLines.id),
		part: integer().notNull(),
		amountCents: cents().notNull(),
		kind: text({ enum: ['payment', 'debit-return', 'payout', 'payout-return', 'account', 'liability'] }).notNull(),
		memberId: uuid().references(() => members.id),
		account: text(),
		entry: bigint({ mode: 'number' }).references(() => journal.number),
		reopenedAt: instant(),
		reopenedBy: uuid(),
		reopenReason: text(),
	},
	(t) => [
		primaryKey({ columns: [t.lineId, t.part] }),
		check('line_bookings_reopened', sql`(${t.reopenedAt} is null) = (${t.reopenReason} is null)`),
		check('line_bookings_amount', sql`${t.amountCents} <> 0`),
		index('line_bookings_of_member').on(t.memberId),
		index('line_bookings_by_entry').on(t.entry),
	],
);
