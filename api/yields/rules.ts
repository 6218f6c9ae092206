// A member's part of a yield, and what it brought.
import { addDays, addMonths, type Day, daysBetween, partsOf } from '../values/calendar.ts';
import { Decimal, floorCent } from '../values/money.ts';

/** One day of the cooperative as a member sees it: energy and revenue of all plants, all shares, own shares. */
export interface SharedDay {
	fedInWh: number;
	/** sum over the plants of Wh × cents per kWh, as decimal text */
	revenueMilliCents: string;
	shares: number;
	ownShares: number;
}

/**
 * A member's part of the days: energy × own shares ÷ all shares, each day with the shares of that day.
 * Rounded down once, at the end: whole watt-hours, whole cents.
 */
export function memberPart(days: Iterable<SharedDay>): { energyWh: number; revenueCents: number } {
	let energy = new Decimal(0);
	let revenue = new Decimal(0);
	for (const { fedInWh, revenueMilliCents, shares, ownShares } of days) {
		if (shares <= 0 || ownShares <= 0) continue;
		energy = energy.plus(new Decimal(fedInWh).mul(ownShares).div(shares));
		revenue = revenue.plus(new Decimal(revenueMilliCents).mul(ownShares).div(shares).div(1000));
	}
	return { energyWh: energy.floor().toNumber(), revenueCents: floorCent(revenue) };
}

/** What a plant can be expected to yield in part of a month: the month's expectation by days, rounded down. */
export function expectedWh(
	expectedMonthlyWh: readonly number[] | null,
	month: number,
	days: number,
	daysOfMonth: number,
): number | null {
	const whole = expectedMonthlyWh?.[month - 1];
	if (whole === undefined) return null;
	return Math.floor((whole * days) / daysOfMonth);
}

/** What a plant can be expected to yield from one day to another, both included: each month by its days. Null without an expectation. */
export function expectedUntil(expectedMonthlyWh: readonly number[] | null, from: Day, to: Day): number | null {
	if (!expectedMonthlyWh || to < from) return null;
	let sum = 0;
	for (let month = `${from.slice(0, 7)}-01`; month <= to; month = addMonths(month, 1)) {
		const end = addDays(addMonths(month, 1), -1);
		const days = daysBetween(from > month ? from : month, to < end ? to : end) + 1;
		sum += expectedWh(expectedMonthlyWh, partsOf(month)[1], days, partsOf(end)[2]) ?? 0;
	}
	return sum;
}

/**
 * How complete a period is: 0 to 1 of its days, each by the slots it has. `missingParts` adds up what each day with values lacks (missing
 * slots ÷ slots); `days` are those with values, `calendarDays` those there should be.
 */
export function completenessOf(days: number, missingParts: number, calendarDays: number): number {
	if (calendarDays <= 0) return 0;
	return Math.max(0, Math.min(1, (days - missingParts) / calendarDays));
}

/** Full-load hours (Volllaststunden): energy by capacity. The same figure is the specific yield in kWh per kWp. Two digits. */
export function fullLoadHours(energyWh: number, capacityW: number): number {
	return Math.round((energyWh * 100) / capacityW) / 100;
}

/**
 * Grams of carbon dioxide that the grid's mix would have stood for: each year's energy by the factor of that year, or the last one known
 * before it (the first one for earlier years). Null without factors.
 */
export function co2Grams(
	energyWhByYear: readonly (readonly [year: number, energyWh: number])[],
	factors: readonly { year: number; gramsPerKwh: number }[],
): number | null {
	const sorted = factors.toSorted((a, b) => a.year - b.year);
	const [first] = sorted;
	if (!first) return null;
	return energyWhByYear.reduce((sum, [year, energyWh]) => {
		const factor = sorted.findLast((one) => one.year <= year) ?? first;
		return sum + Math.round((energyWh * factor.gramsPerKwh) / 1000);
	}, 0);
}
