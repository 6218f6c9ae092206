// What is remembered about shares: every movement, what falls due on it, splits, and declarations to take further shares.
import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { cents, day, id, instant } from '../../database/columns.ts';
import type { Declaration } from '../../members/rules.ts';
import { members } from '../../members/tables.ts';
import { nominalKeeps } from '../../statute/rules/nominal.ts';
import { statuteVersions } from '../../statute/tables.ts';

/** Declarations of members to take further shares (weitere Geschäftsanteile, § 15b GenG). */
export const shareRequests = pgTable(
	'share_requests',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		count: integer().notNull(),
		declaration: jsonb().$type<Declaration>().notNull(),
		statuteVersion: integer()
			.notNull()
			.references(() => statuteVersions.version),
		declaredAt: instant().notNull(),
		/** the signed paper has arrived, where the statute wants the declaration in writing (§ 15b(1) GenG) */
		paperReceivedOn: day(),
		/** who of the board entered it from a signed paper; null: declared in the portal */
		recordedBy: uuid(),
		state: text({ enum: ['declared', 'admitted', 'rejected', 'withdrawn'] })
			.notNull()
			.default('declared'),
		decidedAt: instant(),
		decidedBy: uuid(),
		resolution: text(),
	},
	(t) => [
		check('share_requests_count', sql`${t.count} > 0`),
		check('share_requests_decided', sql`(${t.state} = 'declared') = (${t.decidedAt} is null)`),
		uniqueIndex('share_requests_one_open').on(t.memberId).where(sql`${t.state} = 'declared'`),
		index('share_requests_by_state').on(t.state, t.declaredAt),
	],
);

/**
 * Movements of shares, append-only. `count` and `nominalCents` are signed changes: what a member holds on a day is their sum.
 * A movement is undone by one that names it in `reverses`.
 */
export const shareMovements = pgTable(
	'share_movements',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		kind: text({
			enum: [
				'admission',
				'further',
				'split',
				'increase',
				'reduction',
				'reversal',
				'exit',
				'transfer-out',
				'transfer-in',
			],
		}).notNull(),
		count: integer().notNull(),
		/** change of the nominal value (Geschäftsanteile): count × nominal value of a share at that time */
		nominalCents: cents().notNull(),
		effectiveOn: day().notNull(),
		recordedAt: instant().notNull(),
		resolution: text().notNull(),
		requestId: uuid()
			.unique()
			.references(() => shareRequests.id),
		reverses: uuid().unique(),
	},
	(t) => [
		check('share_movements_something', sql`${t.count} <> 0 or ${t.nominalCents} <> 0`),
		check('share_movements_signs', sql`sign(${t.count}) * sign(${t.nominalCents}) >= 0`),
		check('share_movements_reversal', sql`(${t.kind} = 'reversal') = (${t.reverses} is not null)`),
		index('share_movements_of_member').on(t.memberId, t.effectiveOn),
		uniqueIndex('share_movements_one_admission').on(t.memberId).where(sql`kind = 'admission'`),
	],
);

/**
 * Changes of the nominal value, append-only: approved with their version of the statute, carried out from their day on. Either they divide
 * or join everybody's shares (Zerlegung, § 22b GenG, S-12) and keep the capital, or every share stays and is worth more or less.
 */
export const shareSplits = pgTable(
	'share_splits',
	{
		version: integer()
			.primaryKey()
			.references(() => statuteVersions.version),
		oldNominalCents: cents().notNull(),
		newNominalCents: cents().notNull(),
		effectiveOn: day().notNull(),
		recordedAt: instant().notNull(),
		keeps: text({ enum: nominalKeeps }).notNull().default('capital'),
		/** what every share is worth more is owed from this day on */
		dueOn: day(),
	},
	(t) => [
		check('share_splits_due', sql`${t.dueOn} is null or ${t.newNominalCents} > ${t.oldNominalCents}`),
		check(
			'share_splits_values',
			sql`${t.oldNominalCents} > 0 and ${t.newNominalCents} > 0 and ${t.oldNominalCents} <> ${t.newNominalCents}`,
		),
	],
);

/** What falls due when on a movement (Pflichteinzahlung), append-only; negative where a movement is reversed. */
export const shareDues = pgTable(
	'share_dues',
	{
		id: id(),
		movementId: uuid()
			.notNull()
			.references(() => shareMovements.id),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		dueOn: day().notNull(),
		amountCents: cents().notNull(),
		recordedAt: instant().notNull(),
	},
	(t) => [
		check('share_dues_amount', sql`${t.amountCents} <> 0`),
		index('share_dues_of_member').on(t.memberId, t.dueOn),
		index('share_dues_by_day').on(t.dueOn),
		index('share_dues_of_movement').on(t.movementId),
	],
);
