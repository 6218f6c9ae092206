// What a meter-day is when several deliveries brought values for it, and what a file means beside the day that is stored.
import { missingRank } from './rules.ts';

/** Values of one day, null where missing; quality null when all are measured. */
export interface DayValues {
	wh: ArrayLike<number | null>;
	quality: Uint8Array | null;
}

/** A day as it results: with the sum of its values and the slots without one. */
export interface WholeDay {
	wh: (number | null)[];
	quality: Uint8Array | null;
	totalWh: number;
	gaps: number;
}

/** Where a delivery stands among others of the same quality: the later one counts. */
export interface Issue {
	/** When its sender wrote it (document time, or the version stamp of its series); where it does not say, when it arrived. Milliseconds. */
	issuedMs: number;
	/** Number of its message; null without one. */
	number: string | null;
	/** Order of arrival; decides only between deliveries without a message number. */
	arrival: number;
}

/** What one file or message says of a day. */
export interface Delivery extends Issue, DayValues {
	/** False once its message was cancelled or its import undone. */
	active: boolean;
	/** True if somebody decided that it counts although better values were there. */
	accepted: boolean;
}

const rankAt = ({ wh, quality }: DayValues, slot: number): number =>
	(wh[slot] ?? null) === null ? missingRank : (quality?.[slot] ?? 0);

/**
 * Which of two deliveries of the same quality is the later one: above zero if `a`. A total order that does not depend on which was
 * imported first, wherever their senders say when they wrote them.
 */
export function laterOf(a: Issue, b: Issue): number {
	if (a.issuedMs !== b.issuedMs) return a.issuedMs - b.issuedMs;
	if (a.number !== null && b.number !== null && a.number !== b.number) {
		// Numbers grow, whatever zeros are not written before them.
		return a.number.length - b.number.length || (a.number < b.number ? -1 : 1);
	}
	return a.arrival - b.arrival;
}

/** Slots where a later delivery of worse quality says something else than what counts: somebody must decide. */
export interface Dispute {
	/** index into the deliveries */
	delivery: number;
	slots: number;
	/** what counts in these slots, and what the delivery says */
	countsWh: number;
	saysWh: number;
}

/**
 * The day that results from all deliveries for it, slot by slot: of the active ones the best quality counts, of equal quality the
 * latest (laterOf). Null if no active delivery has a value. The order of `deliveries` makes no difference.
 */
export function foldDay(deliveries: readonly Delivery[]): { day: WholeDay | null; disputes: Dispute[] } {
	const active = deliveries.filter((one) => one.active);
	const slots = Math.max(0, ...active.map(({ wh }) => wh.length));
	const day: WholeDay = { wh: new Array(slots).fill(null), quality: null, totalWh: 0, gaps: 0 };
	const quality = new Uint8Array(slots).fill(missingRank);
	const counts: (Delivery | undefined)[] = new Array(slots).fill(undefined);
	// The latest last, so that of equal quality it replaces the others.
	const ordered = active.toSorted(laterOf);
	for (const one of ordered) {
		for (let slot = 0; slot < one.wh.length; slot++) {
			const rank = rankAt(one, slot);
			if (rank === missingRank) continue;
			const best = counts[slot];
			if (best && countingRank(one, rank) > countingRank(best, quality[slot] ?? 0)) continue;
			counts[slot] = one;
			day.wh[slot] = one.wh[slot] ?? null;
			quality[slot] = rank;
		}
	}
	for (const wh of day.wh) {
		if (wh === null) day.gaps++;
		else day.totalWh += wh;
	}
	if (!quality.every((rank, slot) => rank === 0 || day.wh[slot] === null)) day.quality = quality;
	const disputes = deliveries.flatMap((one, delivery) => {
		const dispute: Dispute = { delivery, slots: 0, countsWh: 0, saysWh: 0 };
		for (let slot = 0; one.active && !one.accepted && slot < one.wh.length; slot++) {
			const [best, says] = [counts[slot], one.wh[slot] ?? null];
			if (!best || best === one || says === null || says === day.wh[slot]) continue;
			if (rankAt(one, slot) <= (quality[slot] ?? 0) || laterOf(one, best) < 0) continue;
			dispute.slots++;
			dispute.countsWh += day.wh[slot] ?? 0;
			dispute.saysWh += says;
		}
		return dispute.slots > 0 ? [dispute] : [];
	});
	return { day: slots > day.gaps ? day : null, disputes };
}

/** Quality by which a delivery counts: what somebody decided for counts like a measurement. */
function countingRank({ accepted }: Delivery, rank: number): number {
	return accepted ? 0 : rank;
}

/** Slots of an incoming day by what storing does to them. */
export interface Comparison {
	added: number;
	equal: number;
	changed: number;
	/** the file's value does not count: what is stored is better or later, or its message is cancelled */
	outranked: number;
}

/** Counts what storing `incoming` does where the day was `stored` (null: not there) and becomes `result`. */
export function compareDay(stored: DayValues | null, incoming: DayValues, result: DayValues | null): Comparison {
	const counts: Comparison = { added: 0, equal: 0, changed: 0, outranked: 0 };
	for (let slot = 0; slot < incoming.wh.length; slot++) {
		const rank = rankAt(incoming, slot);
		if (rank === missingRank) continue;
		const before = stored?.wh[slot] ?? null;
		const wh = incoming.wh[slot] ?? null;
		if (before === wh && stored && rankAt(stored, slot) === rank) counts.equal++;
		else if (!result || (result.wh[slot] ?? null) !== wh || rankAt(result, slot) !== rank) counts.outranked++;
		else if (before === null) counts.added++;
		else counts.changed++;
	}
	return counts;
}

/** True if both days hold the same values in the same quality. */
export function isSameDay(a: DayValues, b: DayValues): boolean {
	if (a.wh.length !== b.wh.length) return false;
	for (let slot = 0; slot < a.wh.length; slot++) {
		if ((a.wh[slot] ?? null) !== (b.wh[slot] ?? null) || rankAt(a, slot) !== rankAt(b, slot)) return false;
	}
	return true;
}

/** Lays values over stored ones: the better quality counts, of equal quality the new one. For values that come live. */
export function overlaid(stored: DayValues, incoming: DayValues): WholeDay {
	const at = (values: DayValues, arrival: number): Delivery => ({
		...values,
		...{ issuedMs: 0, number: null, arrival, active: true, accepted: false },
	});
	const { day } = foldDay([at(stored, 0), at(incoming, 1)]);
	return day ?? { wh: [], quality: null, totalWh: 0, gaps: 0 };
}
