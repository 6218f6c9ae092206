// What is remembered about subscription rounds: the window with its rule, and who subscribed how much.
import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { cents, day, id, instant } from '../../database/columns.ts';
import type { Declaration } from '../../members/rules.ts';
import { applications, members } from '../../members/tables.ts';
import { statuteVersions } from '../../statute/tables.ts';
import { shareMovements } from './movements.ts';

/**
 * Subscription rounds (Zeichnungsrunden): a window in which members, and joiners with their application, subscribe further shares up to a
 * total volume. The phase follows from the clock until the board has decided or called the round off.
 */
export const subscriptionRounds = pgTable(
	'subscription_rounds',
	{
		id: id(),
		title: text().notNull(),
		/** what the money is for, in the cooperative's words */
		purpose: text().notNull(),
		opensAt: instant().notNull(),
		closesAt: instant().notNull(),
		/** the volume as it was resolved: in shares, or in euro (whole shares of it) */
		volumeShares: integer(),
		volumeCents: cents(),
		/** least and most shares of one subscription; nobody who is allotted any gets less than the floor */
		floorShares: integer().notNull(),
		capShares: integer().notNull(),
		/** declared rule for over-subscription */
		rule: text({ enum: ['first-come', 'equal-steps', 'pro-rata'] }).notNull(),
		/** shown on the public pages, where joiners may subscribe too */
		announced: boolean().notNull().default(false),
		state: text({ enum: ['set', 'decided', 'cancelled'] })
			.notNull()
			.default('set'),
		createdAt: instant().notNull(),
		createdBy: uuid(),
		decidedAt: instant(),
		decidedBy: uuid(),
		/** resolution and its day, or why it was called off */
		resolution: text(),
	},
	(t) => [
		check('subscription_rounds_window', sql`${t.opensAt} < ${t.closesAt}`),
		check('subscription_rounds_volume', sql`num_nonnulls(${t.volumeShares}, ${t.volumeCents}) = 1`),
		check('subscription_rounds_positive', sql`${t.volumeShares} > 0 or ${t.volumeCents} > 0`),
		check('subscription_rounds_bounds', sql`${t.floorShares} between 1 and ${t.capShares}`),
		check(
			'subscription_rounds_decided',
			sql`(${t.state} = 'set') = (${t.decidedAt} is null) and (${t.decidedAt} is null) = (${t.resolution} is null)`,
		),
		index('subscription_rounds_by_close').on(t.closesAt),
	],
);

/** What somebody subscribed in a round: a declaration to take further shares (M-10), changed until the close, decided with the round. */
export const roundSubscriptions = pgTable(
	'round_subscriptions',
	{
		id: id(),
		roundId: uuid()
			.notNull()
			.references(() => subscriptionRounds.id),
		/** the member, or the joiner's application until it is admitted; goes with an application that is deleted */
		memberId: uuid().references(() => members.id),
		applicationId: uuid().references(() => applications.id, { onDelete: 'cascade' }),
		count: integer().notNull(),
		declaration: jsonb().$type<Declaration>().notNull(),
		statuteVersion: integer()
			.notNull()
			.references(() => statuteVersions.version),
		/** decides the order: of the first declaration, or of the latest that asked for more */
		subscribedAt: instant().notNull(),
		changedAt: instant().notNull(),
		withdrawnAt: instant(),
		/** the signed paper has arrived, where the statute wants the declaration in writing; for what is subscribed now */
		paperReceivedOn: day(),
		/** who of the board entered it from a signed paper; null: subscribed in the portal */
		recordedBy: uuid(),
		/** with the decision: shares allotted and why not more */
		allotted: integer(),
		reason: text({
			enum: [
				...(['in-full', 'over-subscribed', 'nothing-left', 'earlier-unpaid', 'limit'] as const),
				...(['not-a-member', 'not-admissible', 'paper-missing'] as const),
			],
		}),
		movementId: uuid()
			.unique()
			.references(() => shareMovements.id),
	},
	(t) => [
		check('round_subscriptions_count', sql`${t.count} > 0`),
		check('round_subscriptions_whose', sql`${t.memberId} is not null or ${t.applicationId} is not null`),
		check('round_subscriptions_allotted', sql`${t.allotted} between 0 and ${t.count}`),
		check('round_subscriptions_reason', sql`(${t.allotted} is null) = (${t.reason} is null)`),
		check('round_subscriptions_moved', sql`${t.movementId} is null or ${t.allotted} > 0`),
		uniqueIndex('round_subscriptions_of_member').on(t.roundId, t.memberId),
		uniqueIndex('round_subscriptions_of_application').on(t.roundId, t.applicationId),
		index('round_subscriptions_by_member').on(t.memberId),
	],
);
