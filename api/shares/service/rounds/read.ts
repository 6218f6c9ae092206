// Rounds as they are seen: by the board with a preview at any time, by members with their own subscription, by everybody if announced.
import { and, desc, eq, gt, isNull, lte, or, sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../../database/connect.ts';
import { type Clause, requiredClauses } from '../../../members/rules.ts';
import { ownMemberId } from '../../../members/service/files.ts';
import { statuteOn } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { type Holding, unpaidBeforeFurther } from '../../rules.ts';
import { type AllotmentRule, canRound, phaseOf, type RoundPhase, volumeOf } from '../../rules/rounds.ts';
import { roundSubscriptions, subscriptionRounds } from '../../tables.ts';
import { always, holdingsOn } from '../holdings.ts';
import { type Line, linesOf, subscriptionsOf } from './standing.ts';

type Round = typeof subscriptionRounds.$inferSelect;
type Subscription = typeof roundSubscriptions.$inferSelect;

/** A round as everybody may see it. `volume` is in shares. */
export interface RoundFacts {
	id: string;
	title: string;
	purpose: string;
	opensAt: string;
	closesAt: string;
	phase: RoundPhase;
	volume: number;
	volumeCents: number | null;
	floorShares: number;
	capShares: number;
	rule: AllotmentRule;
	nominalCents: number;
}

function factsOf(round: Round, { at, nominalCents }: { at: Date; nominalCents: number }): RoundFacts {
	const { id, title, purpose, opensAt, closesAt, volumeCents, floorShares, capShares, rule } = round;
	return {
		...{ id, title, purpose, opensAt: opensAt.toISOString(), closesAt: closesAt.toISOString() },
		...{ phase: phaseOf(round, at), volume: volumeOf(round, nominalCents), volumeCents },
		...{ floorShares, capShares, rule, nominalCents },
	};
}

/** Rounds that are shown publicly and not over yet, the next to close first. */
export function listAnnouncedRounds(db: Database, { by, at }: { by: Actor; at: Date }): Promise<RoundFacts[]> {
	return transact(db, by, async (tx) => {
		const { announced, state, closesAt } = subscriptionRounds;
		const rows = await tx
			.select()
			.from(subscriptionRounds)
			.where(and(eq(announced, true), eq(state, 'set'), gt(closesAt, at)))
			.orderBy(closesAt)
			.limit(20);
		if (rows.length === 0) return [];
		const { terms } = await statuteOn(tx, dayOf(at));
		return rows.map((row) => factsOf(row, { at, nominalCents: terms.nominalCents }));
	});
}

/** A round as the board sees it. */
export interface RoundView extends RoundFacts {
	announced: boolean;
	can: { decide: boolean; cancel: boolean; change: boolean; extend: boolean };
	/** the volume as it was resolved; null: in euro */
	volumeShares: number | null;
	/** how many subscribed how many shares; after the decision also how many were allotted */
	subscribers: number;
	asked: number;
	allotted: number | null;
	decidedAt: string | null;
	resolution: string | null;
}

function viewOf(
	round: Round,
	subscriptions: readonly Subscription[],
	about: { at: Date; nominalCents: number },
): RoundView {
	const facts = factsOf(round, about);
	const decided = round.state === 'decided';
	return {
		...facts,
		announced: round.announced,
		volumeShares: round.volumeShares,
		can: {
			...{ decide: canRound('decide', facts.phase), cancel: canRound('cancel', facts.phase) },
			...{ change: canRound('change', facts.phase), extend: canRound('extend', facts.phase) },
		},
		subscribers: subscriptions.length,
		asked: subscriptions.reduce((sum, { count }) => sum + count, 0),
		allotted: decided ? subscriptions.reduce((sum, { allotted }) => sum + (allotted ?? 0), 0) : null,
		decidedAt: round.decidedAt?.toISOString() ?? null,
		resolution: round.resolution,
	};
}

/** All rounds, the latest first. */
export function listRounds(db: Database, { by, at }: { by: Actor; at: Date }): Promise<RoundView[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx.select().from(subscriptionRounds).orderBy(desc(subscriptionRounds.closesAt)).limit(200);
		const { terms } = await statuteOn(tx, dayOf(at));
		const views: RoundView[] = [];
		for (const row of rows) {
			const subscriptions = await subscriptionsOf(tx, row.id);
			views.push(viewOf(row, subscriptions, { at, nominalCents: terms.nominalCents }));
		}
		return views;
	});
}

/** A round with everybody who subscribed and what they would get if it were decided now, or what they got. */
export interface RoundFile extends RoundView {
	lines: (Omit<Line, 'subscribedAt'> & { subscribedAt: string })[];
	/** shares that would be, or were, allotted */
	given: number;
}

/** One round. Refuses missing `shares.round-unknown`. */
export function readRound(
	db: Database,
	{ by, at, roundId }: { by: Actor; at: Date; roundId: string },
): Promise<RoundFile> {
	return transact(db, by, async (tx) => {
		const [round] = await tx.select().from(subscriptionRounds).where(eq(subscriptionRounds.id, roundId));
		if (!round) throw new Refusal('missing', 'shares.round-unknown');
		const { terms } = await statuteOn(tx, dayOf(at));
		const subscriptions = await subscriptionsOf(tx, roundId);
		const decided = new Map(subscriptions.map((row) => [row.id, row]));
		const lines = (await linesOf(tx, { round, terms, day: dayOf(at) })).map(({ subscribedAt, ...line }) => {
			const { allotted = null, reason = null } = decided.get(line.subscriptionId) ?? {};
			const result = allotted === null || reason === null ? {} : { allotted, reason };
			return { ...line, ...result, subscribedAt: subscribedAt.toISOString() };
		});
		return {
			...viewOf(round, subscriptions, { at, nominalCents: terms.nominalCents }),
			lines,
			given: lines.reduce((sum, { allotted }) => sum + allotted, 0),
		};
	});
}

/** A round as a member sees it, with the own subscription. */
export interface OwnRound extends RoundFacts {
	/** the most this member may subscribe now: the round's cap and what the statute still allows */
	most: number;
	own: {
		count: number;
		subscribedAt: string;
		withdrawn: boolean;
		allotted: number | null;
		reason: Line['reason'] | null;
	} | null;
}

/** The rounds a member can subscribe in or has subscribed in, and what must be declared for it. */
export interface OwnRounds {
	rounds: OwnRound[];
	statuteVersion: number;
	clauses: Clause[];
	/** the statute wants the declaration signed on paper */
	signature: boolean;
	heldShares: number;
	/** to be paid before the decision, or nothing can be allotted (M-12) */
	unpaidCents: number;
}

const none: Holding = { shares: 0, nominalCents: 0, dueCents: 0, paidCents: 0 };

async function roundsFor(tx: Tx, { memberId, at }: { memberId: string; at: Date }) {
	return tx
		.select({ round: subscriptionRounds, own: roundSubscriptions })
		.from(subscriptionRounds)
		.leftJoin(
			roundSubscriptions,
			and(eq(roundSubscriptions.roundId, subscriptionRounds.id), eq(roundSubscriptions.memberId, memberId)),
		)
		.where(
			or(
				and(eq(subscriptionRounds.state, 'set'), gt(subscriptionRounds.closesAt, at)),
				and(sql`${roundSubscriptions.id} is not null`, isNull(roundSubscriptions.withdrawnAt)),
			),
		)
		.orderBy(desc(subscriptionRounds.closesAt))
		.limit(50);
}

/** Rounds open now with what the acting member has subscribed in them (0: nothing), the next to close first: for the home page. */
export function listOpenRounds(
	db: Database,
	{ by, at, memberId }: { by: Actor; at: Date; memberId: string },
): Promise<{ roundId: string; title: string; closesAt: string; count: number }[]> {
	return transact(db, by, async (tx) => {
		const { state, opensAt, closesAt } = subscriptionRounds;
		const rows = await tx
			.select({ round: subscriptionRounds, count: roundSubscriptions.count })
			.from(subscriptionRounds)
			.leftJoin(
				roundSubscriptions,
				and(
					eq(roundSubscriptions.roundId, subscriptionRounds.id),
					eq(roundSubscriptions.memberId, memberId),
					isNull(roundSubscriptions.withdrawnAt),
				),
			)
			.where(and(eq(state, 'set'), lte(opensAt, at), gt(closesAt, at)))
			.orderBy(closesAt)
			.limit(5);
		return rows.map(({ round, count }) => ({
			...{ roundId: round.id, title: round.title, closesAt: round.closesAt.toISOString(), count: count ?? 0 },
		}));
	});
}

/** The acting member's rounds: those to come and open, and those with an own subscription. Refuses missing `members.no-membership`. */
export function readOwnRounds(db: Database, { by, at }: { by: Actor; at: Date }): Promise<OwnRounds> {
	return transact(db, by, async (tx) => {
		const memberId = ownMemberId(by);
		const { version, terms } = await statuteOn(tx, dayOf(at));
		const holding = (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId) ?? none;
		const room = Math.max(0, terms.maxShares - holding.shares);
		const rows = await roundsFor(tx, { memberId, at });
		return {
			rounds: rows.map(({ round, own }) => ({
				...factsOf(round, { at, nominalCents: terms.nominalCents }),
				most: Math.min(round.capShares, room),
				own: own && {
					...{ count: own.count, subscribedAt: own.subscribedAt.toISOString(), withdrawn: own.withdrawnAt !== null },
					...{ allotted: own.allotted, reason: own.reason },
				},
			})),
			...{ statuteVersion: version, clauses: requiredClauses(terms, true) },
			signature: terms.joiningForm === 'written',
			...{ heldShares: holding.shares, unpaidCents: unpaidBeforeFurther(holding) },
		};
	});
}
