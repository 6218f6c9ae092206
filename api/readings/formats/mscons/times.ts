// MSCONS times (DTM): formats 303 and 304 with their offset, 203 and 102 as German wall-clock time.
import { instantOfWallClock, isDay } from '../../../values/calendar.ts';

/**
 * Minutes since 1970 (UTC) of a DTM value in its format: 303 CCYYMMDDHHMMZZZ, 304 the same with seconds, 203 without
 * offset, 102 the day alone. In the hour that happens twice 203 takes the first moment after `after`.
 * Undefined if the text is no such time or not on a full minute.
 */
export function minuteOf(text: string, format: string, after?: number): number | undefined {
	const parts = patterns[format]?.exec(text)?.groups;
	if (!parts) return undefined;
	const { year, month, dayOfMonth, hour = '00', minute = '00', seconds = '00', offset } = parts;
	const day = `${year}-${month}-${dayOfMonth}`;
	const clockMinutes = Number(hour) * 60 + Number(minute);
	if (!isDay(day) || seconds !== '00' || Number(minute) > 59 || clockMinutes > 1440) return undefined;
	if (offset === undefined) {
		const first = instantOfWallClock(day, clockMinutes);
		const second = instantOfWallClock(day, clockMinutes, true);
		if (first === undefined || second === undefined) return undefined;
		return (after !== undefined && first / 60_000 <= after ? second : first) / 60_000;
	}
	const hours = Number(offset);
	if (Math.abs(hours) > 14) return undefined;
	return Date.parse(`${day}T00:00:00Z`) / 60_000 + clockMinutes - hours * 60;
}

const date = '(?<year>\\d{4})(?<month>\\d\\d)(?<dayOfMonth>\\d\\d)';
const clock = '(?<hour>\\d\\d)(?<minute>\\d\\d)';
const offset = '(?<offset>[+-]\\d\\d)';
const patterns: Readonly<Record<string, RegExp>> = {
	'102': new RegExp(`^${date}$`),
	'203': new RegExp(`^${date}${clock}$`),
	'303': new RegExp(`^${date}${clock}${offset}$`),
	'304': new RegExp(`^${date}${clock}(?<seconds>\\d\\d)${offset}$`),
};
