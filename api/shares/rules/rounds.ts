// Subscription rounds: when one may subscribe how much, and who is allotted what when more is asked for than there is.
import { addDays, type Day, dayOf, startOfDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';

/** Declared rules for over-subscription: who came first, one share each in turn, in proportion to what was asked (largest remainder). */
export const allotmentRules = ['first-come', 'equal-steps', 'pro-rata'] as const;
export type AllotmentRule = (typeof allotmentRules)[number];

/** Most shares a round can have; what is calculated with them stays an exact integer. */
export const mostVolume = 1_000_000;

/** Why somebody is allotted what: by the rule, or because more may not be admitted (M-01, M-10, M-12). */
export const allotmentReasons = [
	'in-full',
	'over-subscribed',
	'nothing-left',
	'earlier-unpaid',
	'limit',
	'not-a-member',
	'not-admissible',
	'paper-missing',
] as const;

/** The window and the amounts of a round. One of the volumes is null. */
export interface RoundTerms {
	opensAt: Date;
	closesAt: Date;
	volumeShares: number | null;
	volumeCents: number | null;
	floorShares: number;
	capShares: number;
}

/** The shares a round has: as resolved, or the whole shares its amount in euro gives at the nominal value of the day. */
export function volumeOf(
	{ volumeShares, volumeCents }: Pick<RoundTerms, 'volumeShares' | 'volumeCents'>,
	nominalCents: number,
): number {
	return volumeShares ?? Math.floor((volumeCents ?? 0) / nominalCents);
}

/**
 * Whether a round may be set: it closes after it opens and after `at`, has a volume that takes at least one floor, and a floor up to the cap
 * up to what the statute lets one member hold. Refuses invalid `shares.round-window-wrong`, `shares.round-volume-wrong` {max},
 * `shares.round-bounds-wrong` {max}.
 */
export function checkRound(
	terms: RoundTerms,
	{ nominalCents, maxShares, at }: { nominalCents: number; maxShares: number; at: Date },
): void {
	const { opensAt, closesAt, floorShares: floor, capShares: cap } = terms;
	if (!(opensAt < closesAt) || closesAt <= at)
		throw new Refusal('invalid', 'shares.round-window-wrong', {}, { field: 'closesAt' });
	const one = (terms.volumeShares === null) !== (terms.volumeCents === null);
	const volume = volumeOf(terms, nominalCents);
	if (!one || !Number.isSafeInteger(volume) || volume < 1 || volume > mostVolume) {
		const field = terms.volumeShares === null ? 'volumeCents' : 'volumeShares';
		throw new Refusal('invalid', 'shares.round-volume-wrong', { max: mostVolume }, { field });
	}
	const max = Math.min(maxShares, volume);
	if (!Number.isSafeInteger(floor) || floor < 1 || floor > max)
		throw new Refusal('invalid', 'shares.round-bounds-wrong', { max }, { rule: 'M-10', field: 'floorShares' });
	if (!Number.isSafeInteger(cap) || cap < floor || cap > maxShares)
		throw new Refusal('invalid', 'shares.round-bounds-wrong', { max: maxShares }, { rule: 'M-10', field: 'capShares' });
}

/** Where a round stands. */
export type RoundPhase = 'planned' | 'open' | 'closed' | 'decided' | 'cancelled';

/** The phase of a round at an instant: the closing instant itself is outside the window. */
export function phaseOf(
	{ state, opensAt, closesAt }: { state: 'set' | 'decided' | 'cancelled'; opensAt: Date; closesAt: Date },
	at: Date,
): RoundPhase {
	if (state !== 'set') return state;
	if (at < opensAt) return 'planned';
	return at < closesAt ? 'open' : 'closed';
}

/** What may be done with a round in which phase; pages and services ask this table. */
export const roundCan = {
	...{ subscribe: ['open'], decide: ['closed'], cancel: ['planned', 'open', 'closed'] },
	/** everything about it; once it is open only its end and its volume */
	...{ change: ['planned'], extend: ['open'] },
} as const;

/** True if a round in that phase can be treated so. */
export function canRound(verb: keyof typeof roundCan, phase: RoundPhase): boolean {
	return (roundCan[verb] as readonly string[]).includes(phase);
}

/**
 * Whether one may subscribe `count` shares now, beside `held` ones. Refuses conflict `shares.round-not-open`;
 * invalid `shares.round-below-floor` {min}, `shares.round-above-cap` {max}, `shares.limit-exceeded` {max, held, more} (M-10).
 */
export function checkSubscription(
	{ phase, floorShares: min, capShares: cap }: { phase: RoundPhase; floorShares: number; capShares: number },
	{ count, held, maxShares }: { count: number; held: number; maxShares: number },
): void {
	if (!canRound('subscribe', phase)) throw new Refusal('conflict', 'shares.round-not-open', {}, { rule: 'M-10' });
	if (!Number.isSafeInteger(count) || count < min)
		throw new Refusal('invalid', 'shares.round-below-floor', { min }, { field: 'count' });
	if (count > cap) throw new Refusal('invalid', 'shares.round-above-cap', { max: cap }, { field: 'count' });
	if (held + count > maxShares) {
		const values = { max: maxShares, held, more: count };
		throw new Refusal('invalid', 'shares.limit-exceeded', values, { rule: 'M-10', field: 'count' });
	}
}

/**
 * The instant a declaration on paper counts from in a round: the end of the day it arrived, on the round's last day its close; never later
 * than `at`.
 */
export function arrivalOf(receivedOn: Day, { closesAt }: { closesAt: Date }, at: Date): Date {
	const dayEnd = startOfDay(addDays(receivedOn, 1)) - 1;
	const inTime = receivedOn === dayOf(closesAt) ? closesAt.getTime() - 1 : dayEnd;
	return new Date(Math.min(dayEnd, inTime, at.getTime()));
}

/** What somebody asked for, and since when. `number` is the member number, null for joiners. */
export interface Ask {
	id: string;
	count: number;
	since: Date;
	number: number | null;
}

/** What somebody is allotted of an ask, and why not more. */
export interface Allotment {
	id: string;
	allotted: number;
	reason: 'in-full' | 'over-subscribed' | 'nothing-left';
}

/** The order of fairness: who asked earlier, then the lower member number, joiners after members, then the id. */
function inOrder(asks: readonly Ask[]): Ask[] {
	const none = Number.MAX_SAFE_INTEGER;
	return [...asks].sort(
		(a, b) =>
			a.since.getTime() - b.since.getTime() || (a.number ?? none) - (b.number ?? none) || (a.id < b.id ? -1 : 1),
	);
}

function firstCome(asks: readonly Ask[], volume: number, floor: number): number[] {
	let left = volume;
	return asks.map(({ count }) => {
		const given = Math.min(count, left);
		if (given < floor) return 0;
		left -= given;
		return given;
	});
}

/** `volume` in steps of one share to each in turn until nobody asks for more. `wants` in order of fairness. */
function inSteps(wants: readonly number[], volume: number): number[] {
	const levels = [...wants].sort((a, b) => a - b);
	let left = volume;
	let level = 0;
	// Raises the water level from ask to ask as long as the volume lasts.
	for (const [i, next] of levels.entries()) {
		const takers = levels.length - i;
		const step = Math.min(next - level, Math.floor(left / takers));
		level += step;
		left -= step * takers;
		if (level < next) break;
	}
	return wants.map((want) => {
		const one = want > level && left > 0 ? 1 : 0;
		left -= one;
		return Math.min(want, level) + one;
	});
}

/** `volume` in proportion to the counts, whole shares, the rest to the largest remainders, ties in order of fairness. */
function byLargestRemainder(counts: readonly number[], volume: number): number[] {
	const sum = counts.reduce((total, count) => total + count, 0);
	const parts = counts.map((count) => Math.floor((count * volume) / sum));
	const left = volume - parts.reduce((total, part) => total + part, 0);
	const byRemainder = counts
		.map((count, i) => ({ i, remainder: (count * volume) % sum }))
		.sort((a, b) => b.remainder - a.remainder || a.i - b.i);
	for (const { i } of byRemainder.slice(0, left)) parts[i] = (parts[i] ?? 0) + 1;
	return parts;
}

/** As `byLargestRemainder`, but whoever's part would be less than the floor gets the floor, and the others share what is left. */
function inProportion(counts: readonly number[], volume: number, floor: number): number[] {
	let left = volume;
	let rest = counts.map((count, i) => ({ count, i }));
	for (;;) {
		const sum = rest.reduce((total, { count }) => total + count, 0);
		const share = left;
		const large = rest.filter(({ count }) => count * share >= floor * sum);
		if (large.length === rest.length) break;
		left -= (rest.length - large.length) * floor;
		rest = large;
	}
	const given = counts.map(() => floor);
	const parts = byLargestRemainder(
		rest.map(({ count }) => count),
		left,
	);
	for (const [k, { i }] of rest.entries()) given[i] = parts[k] ?? 0;
	return given;
}

/**
 * Allots a volume of shares to asks by the round's rule. Never more than the volume, never more than asked, nobody who is allotted any
 * gets less than the floor. If all can be served, all are. Else: first come, each in full while it lasts; equal steps, the floor to each
 * and then one share more to each in turn; pro rata, in proportion to what was asked, but the floor at least. Where not even the floors
 * have room, those who asked first are served. Every share is allotted, except what is less than a floor and nobody can be given.
 * Answers in the order of the asks.
 */
export function allot(
	asks: readonly Ask[],
	{ volume, floor, rule }: { volume: number; floor: number; rule: AllotmentRule },
): Allotment[] {
	const ordered = inOrder(asks);
	const demand = ordered.reduce((sum, { count }) => sum + count, 0);
	let given: number[];
	if (demand <= volume) given = ordered.map(({ count }) => count);
	else if (rule === 'first-come') given = firstCome(ordered, volume, floor);
	else {
		const served = ordered.slice(0, Math.floor(volume / floor));
		const counts = served.map(({ count }) => count);
		const room = Math.min(
			volume,
			counts.reduce((sum, count) => sum + count, 0),
		);
		given =
			rule === 'pro-rata'
				? inProportion(counts, room, floor)
				: inSteps(
						counts.map((count) => count - floor),
						room - served.length * floor,
					).map((count) => count + floor);
	}
	const byId = new Map(ordered.map(({ id }, i) => [id, given[i] ?? 0]));
	return asks.map(({ id, count }) => {
		const allotted = byId.get(id) ?? 0;
		const reason = allotted === count ? 'in-full' : allotted > 0 ? 'over-subscribed' : 'nothing-left';
		return { id, allotted, reason };
	});
}

/** Whether the board may decide a round by a resolution of that day: after the close. Refuses conflict `shares.round-not-closed`,
 * `shares.round-decided`, `shares.round-cancelled`; invalid `shares.round-resolution-early`. */
export function checkDecision(phase: RoundPhase, closedOn: Day, resolvedOn: Day): void {
	refuseSettled(phase);
	if (phase !== 'closed') throw new Refusal('conflict', 'shares.round-not-closed');
	if (resolvedOn < closedOn) {
		const values = { closedOn };
		throw new Refusal('invalid', 'shares.round-resolution-early', values, { rule: 'M-01', field: 'resolution.on' });
	}
}

/** Refuses conflict `shares.round-decided`, `shares.round-cancelled`: nothing more happens to such a round. */
export function refuseSettled(phase: RoundPhase): void {
	if (phase === 'decided') throw new Refusal('conflict', 'shares.round-decided');
	if (phase === 'cancelled') throw new Refusal('conflict', 'shares.round-cancelled');
}
