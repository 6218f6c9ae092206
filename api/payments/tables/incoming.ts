// Money that came in from members, and overpayments that went onto shares.
import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { cents, day, id, instant } from '../../database/columns.ts';
import { journal } from '../../ledger/tables.ts';
import { members } from '../../members/tables.ts';

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
