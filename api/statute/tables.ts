// What is remembered about the cooperative itself: who it is, and what its statute said from which day on.
import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, smallint, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { day, id, instant } from '../database/columns.ts';
import { nominalKeeps } from './rules/nominal.ts';
import type { StatuteTerms } from './rules.ts';

/** The cooperative (Genossenschaft, eG): one row, made by the set-up; its lock puts statute changes in order. */
export const cooperative = pgTable(
	'cooperative',
	{
		one: smallint().primaryKey().default(1),
		name: text().notNull(),
		street: text().notNull(),
		postcode: text().notNull(),
		/** the seat (Sitz) */
		town: text().notNull(),
		registerCourt: text().notNull(),
		registerNumber: text().notNull(),
		email: text().notNull(),
		/** SEPA creditor id (Gläubiger-Identifikationsnummer), B-02 */
		creditorId: text(),
		/** the cooperative's own bank account: pays out, collects */
		iban: text(),
		/** month the fiscal year ends with, 1 to 12 */
		fiscalYearEndMonth: smallint().notNull(),
		setUpAt: instant().notNull(),
	},
	(t) => [
		check('cooperative_single', sql`${t.one} = 1`),
		check('cooperative_fiscal_year_end', sql`${t.fiscalYearEndMonth} between 1 and 12`),
	],
);

/** Wishes to change the statute's terms; approved by another person than the one who proposed. */
export const statuteProposals = pgTable(
	'statute_proposals',
	{
		id: id(),
		validFrom: day().notNull(),
		terms: jsonb().$type<StatuteTerms>().notNull(),
		/** resolution of the assembly and entry in the cooperatives register (§ 16(6) GenG) */
		source: text().notNull(),
		/** the version whose terms the proposal began with; null for proposals made before this was asked */
		basedOn: integer(),
		/** where the nominal value changes: what stays with every member, and the resolution it rests on */
		keeps: text({ enum: nominalKeeps }),
		resolvedOn: day(),
		votesFor: integer(),
		votesAgainst: integer(),
		/** an increase is owed from this day on */
		dueOn: day(),
		proposedBy: uuid().notNull(),
		proposedAt: instant().notNull(),
		state: text({ enum: ['open', 'approved', 'withdrawn'] })
			.notNull()
			.default('open'),
		decidedBy: uuid(),
		decidedAt: instant(),
	},
	(t) => [
		check('statute_proposals_four_eyes', sql`${t.state} <> 'approved' or ${t.decidedBy} <> ${t.proposedBy}`),
		check(
			'statute_proposals_decided',
			sql`(${t.state} = 'open') = (${t.decidedBy} is null) and (${t.decidedBy} is null) = (${t.decidedAt} is null)`,
		),
		check(
			'statute_proposals_resolution',
			sql`(${t.keeps} is not distinct from 'shares') = (num_nonnulls(${t.resolvedOn}, ${t.votesFor}, ${t.votesAgainst}) = 3) and (${t.dueOn} is null or ${t.resolvedOn} is not null)`,
		),
		uniqueIndex('statute_proposals_one_open').on(t.state).where(sql`${t.state} = 'open'`),
	],
);

/** Append-only: what the statute said from a day on. Version 1 comes with the set-up, every other from an approved proposal. */
export const statuteVersions = pgTable(
	'statute_versions',
	{
		version: integer().primaryKey(),
		validFrom: day().notNull(),
		terms: jsonb().$type<StatuteTerms>().notNull(),
		source: text().notNull(),
		proposalId: uuid()
			.unique()
			.references(() => statuteProposals.id),
		recordedAt: instant().notNull(),
	},
	(t) => [
		check('statute_versions_origin', sql`(${t.version} = 1) = (${t.proposalId} is null)`),
		index('statute_versions_on_day').on(t.validFrom, t.version),
	],
);
