// A member's part of a yield, and what it brought.
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
