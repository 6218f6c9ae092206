// What the law pays for a kilowatt-hour (EEG): tariff by size classes, market premium, hours of negative prices. Values come from imported tables.
import { Decimal, halfUpCent } from '../../values/money.ts';

/** A size class: up to so many kilowatts, this many cents per kilowatt-hour. */
export interface SizeClass {
	upToKw: string;
	centsPerKwh: string;
}

/**
 * The value to be applied (anzulegender Wert, § 23c EEG): each part of the capacity with the value of its class, rounded to two
 * digits of a cent. Classes in ascending order. Throws RangeError if the capacity is not above zero or exceeds the last class (E-11).
 */
export function blendedValue(capacityKw: string, classes: readonly SizeClass[]): Decimal {
	const capacity = new Decimal(capacityKw);
	let below = new Decimal(0);
	let sum = new Decimal(0);
	for (const { upToKw, centsPerKwh } of classes) {
		const part = Decimal.min(capacity, upToKw).minus(below);
		if (part.lte(0)) break;
		sum = sum.plus(part.mul(centsPerKwh));
		below = below.plus(part);
	}
	if (capacity.lte(0) || below.lt(capacity)) throw new RangeError(`no size class for ${capacityKw} kW`);
	return sum.div(capacity).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
}

/** The feed-in tariff (Einspeisevergütung, § 53(1) EEG): the value less 0.4 cents for sun and wind, never below zero (E-11). */
export function feedInTariff(value: Decimal, deduction: string): Decimal {
	return Decimal.max(0, value.minus(deduction));
}

/**
 * The market premium (Marktprämie, Anlage 1 EEG) in cents per kilowatt-hour: value less market value of the year (JW) or month (MW),
 * never below zero (E-12).
 */
export function marketPremium(value: string, marketValue: string): Decimal {
	return Decimal.max(0, new Decimal(value).minus(marketValue));
}

/** The value in a quarter-hour: zero where the spot price is below zero (§ 51 EEG) (E-13). Cents per kilowatt-hour. */
export function valueAtSpotPrice(value: string, spotCents: string): Decimal {
	return new Decimal(spotCents).lt(0) ? new Decimal(0) : new Decimal(value);
}

/** What an amount of energy brings: cents, rounded half up once. */
export function revenueCents(energyKwh: string, centsPerKwh: Decimal): number {
	return halfUpCent(new Decimal(energyKwh).mul(centsPerKwh));
}
