// From what counting registers showed to energy: every step between two readings is explained, decided by rule or put to somebody. Pure.
import { addDays, type Day, dayOf, startOfDay } from '../values/calendar.ts';

/** What a register showed at a moment. */
export interface Reading {
	id: string;
	atMs: number;
	/** on the register, before the transformer factor */
	wh: number;
	rank: number;
	serial: string | null;
	occasion: 'reading' | 'removal' | 'installation';
	/** order among readings of the same moment: later recorded ones count */
	issuedMs: number;
}

/** A meter that stands or stood at a metering point. */
export interface Meter {
	serial: string;
	installedMs: number;
	removedMs: number | null;
	/** digits before the decimal mark */
	digits: number;
	/** transformer factor (Wandlerfaktor) */
	factor: number;
}

/** What somebody decided about the step to a reading. */
export interface Decision {
	readingId: string;
	decision: 'rollover' | 'reset' | 'accept' | 'ignore';
	/** where the register began anew; only of a reset */
	resetToWh: number | null;
}

/**
 * What happened between two readings. normal: the register counted · exchange: another meter, both its readings known · rollover: it
 * passed its last digit · reset: it began anew. Open questions: fell (lower than before) · jump (more than the plant can give) ·
 * other-meter (another serial number without an exchange) · unknown-meter (a meter nobody recorded where a transformer is).
 */
export type StepKind = 'normal' | 'exchange' | 'rollover' | 'reset' | 'fell' | 'jump' | 'other-meter' | 'unknown-meter';

/** The step from one reading to the next. */
export interface Step {
	from: Reading;
	to: Reading;
	kind: StepKind;
	/** energy in watt-hours with the transformer factor; null while somebody must decide */
	energyWh: number | null;
	/** what the plant can give at most in that time, watt-hours; null if unknown */
	mostWh: number | null;
	/** of a question: what most likely happened */
	suggestion: 'rollover' | 'reset' | 'accept' | 'exchange' | null;
	decidedBy: 'rule' | 'person' | null;
}

const whPerKwh = 1000;

/** Readings in their order, of one meter and moment the best one; those somebody said to ignore left out. */
export function countingReadings(readings: readonly Reading[], decisions: readonly Decision[]): Reading[] {
	const ignored = new Set(decisions.filter((one) => one.decision === 'ignore').map(({ readingId }) => readingId));
	const best = new Map<string, Reading>();
	for (const one of readings) {
		if (ignored.has(one.id)) continue;
		const name = `${one.serial}|${one.atMs}`;
		const other = best.get(name);
		const isBetter =
			!other ||
			one.rank < other.rank ||
			(one.rank === other.rank &&
				(one.issuedMs > other.issuedMs || (one.issuedMs === other.issuedMs && one.id > other.id)));
		if (isBetter) best.set(name, one);
	}
	const turn = { removal: 0, installation: 1, reading: 2 };
	return [...best.values()].sort((a, b) => a.atMs - b.atMs || turn[a.occasion] - turn[b.occasion]);
}

/**
 * All steps between the readings of one register. `capacityW` bounds what a plant can give (a tenth more counts as possible); null
 * where nothing bounds it. No step ever has negative energy.
 */
export function stepsBetween(
	readings: readonly Reading[],
	{
		meters,
		decisions,
		capacityW,
	}: { meters: readonly Meter[]; decisions: readonly Decision[]; capacityW: number | null },
): Step[] {
	const byReading = new Map(decisions.map((one) => [one.readingId, one]));
	const counting = countingReadings(readings, decisions);
	return counting.slice(1).map((to, i) => stepOf(counting[i] as Reading, to, byReading.get(to.id), meters, capacityW));
}

function stepOf(
	from: Reading,
	to: Reading,
	decision: Decision | undefined,
	meters: readonly Meter[],
	capacityW: number | null,
): Step {
	const mostWh =
		capacityW === null ? null : Math.ceil((capacityW * 1.1 * (to.atMs - from.atMs)) / 3_600_000) + whPerKwh;
	const step = { from, to, mostWh };
	const open = (kind: StepKind, suggestion: Step['suggestion']): Step => ({
		...{ ...step, kind, energyWh: null, suggestion, decidedBy: null },
	});
	const done = (kind: StepKind, energyWh: number, decidedBy: 'rule' | 'person'): Step => ({
		...{ ...step, kind, energyWh: Math.round(energyWh), suggestion: null, decidedBy },
	});
	const [before, after] = [meterOf(from, meters), meterOf(to, meters)];
	const isOther = serialOf(from, before) !== serialOf(to, after);
	if (isOther && from.occasion === 'removal' && to.occasion === 'installation') return done('exchange', 0, 'rule');
	if (isOther) return open('other-meter', 'exchange');
	const hasTransformer = meters.some(({ factor }) => factor !== 1);
	if (!after && hasTransformer) return open('unknown-meter', 'exchange');
	const factor = after?.factor ?? 1;
	const modulus = after ? 10 ** after.digits * whPerKwh : null;
	const isPossible = (energyWh: number) => energyWh >= 0 && (mostWh === null || energyWh <= mostWh);
	const risen = (to.wh - from.wh) * factor;
	const rolled = modulus === null ? null : (modulus - from.wh + to.wh) * factor;
	if (decision?.decision === 'rollover' && rolled !== null && rolled >= 0) return done('rollover', rolled, 'person');
	if (decision?.decision === 'reset' && decision.resetToWh !== null && to.wh >= decision.resetToWh)
		return done('reset', (to.wh - decision.resetToWh) * factor, 'person');
	if (risen >= 0) {
		if (decision?.decision === 'accept') return done('normal', risen, 'person');
		return isPossible(risen)
			? done('normal', risen, 'rule')
			: open('jump', isPossible(to.wh * factor) ? 'reset' : 'accept');
	}
	// Full to the last tenth and a little more than nothing now: it passed its last digit.
	const wasNearlyFull = modulus !== null && from.wh >= modulus * 0.9 && to.wh < modulus * 0.5;
	if (wasNearlyFull && mostWh !== null && rolled !== null && isPossible(rolled))
		return done('rollover', rolled, 'rule');
	if (wasNearlyFull) return open('fell', 'rollover');
	return open('fell', 'reset');
}

function meterOf({ serial, atMs, occasion }: Reading, meters: readonly Meter[]): Meter | undefined {
	if (serial !== null) return meters.find((one) => one.serial === serial);
	// At the moment of an exchange two meters meet; a removal belongs to the one before.
	const at = occasion === 'removal' ? atMs - 1 : atMs;
	return meters.find((one) => one.installedMs <= at && (one.removedMs === null || at < one.removedMs));
}

function serialOf({ serial }: Reading, meter: Meter | undefined): string | null {
	return serial ?? meter?.serial ?? null;
}

/** Energy over a period, to be divided among its days. Watt-hours. */
export interface PeriodEnergy {
	fromMs: number;
	toMs: number;
	energyWh: number;
}

/**
 * Divides the energy of periods among local days, by the expected yield of each month where the plant has one (Wh, January first),
 * evenly otherwise. Whole watt-hours that add up to each period's energy; only days that periods cover from end to end.
 */
export function dailyEnergy(
	periods: readonly PeriodEnergy[],
	expectedMonthlyWh: readonly number[] | null,
): Map<Day, number> {
	const days = new Map<Day, { wh: number; coveredMs: number; lengthMs: number }>();
	for (const { fromMs, toMs, energyWh } of periods) {
		if (toMs <= fromMs) continue;
		const parts = partsOf(fromMs, toMs, expectedMonthlyWh);
		const all = parts.reduce((sum, { weight }) => sum + weight, 0);
		let [weight, booked] = [0, 0];
		for (const part of parts) {
			weight += part.weight;
			// Rounded as a running total, so that the days add up.
			const sum = Math.round((energyWh * weight) / all);
			const day = days.get(part.day) ?? { wh: 0, coveredMs: 0, lengthMs: part.lengthMs };
			days.set(part.day, { ...day, wh: day.wh + sum - booked, coveredMs: day.coveredMs + part.coveredMs });
			booked = sum;
		}
	}
	return new Map([...days].flatMap(([day, one]) => (one.coveredMs >= one.lengthMs ? [[day, one.wh] as const] : [])));
}

type Part = { day: Day; weight: number; coveredMs: number; lengthMs: number };

function partsOf(fromMs: number, toMs: number, expectedMonthlyWh: readonly number[] | null): Part[] {
	const parts: Part[] = [];
	const hasProfile = expectedMonthlyWh?.some((wh) => wh > 0) ?? false;
	for (let day = dayOf(fromMs); startOfDay(day) < toMs; day = addDays(day, 1)) {
		const [begin, end] = [startOfDay(day), startOfDay(addDays(day, 1))];
		const coveredMs = Math.min(end, toMs) - Math.max(begin, fromMs);
		const month = Number(day.slice(5, 7)) - 1;
		const daysInMonth = new Date(Date.UTC(Number(day.slice(0, 4)), month + 1, 0)).getUTCDate();
		const expected = hasProfile ? (expectedMonthlyWh?.[month] ?? 0) / daysInMonth : 1;
		parts.push({ day, weight: (expected * coveredMs) / (end - begin), coveredMs, lengthMs: end - begin });
	}
	// Months without any expected yield still had this energy.
	return parts.some(({ weight }) => weight > 0) ? parts : parts.map((part) => ({ ...part, weight: part.coveredMs }));
}
