// The day counter of a Solar-Log inverter: which field it is, and what its course says of each slot.
import { instantOfWallClock, startOfDay } from '../../../values/calendar.ts';
import { qualityRank } from '../../../values/energy.ts';
import { Refusal } from '../../../values/refusal.ts';
import { type SlotMinutes, slotLengthOf } from '../../rules.ts';

/** Fields of one device in one record. */
export type Block = number[];

/** One record: minutes on the clock of its day, a block per device. */
export type LogRecord = { line: number; clock: number; blocks: Block[] };

/** A record of one device on the grid of slots: `slot` slots of the day lie before it. */
export type Point = { line: number; slot: number; power: number; wh: number };

/** Watt-hours by power from which on a counter that never moved is stuck. */
export const stuckWh = 100;
const substitute = qualityRank('substitute');

/** Watt-hours that the powers of the records amount to. */
export function powerWh(points: readonly Point[], slotMinutes: number): number {
	return points.reduce((sum, { power }) => sum + (power * slotMinutes) / 60, 0);
}

/** Minutes between records; undefined if no channel has such slots. */
export function intervalOf(records: readonly LogRecord[]): Exclude<SlotMinutes, 1440> | undefined {
	// Now and then a logger is a minute or two late; the usual distance counts.
	const distances = records.slice(1).map(({ clock }, i) => clock - (records[i] as LogRecord).clock);
	const counts = new Map<number, number>();
	for (const distance of distances) if (distance > 0) counts.set(distance, (counts.get(distance) ?? 0) + 1);
	const usual = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0];
	if (usual === undefined) return 5;
	const slot = slotLengthOf([0, usual]);
	if (slot !== undefined && slot !== 1440 && usual === slot) return slot;
	// Two records at odd times tell nothing; five minutes is what the device does.
	return counts.size > 0 && records.length <= 3 ? 5 : undefined;
}

/** Where the counter can stand by number of fields: PAC; PDC per string; counter; UDC per string or none; temperature or none. */
const counterFields: Readonly<{ [width: number]: readonly number[] }> = {
	2: [1],
	3: [2],
	4: [2, 3],
	5: [2, 4],
	6: [3],
	7: [3],
	8: [4],
	9: [4],
};

/** How many falls a counter that ends below its highest value, or never moves, weighs. */
const oddities = 5;

/**
 * Which field of a device's blocks is the counter. Where the layout leaves two, it is the one that falls least over the
 * day and ends at its highest; one that never moves only if the other behaves like a voltage. Undefined for unknown layouts.
 */
export function counterField(blocks: readonly Block[]): number | undefined {
	let best: number | undefined;
	let fewest = Number.POSITIVE_INFINITY;
	for (const field of counterFields[Math.min(...blocks.map((block) => block.length))] ?? []) {
		const course = blocks.map((block) => block[field] as number);
		const falls = course.filter((wh, i) => i > 0 && wh < (course[i - 1] as number)).length;
		const highest = Math.max(...course);
		const isStill = highest === Math.min(...course);
		const endsBelow = (course.at(-1) as number) < highest;
		const cost = isStill ? Math.max(oddities, blocks.length / 20) : falls + (endsBelow ? oddities : 0);
		if (cost >= fewest) continue;
		fewest = cost;
		best = field;
	}
	return best;
}

/**
 * The records of one device on the grid, one per slot end, in order of time. At midnight the counter still shows the day
 * before; such a record is left out. Refuses readings.bad-time and readings.negative with the line.
 */
export function pointsOf(
	records: readonly LogRecord[],
	{ day, device, counter, slotMinutes }: { day: string; device: number; counter: number; slotMinutes: number },
): Point[] {
	const start = startOfDay(day) / 60_000;
	const points: Point[] = [];
	for (const { line, clock, blocks } of records) {
		const block = blocks[device] as Block;
		const instant = instantOfWallClock(day, clock);
		if (instant === undefined) throw new Refusal('invalid', 'readings.bad-time', { line, text: day });
		const slot = Math.round((instant / 60_000 - start) / slotMinutes);
		const point = { line, slot, power: block[0] ?? 0, wh: block[counter] as number };
		if (point.wh < 0) throw new Refusal('invalid', 'readings.negative', { line, text: String(point.wh) });
		if (slot <= 0) continue;
		const before = points.at(-1);
		if (before?.slot === slot) points[points.length - 1] = { ...point, wh: Math.max(point.wh, before.wh) };
		else points.push(point);
	}
	return points;
}

/** Writes the steps of the counter into the slots of the day (see the format for how gaps and the morning are spread). */
export function spreadSteps(
	points: readonly Point[],
	of: {
		energy: number[];
		ranks: Uint8Array;
		peak: number;
		slotMinutes: number;
		warn: (code: string, point: Point, values?: { from?: number; to?: number }) => void;
	},
): void {
	const { energy, ranks, peak, slotMinutes, warn } = of;
	const first = points[0] as Point;
	let highest = first.wh;
	let fastest = 0;
	for (let i = 1; i < points.length; i++) {
		const [before, point] = [points[i - 1] as Point, points[i] as Point];
		const slots = point.slot - before.slot;
		const step = Math.max(0, point.wh - highest);
		if (point.wh < before.wh) warn('readings.counter-fell', point, { from: before.wh, to: point.wh });
		// Twice the highest power of the day is more than any slot can have brought; early firmware shows no power at all.
		else if (peak > 50 && step > (slots * slotMinutes * (2 * peak + 200)) / 60)
			warn('readings.counter-jumped', point, { from: before.wh, to: point.wh });
		if (slots > 1)
			warn('readings.records-missing', point, { from: before.slot * slotMinutes, to: point.slot * slotMinutes });
		if (slots === 1) fastest = Math.max(fastest, step);
		for (let slot = before.slot; slot < point.slot; slot++) {
			const done = slot - before.slot;
			energy[slot] = Math.floor((step * (done + 1)) / slots) - Math.floor((step * done) / slots);
			if (slots > 1 || point.wh < highest) ranks[slot] = substitute;
		}
		highest = Math.max(highest, point.wh);
	}
	// What the counter shows at the first record was produced before it.
	const pace = Math.max(fastest, 10);
	if (first.wh > pace) warn('readings.records-missing', first, { from: 0, to: first.slot * slotMinutes });
	let rest = first.wh;
	for (let slot = first.slot - 1; slot >= 0 && rest > 0; slot--) {
		energy[slot] = slot === 0 ? rest : Math.min(rest, pace);
		rest -= energy[slot] as number;
		if (first.wh > pace) ranks[slot] = substitute;
	}
}
