// The decision on a round: everybody is allotted what the rule gives, in one transaction, once; and everybody is told.
import { eq, inArray } from 'drizzle-orm';
import { type Command, type Note, write } from '../../../audit/service.ts';
import type { Keys } from '../../../config.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { basisOf, checkResolutionDay, type Resolution } from '../../../members/service/admit.ts';
import { applications } from '../../../members/tables.ts';
import { notify } from '../../../notices/service.ts';
import { cooperativeOf, statuteOn } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { dayOf } from '../../../values/calendar.ts';
import { checkDecision, phaseOf } from '../../rules/rounds.ts';
import { roundSubscriptions, shareMovements, subscriptionRounds } from '../../tables.ts';
import { enrol, type Invitation } from '../admit.ts';
import { lockMembers } from '../holdings.ts';
import { subscribeShares } from '../subscribe.ts';
import { lockedRound, subscribersOf } from './set.ts';
import { type Line, linesOf, subscriptionsOf } from './standing.ts';

type Round = typeof subscriptionRounds.$inferSelect;

/** Locks everybody who subscribed: applications first, as the admission desk does, then members. */
async function lockSubscribers(tx: Tx, roundId: string): Promise<void> {
	const joiners = (await subscriptionsOf(tx, roundId)).flatMap((row) =>
		row.memberId === null ? (row.applicationId ?? []) : [],
	);
	if (joiners.length > 0) {
		await tx
			.select({ id: applications.id })
			.from(applications)
			.where(inArray(applications.id, joiners))
			.orderBy(applications.id)
			.for('update');
	}
	// Read again: whoever was admitted in the meantime is a member now.
	const memberIds = (await subscriptionsOf(tx, roundId)).flatMap(({ memberId }) => memberId ?? []);
	if (memberIds.length > 0) await lockMembers(tx, memberIds);
}

/** Executes the allotments: further shares for members, admission with more shares for joiners. Answers the movements by member. */
async function execute(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		keys,
		resolution,
		invite,
		lines,
	}: { by: Actor; at: Date; keys: Keys; resolution: Resolution; invite: Invitation | null; lines: readonly Line[] },
): Promise<void> {
	const given = lines.filter(({ allotted }) => allotted > 0);
	const further = given.flatMap(({ memberId, allotted }) =>
		memberId === null ? [] : [{ memberId, count: allotted, kind: 'further' as const }],
	);
	const moreShares = new Map(
		given.flatMap(({ memberId, applicationId, allotted }) =>
			memberId === null && applicationId !== null ? [[applicationId, allotted] as const] : [],
		),
	);
	const movements =
		further.length === 0 ? [] : await subscribeShares(tx, note, { by, at, resolution, subscriptions: further });
	if (moreShares.size > 0) {
		await enrol(tx, note, { by, at, keys, applicationIds: [...moreShares.keys()], resolution, moreShares, invite });
	}
	const made =
		movements.length === 0
			? []
			: await tx
					.select({ id: shareMovements.id, memberId: shareMovements.memberId })
					.from(shareMovements)
					.where(inArray(shareMovements.id, movements));
	const movementOf = new Map(made.map(({ id, memberId }) => [memberId, id]));
	for (const { subscriptionId, memberId, allotted, reason } of lines) {
		const movementId = memberId !== null && allotted > 0 ? (movementOf.get(memberId) ?? null) : null;
		await tx
			.update(roundSubscriptions)
			.set({ allotted, reason, movementId })
			.where(eq(roundSubscriptions.id, subscriptionId));
	}
}

/** What a decided round came to. */
export interface RoundDecision {
	roundId: string;
	/** shares allotted, and to how many */
	allotted: number;
	subscribers: number;
}

/**
 * Decides a round after its close by a resolution of the board: the allotments of the preview become further shares of members and
 * admissions of joiners, effective on the day of the resolution, all in one transaction and once; everybody who subscribed is told what
 * they got and why (M-10, M-12, M-01). Of two boards at the same second one wins. Refuses missing `shares.round-unknown`; conflict
 * `shares.round-not-closed`, `shares.round-decided`, `shares.round-cancelled`; invalid `shares.round-resolution-early` {closedOn},
 * `members.resolution-day-wrong`, `members.resolution-in-future`.
 */
export function decideRound(
	db: Database,
	{
		by,
		at,
		key,
		keys,
		roundId,
		resolution,
		invite = null,
	}: Command & { keys: Keys; roundId: string; resolution: Resolution; invite?: Invitation | null },
): Promise<RoundDecision> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkResolutionDay(resolution, at);
		const round = await lockedRound(tx, roundId);
		checkDecision(phaseOf(round, at), dayOf(round.closesAt), resolution.on);
		await lockSubscribers(tx, roundId);
		const { terms } = await statuteOn(tx, resolution.on);
		const lines = await linesOf(tx, { round, terms, day: resolution.on });
		// Before the execution: joiners are written to as they declared, not as the members they become.
		const subscribers = await subscribersOf(tx, roundId);
		await execute(tx, note, { by, at, keys, resolution, invite, lines });
		await tx
			.update(subscriptionRounds)
			.set({ state: 'decided', decidedAt: at, decidedBy: by.personId, resolution: basisOf(resolution) })
			.where(eq(subscriptionRounds.id, roundId));
		await tellAll(tx, { at, round, resolution, lines, subscribers });
		const allotted = lines.reduce((sum, line) => sum + line.allotted, 0);
		note({
			...{ action: 'shares.decide-round', subject: `round ${roundId}` },
			after: { resolution, rule: round.rule, subscribers: lines.length, allotted },
		});
		return { roundId, allotted, subscribers: lines.length };
	});
}

async function tellAll(
	tx: Tx,
	{
		at,
		round,
		resolution,
		lines,
		subscribers,
	}: {
		at: Date;
		round: Round;
		resolution: Resolution;
		lines: readonly Line[];
		subscribers: Awaited<ReturnType<typeof subscribersOf>>;
	},
): Promise<void> {
	const { name: cooperative } = await cooperativeOf(tx);
	const byId = new Map(lines.map((line) => [line.subscriptionId, line]));
	for (const { subscriptionId, email, name, locale } of subscribers) {
		const line = byId.get(subscriptionId);
		if (!line) continue;
		const { count: asked, allotted, reason } = line;
		await notify(tx, {
			...{ at, to: email, template: 'round-decided', locale },
			values: { name, round: round.title, cooperative, asked, allotted, on: resolution.on, reason, rule: round.rule },
		});
	}
}
