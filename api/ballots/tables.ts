// What is remembered of votes: the ballot, who may vote, each open vote, the result.
import { sql } from 'drizzle-orm';
import { boolean, check, foreignKey, integer, json, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { agendaItems, assemblies } from '../assemblies/tables.ts';
import type { MajorityRule } from '../assemblies/rules.ts';
import { day, id, instant } from '../database/columns.ts';
import type { BallotState, Choice, Result } from './rules.ts';

/** An open, named ballot (offene Abstimmung) on an item of the agenda. The row is the lock between casting and closing. */
export const ballots = pgTable(
	'ballots',
	{
		id: id(),
		assemblyId: uuid()
			.notNull()
			.references(() => assemblies.id),
		agendaItemId: uuid()
			.notNull()
			.references(() => agendaItems.id),
		question: text().notNull(),
		text: text().notNull(),
		/** sha256 of question and text, hex; part of every receipt */
		textHash: text().notNull(),
		/** the law's rule for the subject; the threshold below decides */
		rule: text().$type<MajorityRule>().notNull(),
		thresholdNumerator: integer().notNull(),
		thresholdDenominator: integer().notNull(),
		thresholdStrict: boolean().notNull(),
		thresholdSetBy: text().$type<'law' | 'statute'>().notNull(),
		thresholdSource: text().notNull(),
		/** day of payment a resolution on the use of profit names (T-07) */
		payoutOn: day(),
		/** members excluded from voting on their own case (V6, § 43(6) GenG) */
		barredMemberIds: uuid().array().notNull(),
		opensAt: instant().notNull(),
		closesAt: instant().notNull(),
		state: text().$type<BallotState>().notNull().default('prepared'),
		preparedBy: uuid(),
		recordedAt: instant().notNull(),
		openedAt: instant(),
		openedBy: uuid(),
		/** day of the register the electorate was taken from */
		electorateOn: day(),
		/** sha256 over all entitlements, hex */
		electorateHash: text(),
		closingProposedAt: instant(),
		closingProposedBy: uuid(),
		closedAt: instant(),
		closedBy: uuid(),
	},
	(t) => [
		check('ballots_state', sql`${t.state} in ('prepared', 'open', 'closing', 'closed')`),
		check('ballots_window', sql`${t.closesAt} > ${t.opensAt}`),
		check(
			'ballots_threshold',
			sql`${t.thresholdNumerator} > 0 and ${t.thresholdNumerator} <= ${t.thresholdDenominator} and ${t.thresholdNumerator} * 2 >= ${t.thresholdDenominator}`,
		),
		check(
			'ballots_opened',
			sql`(${t.state} <> 'prepared') = (${t.openedAt} is not null and ${t.electorateOn} is not null and ${t.electorateHash} is not null)`,
		),
		check(
			'ballots_closing',
			sql`(${t.state} in ('closing', 'closed')) = (${t.closingProposedAt} is not null and ${t.closingProposedBy} is not null)`,
		),
		check('ballots_closed', sql`(${t.state} = 'closed') = (${t.closedAt} is not null and ${t.closedBy} is not null)`),
		check('ballots_four_eyes', sql`${t.closedBy} is null or ${t.closedBy} <> ${t.closingProposedBy}`),
	],
);

/** Who may vote on a ballot, frozen when it opens. Append-only. */
export const ballotEntitlements = pgTable(
	'ballot_entitlements',
	{
		ballotId: uuid()
			.notNull()
			.references(() => ballots.id),
		memberId: uuid().notNull(),
		/** votes of the member; 1 (V1) */
		weight: integer().notNull().default(1),
		investing: boolean().notNull(),
		barred: boolean().notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.ballotId, t.memberId] }),
		check('ballot_entitlements_weight', sql`${t.weight} between 1 and 3`),
	],
);

/** A vote as cast: one per ballot and member, never changed. Append-only. */
export const ballotVotes = pgTable(
	'ballot_votes',
	{
		ballotId: uuid().notNull(),
		memberId: uuid().notNull(),
		choice: text().$type<Choice>().notNull(),
		weight: integer().notNull(),
		receipt: text().notNull(),
		castAt: instant().notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.ballotId, t.memberId] }),
		foreignKey({
			name: 'ballot_votes_entitlement',
			columns: [t.ballotId, t.memberId],
			foreignColumns: [ballotEntitlements.ballotId, ballotEntitlements.memberId],
		}),
		check('ballot_votes_choice', sql`${t.choice} in ('yes', 'no', 'abstain')`),
	],
);

/** The declared result with its explanation. Append-only. */
export const ballotResults = pgTable('ballot_results', {
	ballotId: uuid()
		.primaryKey()
		.references(() => ballots.id),
	adopted: boolean().notNull(),
	/** day of the resolution (Beschlusstag): the day it was declared */
	resolvedOn: day().notNull(),
	/** counts, percentages, sentences */
	result: json().$type<Result>().notNull(),
	recordedAt: instant().notNull(),
});
