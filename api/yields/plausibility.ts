// Whether a day's values can be true: what the sun, the plant's size, its sister plants and the values themselves say against them. Pure.
import { sunElevation, sunFitOf } from '../readings/sun.ts';
import { startOfDay } from '../values/calendar.ts';

/** What can be wrong with a day of a channel. */
export const findingKinds = [
	...(['night', 'too-much', 'zero-at-noon', 'stuck', 'interpolated', 'shifted', 'gaps', 'missing-day'] as const),
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** How urgent a finding is, the most urgent first. */
export const severities = ['alarm', 'warning', 'note'] as const;
export type Severity = (typeof severities)[number];

/** The plant as the checks need it: capacity in watts, place in degrees where it is known. */
export interface CheckedPlant {
	kind: 'wind' | 'solar';
	capacityW: number;
	latitude: number | null;
	longitude: number | null;
}

/** One channel's local day: watt-hours per slot, null where there is no value; quality ranks, null when all is measured. */
export interface CheckedDay {
	day: string;
	slotMinutes: number;
	wh: readonly (number | null)[];
	quality: Uint8Array | null;
}

/**
 * A finding: the slots it is about (first and last, counted from 0) and its figures: `energyWh` what was found, `limitWh` what could
 * be, `minutes` how late the day lies (negative: early), `count` of slots.
 */
export interface DayFinding {
	kind: FindingKind;
	severity: Severity;
	fromSlot: number;
	toSlot: number;
	energyWh?: number;
	limitWh?: number;
	minutes?: number;
	count?: number;
}

/** The middle of Germany stands for a plant whose place is not known; limits are wider then. */
const middle = { latitude: 51.2, longitude: 10.4 };

/** More than 1.1 × the capacity is no measurement (nor more than ten full hours a day under the sun). */
const overCapacity = 1.1;
const sunnyHours = 10;

const placeOf = ({ latitude, longitude }: CheckedPlant) =>
	latitude === null || longitude === null ? { ...middle, known: false } : { latitude, longitude, known: true };

const middleMs = ({ day, slotMinutes }: CheckedDay, slot: number) =>
	startOfDay(day) + (slot + 0.5) * slotMinutes * 60_000;

function tooMuch({ wh, slotMinutes }: CheckedDay, { kind, capacityW }: CheckedPlant): DayFinding[] {
	const hours = slotMinutes < 1440 ? slotMinutes / 60 : kind === 'solar' ? sunnyHours : 25;
	const limitWh = Math.round(capacityW * hours * overCapacity);
	const over = wh.flatMap((value, slot) => (value !== null && value > limitWh ? [slot] : []));
	const [first] = over;
	if (first === undefined) return [];
	const energyWh = over.reduce((most, slot) => Math.max(most, wh[slot] ?? 0), 0);
	const toSlot = over.at(-1) ?? first;
	return [{ kind: 'too-much', severity: 'alarm', fromSlot: first, toSlot, energyWh, limitWh, count: over.length }];
}

/** Energy of a solar plant from slots in which the sun was well below the horizon; a hundredth of the day may be a meter's rounding. */
function atNight(day: CheckedDay, plant: CheckedPlant): DayFinding[] {
	const place = placeOf(plant);
	const horizon = place.known ? -3 : -8;
	const dark = day.wh.flatMap((value, slot) =>
		value !== null && value > 0 && sunElevation(place, middleMs(day, slot)) < horizon ? [slot] : [],
	);
	const energyWh = dark.reduce((sum, slot) => sum + (day.wh[slot] ?? 0), 0);
	const whole = day.wh.reduce<number>((sum, value) => sum + Math.max(0, value ?? 0), 0);
	const [first] = dark;
	if (first === undefined || energyWh <= whole * 0.01 || energyWh <= plant.capacityW * 0.005) return [];
	const severity = energyWh > whole * 0.05 ? 'alarm' : 'warning';
	return [{ kind: 'night', severity, fromSlot: first, toSlot: dark.at(-1) ?? first, energyWh, count: dark.length }];
}

/** The slots about noon of a solar plant's day (an hour and a half each side of the sun's highest point); all of a wind day. */
function noonSlots(day: CheckedDay, plant: CheckedPlant): [from: number, to: number] {
	if (plant.kind === 'wind') return [0, day.wh.length];
	const place = placeOf(plant);
	let highest = 0;
	for (let slot = 1; slot < day.wh.length; slot++)
		if (sunElevation(place, middleMs(day, slot)) > sunElevation(place, middleMs(day, highest))) highest = slot;
	const beside = Math.ceil(90 / day.slotMinutes);
	return [Math.max(0, highest - beside), Math.min(day.wh.length, highest + beside + 1)];
}

/**
 * How hard a plant worked when its sisters are compared: energy about noon (solar) or of the day (wind) as part of what its capacity
 * gives in that time, 0 to 1. Null where a value of that time is missing or the channel has whole days only.
 */
export function loadAtNoon(day: CheckedDay, plant: CheckedPlant): number | null {
	if (day.slotMinutes > 60) return null;
	const [from, to] = noonSlots(day, plant);
	const values = day.wh.slice(from, to);
	if (values.length === 0 || values.some((value) => value === null)) return null;
	const energyWh = values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
	return energyWh / ((plant.capacityW * values.length * day.slotMinutes) / 60);
}

function zeroAtNoon(day: CheckedDay, plant: CheckedPlant, sisters: readonly number[]): DayFinding[] {
	const own = loadAtNoon(day, plant);
	if (own === null || own > 0.001 || sisters.length === 0) return [];
	const sorted = sisters.toSorted((a, b) => a - b);
	if ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) < 0.05) return [];
	const [from, to] = noonSlots(day, plant);
	return [{ kind: 'zero-at-noon', severity: 'alarm', fromSlot: from, toSlot: to - 1, count: sisters.length }];
}

function commonDivisor(a: number, b: number): number {
	return b === 0 ? a : commonDivisor(b, a % b);
}

/** What the meter resolves in watt-hours: the common divisor of its values, or their zeros at the end where they are too few to tell. */
function resolutionOf(wh: readonly (number | null)[]): number {
	const values = [...new Set(wh.flatMap((value) => (value === null || value === 0 ? [] : [Math.abs(value)])))];
	const divisor = values.reduce(commonDivisor, 0);
	if (values.length > 2) return divisor;
	let ten = 1;
	while (divisor > 0 && divisor % (ten * 10) === 0) ten *= 10;
	return ten;
}

/** Unbroken runs of slots that go on as `goesOn` says of a slot and the one before it. */
function longestRun(slots: number, goesOn: (slot: number) => boolean): { from: number; to: number } {
	let best = { from: 0, to: 0 };
	let from = 0;
	for (let slot = 1; slot < slots; slot++) {
		if (!goesOn(slot)) from = slot;
		if (slot - from > best.to - best.from) best = { from, to: slot };
	}
	return best;
}

const runSlots = 6;
const coarseRunSlots = 24;

function valueAt({ wh, quality }: CheckedDay, slot: number): number | null {
	return quality && (quality[slot] ?? 0) > 0 ? null : (wh[slot] ?? null);
}

/** The same value again and again, not zero: a logger repeats what it knew. At full power that is no wonder. */
function stuck(day: CheckedDay, plant: CheckedPlant): DayFinding[] {
	const full = ((plant.capacityW * day.slotMinutes) / 60) * 0.95;
	const run = longestRun(day.wh.length, (slot) => {
		const value = valueAt(day, slot);
		return value !== null && value > 0 && value < full && value === valueAt(day, slot - 1);
	});
	const count = run.to - run.from + 1;
	const energyWh = day.wh[run.from] ?? 0;
	// A meter of few digits repeats itself when little is produced.
	const least = energyWh < 20 * resolutionOf(day.wh) ? coarseRunSlots : runSlots;
	if (count < least || count * day.slotMinutes < 90) return [];
	return [{ kind: 'stuck', severity: 'warning', fromSlot: run.from, toSlot: run.to, energyWh, count }];
}

/** Values on a straight line that say they are measured: somebody filled a gap without saying so. */
function interpolated(day: CheckedDay): DayFinding[] {
	const step = resolutionOf(day.wh);
	const slope = (slot: number) => {
		const [before, value] = [valueAt(day, slot - 1), valueAt(day, slot)];
		return before === null || value === null || slot < 1 ? null : value - before;
	};
	const run = longestRun(day.wh.length, (slot) => {
		const [own, last] = [slope(slot), slope(slot - 1)];
		return own !== null && last !== null && Math.abs(own) >= 20 * step && Math.abs(own - last) <= step;
	});
	// The line begins at the value before the first slope.
	const fromSlot = run.from - 1;
	const count = run.to - fromSlot + 1;
	if (count < runSlots) return [];
	return [{ kind: 'interpolated', severity: 'note', fromSlot, toSlot: run.to, count }];
}

/** Days of a solar plant that lie beside the sun's: a wrong zone or an unset clock. Needs the day and the days before it, three at least. */
function shifted(days: readonly CheckedDay[], plant: CheckedPlant): DayFinding[] {
	const last = days.at(-1);
	if (!last) return [];
	const place = placeOf(plant);
	const values = days.flatMap((day) =>
		day.wh.flatMap((wh, slot) => {
			const minute = startOfDay(day.day) / 60_000 + slot * day.slotMinutes;
			return wh === null ? [] : [{ minute, wh }];
		}),
	);
	const fit = sunFitOf(values, { slotMinutes: last.slotMinutes, ...place });
	if (fit.verdict !== 'shifted' || (!place.known && Math.abs(fit.lateMinutes) < 55)) return [];
	return [{ kind: 'shifted', severity: 'warning', fromSlot: 0, toSlot: last.wh.length - 1, minutes: fit.lateMinutes }];
}

function gaps({ wh }: CheckedDay): DayFinding[] {
	const missing = wh.flatMap((value, slot) => (value === null ? [slot] : []));
	const [first] = missing;
	if (first === undefined) return [];
	const severity = missing.length * 4 > wh.length ? 'warning' : 'note';
	return [{ kind: 'gaps', severity, fromSlot: first, toSlot: missing.at(-1) ?? first, count: missing.length }];
}

/**
 * Everything that speaks against a day of a feed-in channel. `before` are up to four days of the same channel before it, oldest first;
 * `sisters` the loads about noon (loadAtNoon) of other plants of the kind on that day.
 */
export function judgeDay(
	day: CheckedDay,
	plant: CheckedPlant,
	{ before = [], sisters = [] }: { before?: readonly CheckedDay[]; sisters?: readonly number[] } = {},
): DayFinding[] {
	if (day.slotMinutes > 60) return [...tooMuch(day, plant), ...gaps(day)];
	const shift = plant.kind === 'solar' && before.length >= 2 ? shifted([...before, day], plant) : [];
	return [
		...tooMuch(day, plant),
		// A shifted day has light in its night: one cause, one finding.
		...(plant.kind === 'solar' && shift.length === 0 ? atNight(day, plant) : []),
		...zeroAtNoon(day, plant, sisters),
		...stuck(day, plant),
		...interpolated(day),
		...shift,
		...gaps(day),
	];
}
