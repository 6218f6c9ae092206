// Yields: expectation by days, completeness, carbon dioxide by year, and a building's energy shared by key.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { co2Grams, completenessOf, expectedUntil, fullLoadHours } from '../../api/yields/rules.ts';
import { equalParts, nearEnough, shareSlot } from '../../api/yields/rules/sharing.ts';
import { Decimal } from '../../api/values/money.ts';

describe('a period', () => {
	const monthly = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].map((days) => days * 1000);

	test.each([
		['2026-01-01', '2026-12-31', 365_000],
		['2026-02-27', '2026-03-02', 4_000],
		['2025-12-31', '2026-01-01', 2_000],
		['2026-06-15', '2026-06-15', 1_000],
		['2026-06-15', '2026-06-14', null],
	])('is expected by its days: %s to %s', (from, to, wh) => {
		expect(expectedUntil(monthly, from, to)).toBe(wh);
		expect(expectedUntil(null, from, to)).toBeNull();
	});

	test('is as complete as its days and their slots', () => {
		expect(completenessOf(30, 0, 30)).toBe(1);
		expect(completenessOf(29, 0.5, 30)).toBe(0.95);
		expect(completenessOf(0, 0, 30)).toBe(0);
		expect(completenessOf(0, 0, 0)).toBe(0);
		expect(fullLoadHours(74_189_000, 80_000)).toBe(927.36);
	});

	test('counts carbon dioxide by the factor of its year, or the last one known', () => {
		const factors = [
			{ year: 2025, gramsPerKwh: 344 },
			{ year: 2020, gramsPerKwh: 365 },
		];
		const of = (year: number) => co2Grams([[year, 1_000_000]], factors);
		expect([2019, 2020, 2024, 2025, 2030].map(of)).toEqual([365_000, 365_000, 365_000, 344_000, 344_000]);
		expect(co2Grams([[2025, 1000]], [])).toBeNull();
	});
});

describe('building supply', () => {
	test('gives nobody more than he used, and nothing beyond what was generated', () => {
		fc.assert(
			fc.property(fc.nat(100_000), fc.array(fc.nat(50_000), { minLength: 1, maxLength: 12 }), (generation, used) => {
				const { allocable, allocated, fedIn } = shareSlot(generation, used);
				const sum = Decimal.sum(0, ...allocated);
				expect(sum.plus(fedIn).toNumber()).toBe(generation);
				expect(sum.lte(allocable)).toBe(true);
				expect(fedIn.gte(0)).toBe(true);
				expect(allocated.every((one, i) => one.lte(used[i] ?? 0))).toBe(true);
			}),
		);
	});

	test('refuses energy below zero and keys that do not fit', () => {
		expect(() => shareSlot(-1, [1])).toThrow(RangeError);
		expect(() => shareSlot(1, [1, 2], equalParts(1))).toThrow(RangeError);
		expect(() => shareSlot(1, [1], [{ numerator: '3', denominator: '2' }])).toThrow(RangeError);
		expect(() => equalParts(0)).toThrow(RangeError);
	});
});

test('energy sharing reaches the neighbouring area from June 2028', () => {
	const place = { sameArea: false, adjacent: true };
	expect(nearEnough('2028-05-31', place)).toEqual({ allowed: false, allowedFrom: '2028-06-01' });
	expect(nearEnough('2028-06-01', place).allowed).toBe(true);
	expect(nearEnough('2026-05-31', { sameArea: true, adjacent: false }).allowed).toBe(false);
	expect(nearEnough('2030-01-01', { sameArea: false, adjacent: false })).toEqual({ allowed: false, allowedFrom: null });
});
