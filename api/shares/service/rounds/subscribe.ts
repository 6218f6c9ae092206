// Subscribing in a round: members in the portal, joiners with their application; changed or taken back until the close.
import { and, eq } from 'drizzle-orm';
import { type Command, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { type ClauseId, type Declaration, declarationOf } from '../../../members/rules.ts';
import { recipientsOf } from '../../../members/service/contact.ts';
import { ownMemberId } from '../../../members/service/files.ts';
import { notify } from '../../../notices/service.ts';
import { statuteOn } from '../../../statute/service.ts';
import { clockOf, dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { canRound, checkSubscription, phaseOf } from '../../rules/rounds.ts';
import { roundSubscriptions, subscriptionRounds } from '../../tables.ts';
import { always, holdingsOn, lockMembers } from '../holdings.ts';

type Round = typeof subscriptionRounds.$inferSelect;

/**
 * A round held against its decision until the transaction ends; many may hold it at once. Refuses missing `shares.round-unknown`.
 */
export async function heldRound(tx: Tx, roundId: string): Promise<Round> {
	const [round] = await tx.select().from(subscriptionRounds).where(eq(subscriptionRounds.id, roundId)).for('share');
	if (!round) throw new Refusal('missing', 'shares.round-unknown');
	return round;
}

const closing = ({ closesAt }: Round): string =>
	`${dayOf(closesAt).split('-').reverse().join('.')}, ${clockOf(closesAt)}`;

/**
 * Subscribes shares in a round for the acting member, or changes what was subscribed (M-10); who asks for more goes to the back of the
 * queue, who asks for less keeps the place. Refuses missing `members.no-membership`, `shares.round-unknown`; conflict
 * `shares.round-not-open`, `shares.not-a-member`, `members.statute-changed`; invalid `shares.round-below-floor` {min},
 * `shares.round-above-cap` {max}, `shares.limit-exceeded` {max, held, more}, `members.clause-missing`.
 */
export function subscribeToRound(
	db: Database,
	{
		by,
		at,
		key,
		roundId,
		count,
		clauses,
		statuteVersion,
	}: Command & { roundId: string; count: number; clauses: readonly ClauseId[]; statuteVersion: number },
): Promise<{ subscriptionId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const memberId = ownMemberId(by);
		const round = await heldRound(tx, roundId);
		const member = (await lockMembers(tx, [memberId])).get(memberId);
		if (member?.leftOn) throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-10' });
		const { version, terms } = await statuteOn(tx, dayOf(at));
		if (version !== statuteVersion)
			throw new Refusal('conflict', 'members.statute-changed', { version }, { rule: 'M-02' });
		const held = (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId)?.shares ?? 0;
		const { maxShares } = terms;
		checkSubscription({ ...round, phase: phaseOf(round, at) }, { count, held, maxShares });
		const declaration = declarationOf(terms, clauses, at, true);
		const { subscriptionId, before } = await putSubscription(tx, {
			at,
			roundId,
			memberId,
			count,
			declaration,
			version,
		});
		await tellSubscriber(tx, { at, round, memberId, count, declaration });
		note({
			...{ action: 'shares.subscribe-to-round', subject: `member ${member?.number}` },
			...{ before, after: { roundId, count } },
		});
		return { subscriptionId };
	});
}

/** Tells a member what was subscribed, word for word, unless it is not wanted; what the board entered is always told. */
export async function tellSubscriber(
	tx: Tx,
	{
		at,
		round,
		memberId,
		count,
		declaration,
		entered = false,
	}: { at: Date; round: Round; memberId: string; count: number; declaration: Declaration; entered?: boolean },
): Promise<void> {
	const to = (await recipientsOf(tx, [memberId], entered ? undefined : 'round-receipts')).get(memberId);
	if (!to) return;
	await notify(tx, {
		...{ at, to: to.email, template: 'round-subscribed', locale: to.locale },
		values: {
			...{ name: to.name, round: round.title, count, closes: closing(round) },
			document: declaration.clauses.map(({ text }) => text),
		},
	});
}

/** Puts a member's subscription down, or changes the one there is: more goes to the back of the queue. */
export async function putSubscription(
	tx: Tx,
	{
		at,
		roundId,
		memberId,
		count,
		declaration,
		version,
	}: { at: Date; roundId: string; memberId: string; count: number; declaration: Declaration; version: number },
): Promise<{ subscriptionId: string; before: { count: number } | null }> {
	const [earlier] = await tx
		.select()
		.from(roundSubscriptions)
		.where(and(eq(roundSubscriptions.roundId, roundId), eq(roundSubscriptions.memberId, memberId)))
		.for('update');
	const said = {
		...{ count, declaration, statuteVersion: version, changedAt: at },
		...{ withdrawnAt: null, paperReceivedOn: null, recordedBy: null },
	};
	if (!earlier) {
		const [made] = await tx
			.insert(roundSubscriptions)
			.values({ roundId, memberId, subscribedAt: at, ...said })
			.returning({ id: roundSubscriptions.id });
		return { subscriptionId: made?.id ?? '', before: null };
	}
	const more = earlier.withdrawnAt !== null || count > earlier.count;
	await tx
		.update(roundSubscriptions)
		.set({ ...said, subscribedAt: more ? at : earlier.subscribedAt })
		.where(eq(roundSubscriptions.id, earlier.id));
	return { subscriptionId: earlier.id, before: earlier.withdrawnAt === null ? { count: earlier.count } : null };
}

/**
 * Takes the acting member's subscription back before the close. Refuses missing `members.no-membership`, `shares.round-unknown`,
 * `shares.subscription-unknown`; conflict `shares.round-not-open`.
 */
export function withdrawSubscription(
	db: Database,
	{ by, at, key, roundId }: Command & { roundId: string },
): Promise<{ subscriptionId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const memberId = ownMemberId(by);
		const round = await heldRound(tx, roundId);
		if (!canRound('subscribe', phaseOf(round, at)))
			throw new Refusal('conflict', 'shares.round-not-open', {}, { rule: 'M-10' });
		const member = (await lockMembers(tx, [memberId])).get(memberId);
		const [earlier] = await tx
			.select()
			.from(roundSubscriptions)
			.where(and(eq(roundSubscriptions.roundId, roundId), eq(roundSubscriptions.memberId, memberId)))
			.for('update');
		if (!earlier || earlier.withdrawnAt !== null) throw new Refusal('missing', 'shares.subscription-unknown');
		const change = { withdrawnAt: at, changedAt: at };
		await tx.update(roundSubscriptions).set(change).where(eq(roundSubscriptions.id, earlier.id));
		const { count } = earlier;
		note({
			...{ action: 'shares.withdraw-subscription', subject: `member ${member?.number}` },
			...{ before: { roundId, count } },
		});
		return { subscriptionId: earlier.id };
	});
}
