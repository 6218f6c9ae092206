// What is remembered about shares: every movement, what falls due on it, and declarations to take further shares.
import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { cents, day, id, instant } from '../database/columns.ts';
import { journal } from '../ledger/tables.ts';
import type { Declaration } from '../members/rules.ts';
import { applications, members, registerEvents } from '../members/tables.ts';
import { statuteVersions } from '../statute/tables.ts';
import type { ExitCause, ExitState, Step } from './rules/ending.ts';
import type { TransferState } from './rules/transfer.ts';

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
			enum: ['admission', 'further', 'split', 'reversal', 'exit', 'transfer-out', 'transfer-in'],
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
 * Changes of the nominal value that divide or join everybody's shares (Zerlegung, § 22b GenG, S-12), append-only: approved with their
 * version of the statute, carried out from its first day on.
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
	},
	(t) => [
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
 * `effectiveOn` is the last day, null where the heirs go on.
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
		movementId: uuid().references(() => shareMovements.id),
	},
	(t) => [
		check(
			'exits_partial',
			sql`(${t.cause} = 'partial') = (${t.shares} is not null) and (${t.shares} is null) = (${t.nominalCents} is null)`,
		),
		check('exits_shares', sql`${t.shares} > 0`),
		check('exits_days', sql`${t.effectiveOn} >= ${t.receivedOn} or ${t.effectiveOn} is null`),
		check('exits_continued', sql`(${t.effectiveOn} is null) = (${t.state} = 'continued')`),
		check('exits_closed', sql`(${t.state} in ('given', 'continued')) = (${t.closedAt} is null)`),
		uniqueIndex('exits_one_open').on(t.memberId, sql`(${t.shares} is null)`).where(sql`state = 'given'`),
		index('exits_by_day').on(t.state, t.effectiveOn),
		index('exits_of_member').on(t.memberId),
		index('exits_letters').on(t.letterSentOn).where(sql`letter_sent_on is not null`),
	],
);

/**
 * Transfers of balances between members, or to somebody who joins (M-50 to M-52). The agreement never changes; only its way is recorded.
 */
export const shareTransfers = pgTable(
	'share_transfers',
	{
		id: id(),
		fromMemberId: uuid()
			.notNull()
			.references(() => members.id),
		/** null until somebody who was named by e-mail address is a member */
		toMemberId: uuid().references(() => members.id),
		toEmail: text(),
		/** all shares and all of the balance: the giver leaves */
		whole: boolean().notNull(),
		shares: integer().notNull(),
		/** the balance that goes; of a whole transfer what it is on the day */
		amountCents: cents().notNull(),
		/** new shares the acquirer takes for it */
		takes: integer(),
		/** the acquirer's declaration (§ 15b GenG), if new shares are taken */
		declaration: jsonb().$type<Declaration>(),
		form: text({ enum: ['portal', 'paper'] }).notNull(),
		statuteVersion: integer()
			.notNull()
			.references(() => statuteVersions.version),
		proposedAt: instant().notNull(),
		proposedBy: uuid(),
		acceptedAt: instant(),
		state: text().$type<TransferState>().notNull().default('proposed'),
		effectiveOn: day(),
		decidedAt: instant(),
		decidedBy: uuid(),
		/** resolution and its day, or why it came to nothing */
		resolution: text(),
		entry: bigint({ mode: 'number' })
			.unique()
			.references(() => journal.number),
	},
	(t) => [
		check('share_transfers_two', sql`${t.fromMemberId} <> ${t.toMemberId}`),
		check('share_transfers_to', sql`${t.toMemberId} is not null or ${t.toEmail} is not null`),
		check('share_transfers_amount', sql`${t.shares} > 0 and ${t.amountCents} > 0 and ${t.takes} >= 0`),
		check(
			'share_transfers_accepted',
			sql`${t.state} not in ('accepted', 'entered', 'refused') or (${t.acceptedAt} is not null and ${t.toMemberId} is not null and ${t.takes} is not null)`,
		),
		check(
			'share_transfers_entered',
			sql`(${t.state} = 'entered') = (${t.effectiveOn} is not null) and (${t.effectiveOn} is null) = (${t.entry} is null)`,
		),
		check('share_transfers_decided', sql`(${t.state} in ('proposed', 'accepted')) = (${t.decidedAt} is null)`),
		uniqueIndex('share_transfers_one_open').on(t.fromMemberId).where(sql`state in ('proposed', 'accepted')`),
		index('share_transfers_to_member').on(t.toMemberId),
		index('share_transfers_by_state').on(t.state, t.proposedAt),
	],
);

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
