// MSCONS times (DTM): formats 303 and 304 with their offset, 203 and 102 as German wall-clock time.
import { instantOfWallClock, isDay } from '../../../values/calendar.ts';

/**
 * Minutes since 1970 (UTC) of a DTM value in its format: 303 CCYYMMDDHHMMZZZ, 304 the same with seconds, 203 without
 * offset, 102 the day alone. In the hour that happens twice 203 takes the first moment after `after`.
 * Undefined if the text is no such time or not on a full minute.
 */
export function minuteOf(text: string, format: string, after?: number): number | undefined {
	const parts = patterns[format]?.exec(text);
	if (!parts) return undefined;
	const [, date = '', clock = '0000', seconds, offset] = parts;
	const dayMinute = startOfDate(date);
	const clockMinutes = Number(clock.slice(0, 2)) * 60 + Number(clock.slice(2));
	if (dayMinute === undefined || Number(seconds ?? 0) !== 0 || Number(clock.slice(2)) > 59 || clockMinutes > 1440)
		return undefined;
	if (offset === undefined) {
		const day = dayOfDate(date);
		const first = instantOfWallClock(day, clockMinutes);
		const second = instantOfWallClock(day, clockMinutes, true);
		if (first === undefined || second === undefined) return undefined;
		return (after !== undefined && first / 60_000 <= after ? second : first) / 60_000;
	}
	const hours = Number(offset);
	return Math.abs(hours) > 14 ? undefined : dayMinute + clockMinutes - hours * 60;
}

function dayOfDate(date: string): string {
	return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
}

let knownDate = '';
let knownMinute: number | undefined;

/** Minutes since 1970 to 00:00 UTC of a date CCYYMMDD; most values have the date of the one before. */
function startOfDate(date: string): number | undefined {
	if (date !== knownDate) {
		const day = dayOfDate(date);
		knownDate = date;
		knownMinute = isDay(day) ? Date.parse(`${day}T00:00:00Z`) / 60_000 : undefined;
	}
	return knownMinute;
}

const patterns: Readonly<Record<string, RegExp>> = {
	'102': /^(\d{8})$/,
	'203': /^(\d{8})(\d{4})$/,
	'303': /^(\d{8})(\d{4})(00)?([+-]\d\d)$/,
	'304': /^(\d{8})(\d{4})(\d\d)([+-]\d\d)$/,
};
