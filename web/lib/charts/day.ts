// The quarter-hours of a Berlin day: how many there are, where its hours lie. Days of 92 and 100 quarters are normal days.
import { clock, date as dayOf } from '#lib/format.ts';

const quarter = 15 * 60_000;
const hour = 60 * 60_000;

/** The first instant of a Berlin day (`2026-10-25`). */
export function startOfDay(day: string): Date {
	const midnight = Date.parse(`${day}T00:00:00Z`);
	const summer = new Date(midnight - 2 * hour);
	return clock(summer) === '00:00' && dayOf(summer) === dayOf(day) ? summer : new Date(midnight - hour);
}

/** How many quarter-hours the day has: 92, 96 or 100. */
export function quartersOf(day: string): number {
	const next = new Date(Date.parse(`${day}T00:00:00Z`) + 24 * hour).toISOString().slice(0, 10);
	return (startOfDay(next).getTime() - startOfDay(day).getTime()) / quarter;
}

/** Full hours of the day: the quarter they begin with and their time as written on a clock. */
export function hoursOf(day: string): { quarter: number; clock: string }[] {
	const start = startOfDay(day).getTime();
	return Array.from({ length: quartersOf(day) / 4 }, (_, index) => ({
		quarter: index * 4,
		clock: clock(new Date(start + index * hour)),
	}));
}

/** How many quarters of the day have passed at an instant, with fraction; undefined outside the day. */
export function quarterAt(day: string, at: Date): number | undefined {
	const passed = (at.getTime() - startOfDay(day).getTime()) / quarter;
	return passed >= 0 && passed <= quartersOf(day) ? passed : undefined;
}
