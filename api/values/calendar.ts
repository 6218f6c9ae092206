// Days as people in Germany live them (Europe/Berlin) over instants in UTC; bank days.

/** A calendar day, 'YYYY-MM-DD'. Days compare as text. */
export type Day = string;

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** True for an existing day of the years 1900 to 2199 in the form YYYY-MM-DD. */
export function isDay(text: string): text is Day {
	if (!/^(19|20|21)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text)) return false;
	return dayOfUtc(Date.parse(`${text}T00:00:00Z`)) === text;
}

function dayOfUtc(ms: number): Day {
	return new Date(ms).toISOString().slice(0, 10);
}

function utcOf(day: Day): number {
	return Date.parse(`${day}T00:00:00Z`);
}

/** The day `days` later (earlier if negative). */
export function addDays(day: Day, days: number): Day {
	return dayOfUtc(utcOf(day) + days * dayMs);
}

/** Whole days from `from` to `to` (negative if `to` is earlier). */
export function daysBetween(from: Day, to: Day): number {
	return Math.round((utcOf(to) - utcOf(from)) / dayMs);
}

/** The same day of the month `months` later; the month's last day where it does not exist (§ 188(3) BGB). */
export function addMonths(day: Day, months: number): Day {
	const [y, m, d] = partsOf(day);
	const first = new Date(Date.UTC(y, m - 1 + months, 1));
	const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
	return dayOfUtc(first.getTime() + (Math.min(d, last) - 1) * dayMs);
}

/** Year, month (1–12) and day of the month. */
export function partsOf(day: Day): [year: number, month: number, dayOfMonth: number] {
	return [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10))];
}

/** 0 Sunday … 6 Saturday. */
export function weekdayOf(day: Day): number {
	return new Date(utcOf(day)).getUTCDay();
}

/** Every day from `from` to `to`, both included. */
export function daysFrom(from: Day, to: Day): Day[] {
	return Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, i) => addDays(from, i));
}

function lastSundayUtc(year: number, month: number): number {
	const last = Date.UTC(year, month, 0);
	return last - new Date(last).getUTCDay() * dayMs;
}

/** Offset of Europe/Berlin from UTC in minutes at an instant: 60 or 120 (EU summer time, rule in force since 1996). */
export function berlinOffsetMinutes(instantMs: number): 60 | 120 {
	const year = new Date(instantMs).getUTCFullYear();
	const summer = instantMs >= lastSundayUtc(year, 3) + hourMs && instantMs < lastSundayUtc(year, 10) + hourMs;
	return summer ? 120 : 60;
}

/** The local day an instant lies in. */
export function dayOf(instant: Date | number): Day {
	const ms = typeof instant === 'number' ? instant : instant.getTime();
	return dayOfUtc(ms + berlinOffsetMinutes(ms) * 60_000);
}

/** The instant (ms since 1970, UTC) at which the local day begins. */
export function startOfDay(day: Day): number {
	// The clocks change at 01:00 UTC, so at local midnight the offset is that of the UTC instant one hour or two before.
	const guess = utcOf(day) - hourMs;
	return utcOf(day) - berlinOffsetMinutes(guess) * 60_000;
}

/** Length of the local day in minutes: 1440, 1380 in March, 1500 in October. */
export function minutesOfDay(day: Day): number {
	return (startOfDay(addDays(day, 1)) - startOfDay(day)) / 60_000;
}

/** Number of slots of `slotMinutes` in the local day: 96 quarter-hours, 92 in March, 100 in October. */
export function slotsOfDay(day: Day, slotMinutes = 15): number {
	return minutesOfDay(day) / slotMinutes;
}

/**
 * The instant of a local wall-clock time, minutes counted from 00:00 on the clock face (0 to 1440).
 * In the hour that happens twice `second` picks the later one; a time that does not exist gives undefined.
 */
export function instantOfWallClock(day: Day, clockMinutes: number, second = false): number | undefined {
	const wall = utcOf(day) + clockMinutes * 60_000;
	const matches = [wall - 120 * 60_000, wall - 60 * 60_000].filter(
		(ms) => wall - ms === berlinOffsetMinutes(ms) * 60_000,
	);
	return second ? matches.at(-1) : matches[0];
}

/** Local wall-clock time 'HH:MM' of an instant. */
export function clockOf(instant: Date | number): string {
	const ms = typeof instant === 'number' ? instant : instant.getTime();
	return new Date(ms + berlinOffsetMinutes(ms) * 60_000).toISOString().slice(11, 16);
}

function easterSunday(year: number): Day {
	const a = year % 19;
	const b = Math.floor(year / 100);
	const c = year % 100;
	const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
	const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
	const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
	return `${year}-${String(Math.floor(f / 31)).padStart(2, '0')}-${String((f % 31) + 1).padStart(2, '0')}`;
}

/** True if banks settle SEPA payments on that day (TARGET calendar: no weekend, 1 Jan, Good Friday, Easter Monday, 1 May, 25 and 26 Dec). */
export function isBankDay(day: Day): boolean {
	const weekday = weekdayOf(day);
	if (weekday === 0 || weekday === 6) return false;
	const monthDay = day.slice(5);
	if (['01-01', '05-01', '12-25', '12-26'].includes(monthDay)) return false;
	const easter = easterSunday(Number(day.slice(0, 4)));
	return day !== addDays(easter, -2) && day !== addDays(easter, 1);
}

/** The day itself if it is a bank day, else the next one. */
export function bankDayFrom(day: Day): Day {
	let next = day;
	while (!isBankDay(next)) next = addDays(next, 1);
	return next;
}
