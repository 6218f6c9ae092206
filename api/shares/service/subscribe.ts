// Taking shares: with the admission of members, later on declaration or on paper; and undoing what was entered by mistake.
import { eq } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { basisOf, checkResolutionDay, type Resolution } from '../../members/service/admit.ts';
import { enterInRegister } from '../../members/service/register.ts';
import { statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { checkFurther, checkLimit, duesOf, type Holding } from '../rules.ts';
import { shareDues, shareMovements } from '../tables.ts';
import { settleClaims } from './claims.ts';
import { always, holdingsOn, lockMembers } from './holdings.ts';

/** Shares to be taken by one member by one resolution. */
export interface Subscription {
	memberId: string;
	count: number;
	kind: 'admission' | 'further';
	requestId?: string;
}

const none: Holding = { shares: 0, nominalCents: 0, dueCents: 0, paidCents: 0 };

/**
 * Takes shares for members by one resolution, effective on its day, under the statute of that day: movements, dues, register, claims.
 * Refuses missing `members.unknown`; conflict `shares.not-a-member`, `shares.earlier-unpaid` {unpaidCents} (M-12);
 * invalid `shares.count-wrong`, `shares.limit-exceeded` {max, held, more} (M-10), `shares.below-mandatory`.
 */
export async function subscribeShares(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		resolution,
		subscriptions,
	}: { by: Actor; at: Date; resolution: Resolution; subscriptions: readonly Subscription[] },
): Promise<string[]> {
	const { terms } = await statuteOn(tx, resolution.on);
	const memberIds = subscriptions.map(({ memberId }) => memberId);
	const locked = await lockMembers(tx, memberIds);
	const further = subscriptions.filter(({ kind }) => kind === 'further');
	const holdings = await holdingsOn(tx, { day: always, memberIds: further.map(({ memberId }) => memberId) });
	for (const { memberId, count, kind } of subscriptions) {
		const { joinedOn, leftOn } = locked.get(memberId) ?? { joinedOn: always, leftOn: null };
		if (joinedOn > resolution.on || leftOn !== null)
			throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-10' });
		if (kind === 'admission') checkLimit(terms, 0, count);
		else checkFurther(terms, holdings.get(memberId) ?? none, count);
	}
	const made = await tx
		.insert(shareMovements)
		.values(
			subscriptions.map(({ memberId, count, kind, requestId }) => ({
				...{
					memberId,
					kind,
					count,
					nominalCents: count * terms.nominalCents,
					effectiveOn: resolution.on,
					recordedAt: at,
				},
				...{ resolution: basisOf(resolution), requestId: requestId ?? null },
			})),
		)
		.returning({ id: shareMovements.id, memberId: shareMovements.memberId, count: shareMovements.count });
	const dues = made.flatMap(({ id, memberId, count }) =>
		duesOf(terms, count, resolution.on).map((due) => ({ ...due, movementId: id, memberId, recordedAt: at })),
	);
	if (dues.length > 0) await tx.insert(shareDues).values(dues);
	const changes = further.map(({ memberId, count }) => ({
		memberId,
		effectiveOn: resolution.on,
		basis: basisOf(resolution),
		sharesChange: count,
	}));
	await enterInRegister(tx, note, at, changes);
	for (const { memberId, count, kind } of subscriptions) {
		const member = locked.get(memberId)?.number;
		note({
			action: 'shares.subscribe',
			subject: `member ${member}`,
			after: { count, kind, resolution, nominalCents: terms.nominalCents },
		});
	}
	if (dues.some(({ dueOn }) => dueOn <= dayOf(at))) await settleClaims(tx, { by, at, memberIds, from: resolution.on });
	return made.map(({ id }) => id);
}

/**
 * Takes further shares on a declaration on paper (§ 15b GenG, M-10, M-12), admitted by a resolution.
 * Refuses invalid `members.resolution-day-wrong`, `members.resolution-in-future` and what `subscribeShares` refuses.
 */
export function takeFurtherShares(
	db: Database,
	{ by, at, key, memberId, count, resolution }: Command & { memberId: string; count: number; resolution: Resolution },
): Promise<{ movementId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkResolutionDay(resolution, at);
		const [movementId = ''] = await subscribeShares(tx, note, {
			by,
			at,
			resolution,
			subscriptions: [{ memberId, count, kind: 'further' }],
		});
		return { movementId };
	});
}

/**
 * Undoes further shares that were entered by mistake, from their own effective day on (never the admission itself).
 * Refuses missing `shares.movement-unknown`; conflict `shares.already-reversed`, `shares.not-reversible`, `shares.paid-in` {paidCents}
 * if more is paid than the remaining shares take.
 */
export function reverseFurtherShares(
	db: Database,
	{ by, at, key, movementId, reason }: Command & { movementId: string; reason: string },
): Promise<{ movementId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [found] = await tx.select().from(shareMovements).where(eq(shareMovements.id, movementId));
		if (!found) throw new Refusal('missing', 'shares.movement-unknown');
		if (found.kind !== 'further') throw new Refusal('conflict', 'shares.not-reversible');
		const { memberId, count, nominalCents, effectiveOn } = found;
		const number = (await lockMembers(tx, [memberId])).get(memberId)?.number;
		const [earlier] = await tx
			.select({ id: shareMovements.id })
			.from(shareMovements)
			.where(eq(shareMovements.reverses, movementId));
		if (earlier) throw new Refusal('conflict', 'shares.already-reversed');
		const holding = (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId) ?? none;
		if (holding.paidCents > holding.nominalCents - nominalCents) {
			throw new Refusal('conflict', 'shares.paid-in', { paidCents: holding.paidCents }, { rule: 'S-01' });
		}
		const [made] = await tx
			.insert(shareMovements)
			.values({
				...{
					memberId,
					kind: 'reversal' as const,
					count: -count,
					nominalCents: -nominalCents,
					effectiveOn,
					recordedAt: at,
				},
				...{ resolution: reason, reverses: movementId },
			})
			.returning({ id: shareMovements.id });
		const reversalId = made?.id ?? '';
		const dues = await tx.select().from(shareDues).where(eq(shareDues.movementId, movementId));
		if (dues.length > 0) {
			await tx.insert(shareDues).values(
				dues.map(({ dueOn, amountCents }) => ({
					movementId: reversalId,
					memberId,
					dueOn,
					amountCents: -amountCents,
					recordedAt: at,
				})),
			);
		}
		await enterInRegister(tx, note, at, [{ memberId, effectiveOn, basis: reason, sharesChange: -count }]);
		await settleClaims(tx, { by, at, memberIds: [memberId], from: effectiveOn });
		note({ action: 'shares.reverse', subject: `member ${number}`, before: { movementId, count }, after: { reason } });
		return { movementId: reversalId };
	});
}
