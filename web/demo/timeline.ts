// The demo's past as dated happenings, lived through in their order so that log and books read like a history.
import { type Day, instantOfWallClock, startOfDay } from '../../api/values/calendar.ts';

/** Something that happened in the demo at an instant. */
export interface Happening {
	at: Date;
	run: (at: Date) => Promise<unknown>;
	/** May run beside others: what follows does not wait for it. */
	aside?: boolean;
	/** Needs everything before to have come to its end, also what ran beside others. */
	afterAll?: boolean;
}

/** The instant of a local wall-clock time 'HH:MM' on a day. */
export function moment(day: Day, clock: string): Date {
	const minutes = Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
	return new Date(instantOfWallClock(day, minutes) ?? startOfDay(day) + minutes * 60_000);
}

/** The instant some minutes later. */
export function later(instant: Date, minutes: number): Date {
	return new Date(instant.getTime() + minutes * 60_000);
}

/**
 * Lives through what happened until an instant, in the order of the instants; what comes later does not happen. At most `lanes` of the
 * happenings that may run beside others are under way at once. `onYear` is told whenever a new calendar year begins. The first error
 * ends it, after what is under way has come to its end.
 */
export async function liveThrough(
	happenings: readonly Happening[],
	until: Date,
	{ lanes = 3, onYear = () => {} }: { lanes?: number; onYear?: (year: number) => void } = {},
): Promise<void> {
	const past = happenings.filter(({ at }) => at <= until).sort((a, b) => a.at.getTime() - b.at.getTime());
	const underway = new Set<Promise<void>>();
	const errors: unknown[] = [];
	let year = 0;
	for (const { at, run, aside, afterAll } of past) {
		if (errors.length > 0) break;
		if (at.getUTCFullYear() !== year) {
			year = at.getUTCFullYear();
			onYear(year);
		}
		if (afterAll) await Promise.all(underway);
		if (!aside) {
			await run(at).catch((error) => errors.push(error));
			continue;
		}
		while (underway.size >= lanes) await Promise.race(underway);
		const work: Promise<void> = run(at)
			.then(
				() => {},
				(error) => void errors.push(error),
			)
			.finally(() => underway.delete(work));
		underway.add(work);
	}
	await Promise.all(underway);
	if (errors.length > 0) throw errors[0];
}
