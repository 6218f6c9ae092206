// A year in months against what was expected: of plants, and of one member's part in them.
import type { MonthYield } from '../charts/MonthBars.svelte';

/** What of a plant an expectation depends on. */
export interface Expecting {
	/** Wh for each month of a year, null if nobody has said */
	expectedMonthlyWh: number[] | null;
	commissionedOn: string;
}

/** Days of a month (1 to 12). */
export function daysOfMonth(year: number, month: number): number {
	return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** What the plants together are expected to yield in a month: those that ran by then and have an expectation. Null if none has. */
export function expectedOf(plants: readonly Expecting[], year: number, month: number): number | null {
	const first = `${year}-${String(month).padStart(2, '0')}-01`;
	const expected = plants
		.filter(({ commissionedOn }) => commissionedOn <= first)
		.map(({ expectedMonthlyWh }) => expectedMonthlyWh?.[month - 1])
		.filter((wh) => wh !== undefined);
	return expected.length ? expected.reduce((sum, wh) => sum + wh, 0) : null;
}

/**
 * Twelve months with what was yielded and expected. Months after `today` have no yield; that of `today` is running. `share` turns the
 * whole cooperative's expectation of a month into one member's.
 */
export function monthsOf(
	year: number,
	today: string,
	actual: ReadonlyMap<number, number>,
	plants: readonly Expecting[],
	share: (month: number) => number = () => 1,
): MonthYield[] {
	return Array.from({ length: 12 }, (_, index) => {
		const month = index + 1;
		const first = `${year}-${String(month).padStart(2, '0')}`;
		const expected = expectedOf(plants, year, month);
		return {
			month,
			actualWh: first > today.slice(0, 7) ? null : (actual.get(month) ?? 0),
			expectedWh: expected === null ? null : expected * share(month),
			running: first === today.slice(0, 7),
		};
	});
}

/** What was expected until a day of the year, its month by days; null if nothing was. */
export function expectedUntil(plants: readonly Expecting[], until: string): number | null {
	const [year = 0, month = 0, day = 0] = until.split('-').map(Number);
	let sum = 0;
	let known = false;
	for (let one = 1; one <= month; one++) {
		const expected = expectedOf(plants, year, one);
		if (expected === null) continue;
		known = true;
		sum += one < month ? expected : (expected * day) / daysOfMonth(year, month);
	}
	return known ? sum : null;
}
