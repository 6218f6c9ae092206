// What a meter-day from a file means beside the one that is stored: which values are new, equal, changed, or worse and therefore kept out.
import { missingRank } from './rules.ts';

/** Values of one day, null where missing; quality null when all are measured. */
export interface DayValues {
	wh: readonly (number | null)[];
	quality: Uint8Array | null;
}

/** Slots by what storing does to them, and the day that results. */
export interface Comparison {
	added: number;
	equal: number;
	changed: number;
	/** the file's value is worse than the stored one, which stays */
	outranked: number;
	merged: { wh: (number | null)[]; quality: Uint8Array | null; totalWh: number; gaps: number };
	/** true if the result is the file's day as it is */
	isIncoming: boolean;
	/** true if the result is the stored day as it is */
	isStored: boolean;
}

const rankAt = ({ wh, quality }: DayValues, slot: number): number =>
	wh[slot] === null ? missingRank : (quality?.[slot] ?? 0);

/**
 * Lays a file's day over the stored one, slot by slot: a value never gives way to nothing, nor to a value of worse quality;
 * one of equal or better quality replaces it (metering: a correction comes with the same rank).
 */
export function compareDay(stored: DayValues, incoming: DayValues): Comparison {
	const slots = Math.max(stored.wh.length, incoming.wh.length);
	const wh: (number | null)[] = new Array(slots).fill(null);
	const quality = new Uint8Array(slots).fill(missingRank);
	const result: Comparison = {
		...{ added: 0, equal: 0, changed: 0, outranked: 0, isIncoming: true, isStored: true },
		merged: { wh, quality, totalWh: 0, gaps: 0 },
	};
	for (let slot = 0; slot < slots; slot++) {
		const [before, after] = [stored.wh[slot] ?? null, incoming.wh[slot] ?? null];
		const [rankBefore, rankAfter] = [rankAt(stored, slot), rankAt(incoming, slot)];
		const takeIncoming = after !== null && (before === null || rankAfter <= rankBefore);
		wh[slot] = takeIncoming ? after : before;
		quality[slot] = takeIncoming ? rankAfter : rankBefore;
		if (after !== null) {
			if (before === null) result.added++;
			else if (before === after && rankBefore === rankAfter) result.equal++;
			else if (takeIncoming) result.changed++;
			else result.outranked++;
		}
		if (wh[slot] !== after || quality[slot] !== rankAfter) result.isIncoming = false;
		if (wh[slot] !== before || quality[slot] !== rankBefore) result.isStored = false;
		if (wh[slot] === null) result.merged.gaps++;
		else result.merged.totalWh += wh[slot] ?? 0;
	}
	if (quality.every((rank, slot) => rank === 0 || wh[slot] === null)) result.merged.quality = null;
	return result;
}
