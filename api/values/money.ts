// Exact money: integer cents to store and send, Decimal to calculate; every rounding is named where it happens.
import { Decimal as Base } from 'decimal.js';

/** The project's own Decimal: 40 digits, never exponent notation, the global constructor untouched. */
export const Decimal = Base.clone({ precision: 40, rounding: Base.ROUND_HALF_EVEN, toExpNeg: -40, toExpPos: 40 });
export type Decimal = Base;

function integer(amount: Decimal): number {
	const whole = amount.toNumber();
	if (!Number.isSafeInteger(whole)) throw new RangeError(`not an exact number of cents: ${amount.toFixed()}`);
	return whole === 0 ? 0 : whole;
}

/** Rounds an amount in cents down to the whole cent (towards minus infinity). */
export function floorCent(cents: Decimal): number {
	return integer(cents.floor());
}

/** Rounds an amount in cents up to the whole cent. */
export function ceilCent(cents: Decimal): number {
	return integer(cents.ceil());
}

/** Rounds an amount in cents to the nearest whole cent, halves away from zero (kaufmännisch). */
export function halfUpCent(cents: Decimal): number {
	return integer(cents.toDecimalPlaces(0, Base.ROUND_HALF_UP));
}

/** Cents of a plain decimal text in euro: '12.30' → 1230. Throws RangeError for anything but -?digits[.d{1,2}]. */
export function centsOf(euros: string): number {
	if (!/^-?\d{1,12}(\.\d{1,2})?$/.test(euros)) throw new RangeError(`not an amount in euro: ${euros}`);
	return integer(new Decimal(euros).mul(100));
}

/** Plain decimal text in euro with two digits: 1230 → '12.30'. */
export function eurosOf(cents: number): string {
	return new Decimal(cents).div(100).toFixed(2);
}

/**
 * Divides cents over weights so that no cent is lost: floors first, then the largest remainders get one cent more,
 * ties to the earlier index. Weights are non-negative integers with a positive sum; total ≥ 0.
 */
export function splitByLargestRemainder(totalCents: number, weights: readonly number[]): number[] {
	const sum = weights.reduce((s, w) => s.plus(w), new Decimal(0));
	if (sum.lte(0) || totalCents < 0 || weights.some((w) => w < 0)) throw new RangeError('nothing to divide by');
	const exact = weights.map((w) => new Decimal(totalCents).mul(w).div(sum));
	const parts = exact.map(floorCent);
	const rest = totalCents - parts.reduce((s, p) => s + p, 0);
	const order = exact
		.map((e, i) => ({ i, remainder: e.minus(e.floor()) }))
		.sort((a, b) => b.remainder.cmp(a.remainder) || a.i - b.i);
	for (const { i } of order.slice(0, rest)) parts[i] = (parts[i] ?? 0) + 1;
	return parts;
}
