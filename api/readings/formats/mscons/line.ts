// Values of a channel that carry no times of their own: they fill the period of their location, in order.
import { addDays, dayOf, startOfDay } from '../../../values/calendar.ts';
import { Refusal, type RefusalValues } from '../../../values/refusal.ts';
import { excerpt, isSlotLength, type SlotMinutes } from '../../rules.ts';
import { at, type Segment } from './segments.ts';
import { refuseTime } from './slots.ts';
import { minuteOf } from './times.ts';

/** A period as a location, a line or a whole message names it, and how long each of its values lasts (DTM with code 806, 805 or 804). */
export type Period = { from: Segment | null; to: Segment | null; length: Segment | null; read: Segment | null };

export const noPeriod: Period = { from: null, to: null, length: null, read: null };

const longestLine = 200_000;

/** Minutes since 1970 (UTC) that a DTM segment says. Refuses readings.bad-time. */
export function minuteIn(segment: Segment, after?: number): number {
	return minuteOf(at(segment, 1, 1), at(segment, 1, 2), after) ?? refuseTime(segment);
}

const unitMinutes: Readonly<Record<string, number>> = { '804': 1440, '805': 60, '806': 1 };

/** True if a DTM says a length (806 minutes, 805 hours, 804 days) and no moment. */
export function isLength(segment: Segment): boolean {
	return at(segment, 1, 2) in unitMinutes;
}

/** Where each of the values begins; or the whole period where there is one value for it. */
export type Filled = { starts: number[]; minutes: SlotMinutes } | { from: number; to: number };

/**
 * Divides a period among the values that came for it (MSCONS 1.6). Without a stated length it follows from their number. One value
 * for a longer period is an amount. Refuses readings.no-time, readings.bad-time, readings.slots-differ {expected, counted}.
 */
export function filled(values: readonly Segment[], { from, to, length }: Period): Filled {
	const [first] = values as [Segment, ...Segment[]];
	const count = values.length;
	if (!from || (!to && !length)) refuse('readings.no-time', first, { text: excerpt(at(first, 1, 1)) });
	if (count > longestLine) refuse('readings.slots-differ', first, { expected: longestLine, counted: count });
	const start = minuteIn(from);
	const end = to ? minuteIn(to, start) : undefined;
	if (end !== undefined && end <= start) refuseTime(to ?? from);
	const declared = length ? Number(at(length, 1, 1)) * (unitMinutes[at(length, 1, 2)] ?? Number.NaN) : undefined;
	const minutes = declared ?? ((end ?? start) - start) / count;
	if (minutes >= 1380) return filledDays(first, count, start, end);
	if (!isSlotLength(minutes)) refuse('readings.no-slot', first, { minutes });
	const expected = end === undefined ? count : (end - start) / minutes;
	if (expected !== count) refuse('readings.slots-differ', first, { expected, counted: count });
	return { starts: values.map((_, i) => start + i * minutes), minutes };
}

function filledDays(first: Segment, count: number, start: number, end: number | undefined): Filled {
	const day = dayOf(start * 60_000);
	const starts = Array.from({ length: count + 1 }, (_, i) => startOfDay(addDays(day, i)) / 60_000);
	const isWhole = starts[0] === start && (end === undefined || starts[count] === end);
	if (isWhole) return { starts: starts.slice(0, count), minutes: 1440 };
	if (count === 1 && end !== undefined) return { from: start, to: end };
	const expected = end === undefined ? 1 : Math.round((end - start) / 1440);
	return refuse('readings.slots-differ', first, { expected, counted: count });
}

function refuse(code: string, { number, line }: Segment, values: RefusalValues): never {
	throw new Refusal('invalid', code, { segment: number, line, ...values });
}
