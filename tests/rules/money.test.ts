// Money: cents and euro texts turn into each other exactly, roundings go where they say, splits lose nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	ceilCent,
	centsOf,
	Decimal,
	eurosOf,
	floorCent,
	halfUpCent,
	splitByLargestRemainder,
} from '../../api/values/money.ts';

const cents = fc.integer({ min: -100_000_000_000, max: 100_000_000_000 });

describe('euro texts', () => {
	it.each([
		['12.30', 1230],
		['12.3', 1230],
		['12', 1200],
		['-0.01', -1],
		['0.00', 0],
		['-0.00', 0],
		['999999999999.99', 99_999_999_999_999],
	])('%s is %d cents', (text, amount) => {
		expect(centsOf(text)).toBe(amount);
	});

	it.each(['', '1,20', '1.234', '1e3', ' 1.00', '1.', '.5', '+1.00', '--1', 'NaN', '1234567890123', '١'])(
		'refuses %j',
		(text) => {
			expect(() => centsOf(text)).toThrow(RangeError);
		},
	);

	it('come back as they went', () => {
		fc.assert(fc.property(cents, (amount) => centsOf(eurosOf(amount)) === amount));
	});

	it('never show a negative zero', () => {
		expect(Object.is(centsOf('-0.00'), 0)).toBe(true);
		expect(Object.is(ceilCent(new Decimal('-0.4')), 0)).toBe(true);
	});
});

describe('roundings', () => {
	it.each([
		['250.5', 250, 251, 251],
		['250.4999', 250, 251, 250],
		['250', 250, 250, 250],
		['-250.5', -251, -250, -251],
	])('%s cents: down %d, up %d, half up %d', (amount, down, up, half) => {
		expect(floorCent(new Decimal(amount))).toBe(down);
		expect(ceilCent(new Decimal(amount))).toBe(up);
		expect(halfUpCent(new Decimal(amount))).toBe(half);
	});

	it('refuse an amount that a number cannot hold', () => {
		expect(() => floorCent(new Decimal('9007199254740993'))).toThrow(RangeError);
		expect(() => floorCent(new Decimal('Infinity'))).toThrow(RangeError);
	});

	it('are exact where floating point is not', () => {
		expect(halfUpCent(new Decimal('1.005').mul(100))).toBe(101);
		expect(eurosOf(10 + 20)).toBe('0.30');
	});
});

describe('split by the largest remainder', () => {
	const weights = fc
		.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 60 })
		.filter((list) => list.some((weight) => weight > 0));
	const total = fc.integer({ min: 0, max: 1_000_000_000_000 });

	it('gives equal remainders to the earlier place', () => {
		expect(splitByLargestRemainder(100_000, [1, 1, 1])).toEqual([33_334, 33_333, 33_333]);
		expect(splitByLargestRemainder(10_000, [33_333, 33_333, 33_334, 200_000])).toEqual([1111, 1111, 1111, 6667]);
	});

	it('loses no cent and gives nobody a cent more or less than exact', () => {
		fc.assert(
			fc.property(total, weights, (amount, list) => {
				const parts = splitByLargestRemainder(amount, list);
				const sum = list.reduce((s, weight) => s + BigInt(weight), 0n);
				expect(parts.reduce((s, part) => s + part, 0)).toBe(amount);
				parts.forEach((part, i) => {
					const floor = (BigInt(amount) * BigInt(list[i]!)) / sum;
					expect(BigInt(part) - floor === 0n || BigInt(part) - floor === 1n).toBe(true);
				});
			}),
		);
	});

	it('gives more to the heavier and nothing to the weightless', () => {
		fc.assert(
			fc.property(total, weights, (amount, list) => {
				const parts = splitByLargestRemainder(amount, list);
				for (const [i, a] of list.entries()) {
					if (a === 0) expect(parts[i]).toBe(0);
					for (const [j, b] of list.entries()) if (a > b) expect(parts[i]!).toBeGreaterThanOrEqual(parts[j]!);
				}
			}),
			{ numRuns: 40 },
		);
	});

	it('refuses to divide by nothing', () => {
		expect(() => splitByLargestRemainder(1, [])).toThrow(RangeError);
		expect(() => splitByLargestRemainder(1, [0, 0])).toThrow(RangeError);
		expect(() => splitByLargestRemainder(1, [2, -1])).toThrow(RangeError);
		expect(() => splitByLargestRemainder(-1, [1])).toThrow(RangeError);
	});
});
