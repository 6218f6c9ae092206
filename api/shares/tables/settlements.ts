// What is remembered about settlements with those who left.
import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { cents, day, id, instant } from '../../database/columns.ts';
import { journal } from '../../ledger/tables.ts';
import { members } from '../../members/tables.ts';
import { exits } from './exits.ts';

/**
 * Settlements with those who left (Auseinandersetzung, § 73 GenG): one for each exit that left a balance. Determined from the balance sheet
 * of the exit; what is paid on it stands with the payment files.
 */
export const settlements = pgTable(
	'settlements',
	{
		id: id(),
		exitId: uuid()
			.notNull()
			.unique()
			.references(() => exits.id),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		exitOn: day().notNull(),
		/** place in the queue among exits of the same day */
		receivedOn: day().notNull(),
		dueOn: day().notNull(),
		/** balance (Geschäftsguthaben) that left with the shares */
		balanceCents: cents().notNull(),
		entry: bigint({ mode: 'number' })
			.notNull()
			.references(() => journal.number),
		lossShareCents: cents(),
		determinedAt: instant(),
		determinedBy: uuid(),
		/** the balance sheet and the resolution it rests on */
		basis: text(),
		determinedEntry: bigint({ mode: 'number' }).references(() => journal.number),
		/** the exit is void: nothing is owed (§ 75 GenG) */
		voidedAt: instant(),
	},
	(t) => [
		check('settlements_balance', sql`${t.balanceCents} > 0 and ${t.lossShareCents} between 0 and ${t.balanceCents}`),
		check(
			'settlements_determined',
			sql`(${t.lossShareCents} is null) = (${t.determinedAt} is null) and (${t.determinedAt} is null) = (${t.basis} is null)`,
		),
		index('settlements_of_member').on(t.memberId),
		index('settlements_queue').on(t.exitOn, t.receivedOn),
	],
);
