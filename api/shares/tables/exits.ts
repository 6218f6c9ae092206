// What is remembered about ends of memberships and of further shares.
import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { cents, day, id, instant } from '../../database/columns.ts';
import { members, registerEvents } from '../../members/tables.ts';
import { statuteVersions } from '../../statute/tables.ts';
import type { ExitCause, ExitState, Step } from '../rules/ending.ts';
import { shareMovements } from './movements.ts';

/** What is known about an exit beside its day: reasons, proofs, days they depend on. */
export interface ExitProof {
	reason?: string;
	certificate?: string;
	resolvedOn?: string;
	position?: 'present-objected' | 'absent-wronged' | 'delegates';
	knownOn?: string;
	failedOn?: string;
}

/** Somebody who inherits: how to reach them, and whether they are the joint representative (gemeinschaftlicher Vertreter). */
export interface Heir {
	name: string;
	email: string | null;
	address: string | null;
	representative: boolean;
}

/**
 * Ends of memberships and of further shares (M-40 to M-48): what was declared or happened never changes; only its way is recorded.
 * `effectiveOn` is the last day, null where the heirs go on (§ 77(2) GenG).
 */
export const exits = pgTable(
	'exits',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		cause: text().$type<ExitCause>().notNull(),
		/** the day a notice arrived (Zugang), of death or dissolution, or of the decision to exclude */
		receivedOn: day().notNull(),
		effectiveOn: day(),
		/** shares given up, and their nominal value when they were; null: all */
		shares: integer(),
		nominalCents: cents(),
		statuteVersion: integer()
			.notNull()
			.references(() => statuteVersions.version),
		form: text({ enum: ['portal', 'paper'] }).notNull(),
		proof: jsonb().$type<ExitProof>().notNull(),
		/** how the day was found, as it was shown */
		steps: jsonb().$type<Step[]>().notNull(),
		/** exclusion: the registered letter was sent on this day; assembly rights end with it (§ 68(4) GenG) */
		letterSentOn: day(),
		heirs: jsonb().$type<Heir[]>(),
		/** the account of the deceased, closed with the entry */
		closedAccountId: uuid(),
		/** decision of the board, or what else it rests on */
		basis: text().notNull(),
		recordedAt: instant().notNull(),
		recordedBy: uuid(),
		/** the line in the register that says so */
		registerEventId: uuid().references(() => registerEvents.id),
		state: text().$type<ExitState>().notNull().default('given'),
		/** the member asked to take the notice back */
		withdrawalAskedAt: instant(),
		closedAt: instant(),
		closedBy: uuid(),
		closedReason: text(),
		/** the exit whose earlier day took the place of this one, as long as it stands */
		supersededBy: uuid(),
		/** number of the member on whom a continued membership went on */
		successorNumber: integer(),
		movementId: uuid().references(() => shareMovements.id),
	},
	(t) => [
		check(
			'exits_partial',
			sql`(${t.cause} = 'partial') = (${t.shares} is not null) and (${t.shares} is null) = (${t.nominalCents} is null)`,
		),
		check('exits_shares', sql`${t.shares} > 0`),
		check('exits_days', sql`${t.effectiveOn} >= ${t.receivedOn} or ${t.effectiveOn} is null`),
		check(
			'exits_continued',
			sql`case when ${t.effectiveOn} is null then ${t.state} in ('continued', 'passed-on', 'withdrawn') else ${t.state} not in ('continued', 'passed-on') end`,
		),
		check('exits_superseded', sql`${t.supersededBy} is null or ${t.state} = 'superseded'`),
		check('exits_passed_on', sql`(${t.state} = 'passed-on') = (${t.successorNumber} is not null)`),
		check('exits_closed', sql`(${t.state} in ('given', 'continued')) = (${t.closedAt} is null)`),
		uniqueIndex('exits_one_open').on(t.memberId, sql`(${t.shares} is null)`).where(sql`state = 'given'`),
		index('exits_by_day').on(t.state, t.effectiveOn),
		index('exits_of_member').on(t.memberId),
		index('exits_letters').on(t.letterSentOn).where(sql`letter_sent_on is not null`),
	],
);
