// What is remembered about a lower nominal value until it holds for the members: the announcement, the creditors, the day.
import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { cents, day, id, instant } from '../../database/columns.ts';
import { journal } from '../../ledger/tables.ts';
import { statuteVersions } from '../../statute/tables.ts';
import { creditorAnswers } from '../rules/reduction.ts';

/**
 * Lower nominal values (Herabsetzung, § 22 GenG): in the statute with their version, for the members of that day only once creditors had
 * six months from the announcement and those who reported are paid or secured.
 */
export const shareReductions = pgTable(
	'share_reductions',
	{
		version: integer()
			.primaryKey()
			.references(() => statuteVersions.version),
		oldNominalCents: cents().notNull(),
		newNominalCents: cents().notNull(),
		/** day of the register court's announcement (Bekanntmachung) */
		announcedOn: day(),
		announcedAt: instant(),
		announcedBy: uuid(),
		effectiveOn: day(),
		effectedAt: instant(),
		effectedBy: uuid(),
		/** what was paid in above the new value, owed back from that day on; null where it was nothing */
		entry: bigint({ mode: 'number' })
			.unique()
			.references(() => journal.number),
	},
	(t) => [
		check('share_reductions_values', sql`${t.newNominalCents} > 0 and ${t.newNominalCents} < ${t.oldNominalCents}`),
		check('share_reductions_announced', sql`num_nulls(${t.announcedOn}, ${t.announcedAt}, ${t.announcedBy}) in (0, 3)`),
		check('share_reductions_effected', sql`num_nulls(${t.effectiveOn}, ${t.effectedAt}, ${t.effectedBy}) in (0, 3)`),
		check(
			'share_reductions_waited',
			sql`${t.effectiveOn} is null or ${t.effectiveOn} > ${t.announcedOn} + interval '6 months'`,
		),
		check('share_reductions_four_eyes', sql`${t.effectedBy} <> ${t.announcedBy}`),
	],
);

/** Creditors who reported within the six months (§ 22(2) GenG), and what became of it. */
export const reductionCreditors = pgTable(
	'reduction_creditors',
	{
		id: id(),
		version: integer()
			.notNull()
			.references(() => shareReductions.version),
		creditor: text().notNull(),
		claimCents: cents().notNull(),
		reportedOn: day().notNull(),
		recordedAt: instant().notNull(),
		recordedBy: uuid(),
		answer: text({ enum: creditorAnswers }),
		/** how: the security given, the payment, why nothing is owed */
		answerText: text(),
		answeredAt: instant(),
		answeredBy: uuid(),
	},
	(t) => [
		check('reduction_creditors_claim', sql`${t.claimCents} > 0`),
		check('reduction_creditors_answered', sql`num_nulls(${t.answer}, ${t.answerText}, ${t.answeredAt}) in (0, 3)`),
		index('reduction_creditors_of_version').on(t.version),
	],
);
