// From what a source shows at moments (a counting register, a power) to energy per slot: what a look adds, what it cannot say, what fills a gap.

/** Longest time between two looks that is still divided among its slots; of longer slots a third more than one of them. */
export const pollGapMinutes = 20;

/** What a source showed at a moment, by device: watt-hours of a register since it was installed, or watts. */
export interface Look {
	atMs: number;
	shown: Record<string, number>;
	/** the register begins at zero again after this many watt-hours (Überlauf) */
	rolloverWh?: number | undefined;
}

/** Something out of the ordinary: energy in watt-hours that is booked to no slot, or a new base. */
export interface EdgeNote {
	at: string;
	/** gap: nobody asked for too long · fell: the register fell · jump: more than the plant can produce · devices: other inverters than before */
	kind: 'gap' | 'fell' | 'jump' | 'devices';
	since: string;
	wh: number;
}

/** A time without looks, with those at its ends: what comes later can still be divided among its slots. */
export interface EdgeGap {
	since: string;
	before: Record<string, number>;
	at: string;
	after: Record<string, number>;
	rolloverWh?: number;
}

/** How far a channel has come: what was shown last, the gaps before it, what was never booked, and the newest notes. */
export interface Edge {
	at: string;
	shown: Record<string, number>;
	unallocatedWh: number;
	gaps: EdgeGap[];
	notes: EdgeNote[];
}

/** Energy of a part of a slot. */
export interface SlotPart {
	startMs: number;
	wh: number;
	coveredMs: number;
}

/** What a look means. 'absent' and 'stale' leave the edge as it is; 'filled' booked a part of a gap. */
export interface Advance {
	outcome: 'first' | 'booked' | 'filled' | 'absent' | 'stale' | EdgeNote['kind'];
	edge: Edge;
	parts: SlotPart[];
}

/** The channel that is counted into. `capacityW` is what the plant can give at most. */
export interface Counting {
	capacityW: number;
	slotMinutes?: number;
	meaning?: 'register' | 'power';
}

const notesKept = 20;
const gapsKept = 200;
const iso = (ms: number): string => new Date(ms).toISOString();

/** The longest time between two looks that is divided among slots of that length. */
export function longestStepMs(slotMinutes: number): number {
	return Math.max(pollGapMinutes, (slotMinutes * 4) / 3) * 60_000;
}

/**
 * What a look adds to the edge. Between two looks the difference of a register, or the mean of two powers, is divided by time among the
 * slots, in whole watt-hours that add up to it. After too long a time nothing is divided: the slots stay without value, the difference
 * is noted as unallocated and the gap is remembered; a look that comes in later and lies inside a gap divides it. A register that fell
 * (and did not just roll over), a difference beyond what `capacityW` can produce and changed inverters make a new base.
 */
export function advance(edge: Edge | null, look: Look, counting: Counting): Advance {
	const { atMs, shown } = look;
	const at = iso(atMs);
	if (!edge) return { outcome: 'first', edge: { at, shown, unallocatedWh: 0, gaps: [], notes: [] }, parts: [] };
	if (atMs <= Date.parse(edge.at)) return filled(edge, look, counting);
	const last = { atMs: Date.parse(edge.at), shown: edge.shown };
	const step = stepBetween(last, look, counting);
	// One of several inverters often wakes later than the others: what it missed must not look like a register that fell.
	if (step.kind === 'absent') return { outcome: 'absent', edge, parts: [] };
	if (step.kind === 'booked')
		return { outcome: 'booked', edge: { ...edge, at, shown }, parts: divided(last.atMs, atMs, step.wh, counting) };
	const note = { at, kind: step.kind, since: edge.at, wh: step.wh };
	const gap = {
		...{ since: edge.at, before: edge.shown, at, after: shown },
		...(look.rolloverWh === undefined ? {} : { rolloverWh: look.rolloverWh }),
	};
	return {
		outcome: step.kind,
		parts: [],
		edge: {
			...{ at, shown, unallocatedWh: edge.unallocatedWh + step.unallocatedWh },
			gaps: step.kind === 'gap' ? [...edge.gaps, gap].slice(-gapsKept) : edge.gaps,
			notes: [...edge.notes, note].slice(-notesKept),
		},
	};
}

interface Step {
	kind: 'booked' | 'absent' | EdgeNote['kind'];
	/** what was counted; of a register that fell how far */
	wh: number;
	/** what of it belongs to no slot */
	unallocatedWh: number;
}

function stepBetween(before: Look, after: Look, counting: Counting): Step {
	const elapsedMs = after.atMs - before.atMs;
	const devices = Object.keys(after.shown);
	const gone = Object.keys(before.shown).filter((device) => !(device in after.shown));
	if (gone.length > 0 && elapsedMs < 86_400_000) return { kind: 'absent', wh: 0, unallocatedWh: 0 };
	const isLong = elapsedMs > longestStepMs(counting.slotMinutes ?? 15);
	if (counting.meaning === 'power') {
		const mean = (sumOf(before.shown) + sumOf(after.shown)) / 2;
		const wh = isLong ? 0 : Math.round((mean * elapsedMs) / 3_600_000);
		return { kind: isLong ? 'gap' : 'booked', wh, unallocatedWh: 0 };
	}
	const most = counting.capacityW * 1.5 * (elapsedMs / 3_600_000) + 1_000;
	const differences = devices
		.filter((device) => device in before.shown)
		.map((device) => {
			const wh = (after.shown[device] ?? 0) - (before.shown[device] ?? 0);
			const over = wh + (after.rolloverWh ?? 0);
			return wh < 0 && over >= 0 && over <= most ? over : wh;
		});
	const risen = differences.reduce((sum, wh) => sum + Math.max(wh, 0), 0);
	if (gone.length > 0 || devices.length > differences.length)
		return { kind: 'devices', wh: risen, unallocatedWh: risen };
	const sunk = differences.reduce((sum, wh) => sum + Math.min(wh, 0), 0);
	if (sunk < 0) return { kind: 'fell', wh: sunk, unallocatedWh: risen };
	if (risen > most) return { kind: 'jump', wh: risen, unallocatedWh: 0 };
	return isLong ? { kind: 'gap', wh: risen, unallocatedWh: risen } : { kind: 'booked', wh: risen, unallocatedWh: 0 };
}

const sumOf = (shown: Record<string, number>): number =>
	Object.values(shown).reduce((sum, watts) => sum + Math.max(watts, 0), 0);

/** A look that comes in late: inside a gap it divides it in two, of which the short ones are booked; elsewhere it says nothing new. */
function filled(edge: Edge, look: Look, counting: Counting): Advance {
	const stale: Advance = { outcome: 'stale', edge, parts: [] };
	const index = edge.gaps.findIndex(({ since, at }) => Date.parse(since) < look.atMs && look.atMs < Date.parse(at));
	const gap = edge.gaps[index];
	if (!gap) return stale;
	const before = { atMs: Date.parse(gap.since), shown: gap.before };
	const after = { atMs: Date.parse(gap.at), shown: gap.after, rolloverWh: gap.rolloverWh ?? look.rolloverWh };
	const steps = [stepBetween(before, look, counting), stepBetween(look, after, counting)] as const;
	// A late value that does not fit between its neighbours is not believed.
	if (steps.some(({ kind }) => kind !== 'booked' && kind !== 'gap')) return stale;
	const at = iso(look.atMs);
	const rollover = gap.rolloverWh === undefined ? {} : { rolloverWh: gap.rolloverWh };
	const halves = [
		{ since: gap.since, before: gap.before, at, after: look.shown, ...rollover },
		{ since: at, before: look.shown, at: gap.at, after: gap.after, ...rollover },
	];
	const parts = [
		...(steps[0].kind === 'booked' ? divided(before.atMs, look.atMs, steps[0].wh, counting) : []),
		...(steps[1].kind === 'booked' ? divided(look.atMs, after.atMs, steps[1].wh, counting) : []),
	];
	const booked = counting.meaning === 'power' ? 0 : parts.reduce((sum, { wh }) => sum + wh, 0);
	return {
		outcome: 'filled',
		parts,
		edge: {
			...edge,
			unallocatedWh: edge.unallocatedWh - booked,
			gaps: edge.gaps.toSpliced(index, 1, ...halves.filter((_, half) => steps[half]?.kind === 'gap')),
		},
	};
}

function divided(fromMs: number, toMs: number, wh: number, { slotMinutes = 15 }: Counting): SlotPart[] {
	const slotMs = slotMinutes * 60_000;
	const parts: SlotPart[] = [];
	let booked = 0;
	for (let at = fromMs; at < toMs; ) {
		const startMs = Math.floor(at / slotMs) * slotMs;
		const until = Math.min(startMs + slotMs, toMs);
		// Rounded as a running total, so that the parts add up.
		const sum = Math.round((wh * (until - fromMs)) / (toMs - fromMs));
		parts.push({ startMs, wh: sum - booked, coveredMs: until - at });
		booked = sum;
		at = until;
	}
	return parts;
}
