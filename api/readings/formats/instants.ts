// Times in XML and JSON meter files (ISO 8601), and the slots between two of them.
import { dayOf, instantOfWallClock, isDay, startOfDay } from '../../values/calendar.ts';
import { isSlotLength, type SlotMinutes } from '../rules.ts';

const pattern = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/;

/**
 * The instant (ms since 1970, UTC, whole seconds) of an ISO time. Without an offset it is wall-clock time as in Berlin,
 * Vienna, Zurich and Madrid; of the hour that comes twice the first, or the second if the first is not after `afterMs`.
 * Undefined if there is no such time.
 */
export function instantOf(text: string, afterMs?: number): number | undefined {
	const match = pattern.exec(text.trim());
	const [, day = '', hours = '00', minutes = '00', seconds = '00', zone] = match ?? [];
	const dayMs = utcOf(day);
	if (dayMs === undefined || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
	const clock = Number(hours) * 60 + Number(minutes);
	const rest = Number(seconds) * 1000;
	if (clock * 60_000 + rest > 86_400_000) return undefined;
	if (zone === undefined) {
		const [first, second] = [instantOfWallClock(day, clock), instantOfWallClock(day, clock, true)];
		if (first === undefined || second === undefined) return undefined;
		return (afterMs !== undefined && first + rest <= afterMs ? second : first) + rest;
	}
	const [, sign, offsetHours, offsetMinutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [null, '+', '0', '0'];
	const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1);
	if (Math.abs(offset) > 14 * 60) return undefined;
	return dayMs + (clock - offset) * 60_000 + rest;
}

let knownDay = '';
let knownMs: number | undefined;

/** 00:00 UTC of a day; most values have the day of the one before. */
function utcOf(day: string): number | undefined {
	if (day !== knownDay) {
		knownDay = day;
		knownMs = isDay(day) ? Date.parse(`${day}T00:00:00Z`) : undefined;
	}
	return knownMs;
}

/** As `instantOf`, in minutes; undefined also if the time is not on a full minute. */
export function minuteOf(text: string, afterMinute?: number): number | undefined {
	const instant = instantOf(text, afterMinute === undefined ? undefined : afterMinute * 60_000);
	return instant === undefined || instant % 60_000 !== 0 ? undefined : instant / 60_000;
}

/** Length of the slot between two instants (minutes since 1970): 1440 for exactly one local day; undefined if no channel has such slots. */
export function slotBetween(from: number, to: number): SlotMinutes | undefined {
	const minutes = to - from;
	if (minutes < 1380) return isSlotLength(minutes) ? minutes : undefined;
	if (minutes > 1500) return undefined;
	const isDayLong =
		startOfDay(dayOf(from * 60_000)) === from * 60_000 && startOfDay(dayOf(to * 60_000)) === to * 60_000;
	return isDayLong ? 1440 : undefined;
}
