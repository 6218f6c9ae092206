// A round that was set is changed: as a whole before it opens, later only its end and its volume, and everybody who subscribed is told.
import { eq } from 'drizzle-orm';
import { type Command, write } from '../../../audit/service.ts';
import type { Database } from '../../../database/connect.ts';
import { notify } from '../../../notices/service.ts';
import { statuteOn } from '../../../statute/service.ts';
import { clockOf, dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { canRound, checkRound, phaseOf, refuseSettled, volumeOf } from '../../rules/rounds.ts';
import { subscriptionRounds } from '../../tables.ts';
import { announce, lockedRound, type RoundInput, subscribersOf } from './set.ts';

/**
 * Changes a round that has not opened yet. Refuses missing `shares.round-unknown`; conflict `shares.round-opened`, `shares.round-decided`,
 * `shares.round-cancelled`; invalid `shares.round-window-wrong`, `shares.round-volume-wrong` {max}, `shares.round-bounds-wrong` {max}.
 */
export function changeRound(
	db: Database,
	{ by, at, key, roundId, round }: Command & { roundId: string; round: RoundInput },
): Promise<{ roundId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const before = await lockedRound(tx, roundId);
		const phase = phaseOf(before, at);
		refuseSettled(phase);
		if (!canRound('change', phase)) throw new Refusal('conflict', 'shares.round-opened');
		const { terms } = await statuteOn(tx, dayOf(at));
		checkRound(round, { ...terms, at });
		await tx.update(subscriptionRounds).set(round).where(eq(subscriptionRounds.id, roundId));
		if (round.announced && !before.announced) await announce(tx, at, round);
		const { title, purpose, opensAt, closesAt, volumeShares, volumeCents, floorShares, capShares, rule, announced } =
			before;
		note({
			...{ action: 'shares.change-round', subject: `round ${roundId}`, after: round },
			before: { title, purpose, opensAt, closesAt, volumeShares, volumeCents, floorShares, capShares, rule, announced },
		});
		return { roundId };
	});
}

/** The end and the volume of an open round; one of the volumes is null. */
export interface RoundExtension {
	closesAt: Date;
	volumeShares: number | null;
	volumeCents: number | null;
	/** why, for those who subscribed */
	reason: string;
}

/**
 * Changes the end and the volume of an open round; everybody who subscribed is told what was and what is now, and can still change or take
 * back what was subscribed. Refuses missing `shares.round-unknown`; conflict `shares.round-not-open`, `shares.round-decided`,
 * `shares.round-cancelled`; invalid `shares.round-window-wrong`, `shares.round-volume-wrong` {max}, `shares.round-bounds-wrong` {max},
 * `shares.round-unchanged`.
 */
export function extendRound(
	db: Database,
	{ by, at, key, roundId, extension }: Command & { roundId: string; extension: RoundExtension },
): Promise<{ roundId: string; told: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const before = await lockedRound(tx, roundId);
		const phase = phaseOf(before, at);
		refuseSettled(phase);
		if (!canRound('extend', phase)) throw new Refusal('conflict', 'shares.round-not-open');
		const { reason, ...change } = extension;
		const after = { ...before, ...change };
		const { terms } = await statuteOn(tx, dayOf(at));
		checkRound(after, { ...terms, at });
		const volumes = [before, after].map((one) => volumeOf(one, terms.nominalCents));
		const [volumeBefore = 0, volume = 0] = volumes;
		if (after.closesAt.getTime() === before.closesAt.getTime() && volume === volumeBefore)
			throw new Refusal('invalid', 'shares.round-unchanged', {}, { field: 'closesAt' });
		await tx.update(subscriptionRounds).set(change).where(eq(subscriptionRounds.id, roundId));
		const subscribers = await subscribersOf(tx, roundId);
		for (const { email, name, locale } of subscribers) {
			await notify(tx, {
				...{ at, to: email, template: 'round-changed', locale },
				values: {
					...{ name, round: before.title, reason, volume, volumeBefore },
					...{ closesOn: dayOf(after.closesAt), closesClock: clockOf(after.closesAt) },
					...{ closedOn: dayOf(before.closesAt), closedClock: clockOf(before.closesAt) },
				},
			});
		}
		const { closesAt, volumeShares, volumeCents } = before;
		note({
			...{ action: 'shares.extend-round', subject: `round ${roundId}`, after: extension },
			before: { closesAt, volumeShares, volumeCents },
		});
		return { roundId, told: subscribers.length };
	});
}
