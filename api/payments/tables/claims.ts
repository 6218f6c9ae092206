// How the cooperative asks for what is due: reminders, their terms, and claims that rest.
import { sql } from 'drizzle-orm';
import {
	bigint,
	check,
	index,
	integer,
	jsonb,
	pgTable,
	smallint,
	text,
	unique,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core';
import { cents, day, id, instant } from '../../database/columns.ts';
import { journal } from '../../ledger/tables.ts';
import { members } from '../../members/tables.ts';
import type { ReminderStep } from '../rules/reminders.ts';

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
