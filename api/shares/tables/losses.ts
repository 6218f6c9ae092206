// What is remembered about losses written off: the resolution, and what each member bore.
import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { cents, day, id, instant } from '../../database/columns.ts';
import { journal } from '../../ledger/tables.ts';
import { members } from '../../members/tables.ts';

/**
 * Losses covered by resolution (Verlustdeckung, § 19(1) GenG, P-10): from reserves, and from the members' balances pro rata of what they
 * were at the end of `baseOn`. Proposed by one person, entered by another.
 */
export const lossWriteOffs = pgTable(
	'loss_write_offs',
	{
		id: id(),
		/** the calendar year in which the fiscal year of the loss ends */
		year: integer().notNull(),
		/** the last day of the fiscal year before; of the first year its own */
		baseOn: day().notNull(),
		/** the assembly's resolution, which names the amounts */
		resolvedOn: day().notNull(),
		resolution: text().notNull(),
		fromLegalReserveCents: cents().notNull(),
		fromOtherReservesCents: cents().notNull(),
		fromBalancesCents: cents().notNull(),
		state: text({ enum: ['proposed', 'entered', 'withdrawn'] })
			.notNull()
			.default('proposed'),
		proposedBy: uuid().notNull(),
		proposedAt: instant().notNull(),
		decidedBy: uuid(),
		decidedAt: instant(),
		entry: bigint({ mode: 'number' })
			.unique()
			.references(() => journal.number),
	},
	(t) => [
		check(
			'loss_write_offs_amounts',
			sql`least(${t.fromLegalReserveCents}, ${t.fromOtherReservesCents}, ${t.fromBalancesCents}) >= 0 and ${t.fromLegalReserveCents} + ${t.fromOtherReservesCents} + ${t.fromBalancesCents} > 0`,
		),
		check('loss_write_offs_base', sql`${t.baseOn} < ${t.resolvedOn}`),
		check('loss_write_offs_four_eyes', sql`${t.state} <> 'entered' or ${t.decidedBy} <> ${t.proposedBy}`),
		check(
			'loss_write_offs_decided',
			sql`(${t.state} = 'proposed') = (${t.decidedAt} is null) and (${t.state} = 'entered') = (${t.entry} is not null)`,
		),
		uniqueIndex('loss_write_offs_one_open').on(t.state).where(sql`state = 'proposed'`),
	],
);

/** What a loss took off each member's balance, append-only: later profits fill this up before anything is paid out (§ 19(1) S. 3 GenG). */
export const lossLines = pgTable(
	'loss_lines',
	{
		lossId: uuid()
			.notNull()
			.references(() => lossWriteOffs.id),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		/** the balance it was reckoned from */
		baseCents: cents().notNull(),
		amountCents: cents().notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.lossId, t.memberId] }),
		check('loss_lines_amounts', sql`${t.amountCents} > 0 and ${t.baseCents} > 0`),
		index('loss_lines_of_member').on(t.memberId),
	],
);
