// Curves of a member's home: no watt-hour is lost, missing stays missing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownPart, quarterHours, sumOfCurves } from '../../api/home/rules.ts';

const sum = (values: readonly (number | null)[]) => values.reduce<number>((s, v) => s + (v ?? 0), 0);

test.each([
	[5, 288],
	[10, 144],
	[15, 96],
	[60, 24],
	[60, 25],
])('%i-minute values become quarter-hours with the same sum', (minutes, slots) => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 0, max: 700_000 }), { minLength: slots, maxLength: slots }), (wh) => {
			const quarters = quarterHours(wh, minutes) ?? [];
			expect(quarters).toHaveLength((slots * minutes) / 15);
			expect(sum(quarters)).toBe(sum(wh));
		}),
	);
});

test('a quarter-hour with a missing part is missing, and a sum is missing only where nobody has a value', () => {
	expect(quarterHours([1, null, 3, 4, 5, 6], 5)).toEqual([null, 15]);
	expect(quarterHours([null, 9], 60)).toEqual([null, null, null, null, 2, 2, 2, 3]);
	expect(quarterHours([12], 1440)).toBeUndefined();
	expect(
		sumOfCurves(
			[
				[1, null, null],
				[2, 3, null],
			],
			3,
		),
	).toEqual([3, 3, null]);
});

test('own part is rounded down and exact for large sums', () => {
	expect(ownPart(9_007_199_254_740_991, 3, 7)).toBe(3_860_228_252_031_853);
	expect(ownPart(100, 1, 0)).toBe(0);
});
