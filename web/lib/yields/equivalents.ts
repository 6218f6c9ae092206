// What an amount of energy means: households for a year, tonnes of carbon dioxide.
import { number } from '#lib/format.ts';

/** What a household of two or three uses in a year, in Wh. */
const householdYearWh = 3_000_000;

/** How many households could live on it for a year. */
export function householdsOf(energyWh: number): number {
	return Math.floor(energyWh / householdYearWh);
}

/** Tonnes as text, with a digit while they are few. */
export function tonnesOf(grams: number): string {
	const tonnes = grams / 1_000_000;
	return number(tonnes, tonnes < 10 ? 1 : 0);
}
