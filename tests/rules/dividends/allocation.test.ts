// Allocation: who gets how much before tax, and what is credited or paid out; no cent is lost, no order matters.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	allocateByAmount,
	allocateByRate,
	creditOrPayout,
	methodABaseCents,
} from '../../../api/dividends/rules/allocation.ts';
import { Decimal } from '../../../api/values/money.ts';
import { codeOf } from './refused.ts';

const bases = fc
	.uniqueArray(fc.record({ memberNumber: fc.nat(100_000), baseCents: fc.integer({ min: 0, max: 5_000_000 }) }), {
		selector: ({ memberNumber }) => memberNumber,
		minLength: 1,
		maxLength: 40,
	})
	.filter((list) => list.some(({ baseCents }) => baseCents > 0));
const rate = fc.integer({ min: 0, max: 1_000 }).map((n) => new Decimal(n).div(10_000).toFixed());

describe('allocation', () => {
	it('takes the balance of the previous year, in the first year the payments', () => {
		const base = { previousYearEndCents: 100_000, paidInYearCents: 50_000 };
		expect(methodABaseCents({ ...base, firstYear: false })).toBe(100_000);
		expect(methodABaseCents({ ...base, firstYear: true })).toBe(50_000);
	});

	it('of a rate is rounded down for each member, the rest goes forward', () => {
		const members = [33_333, 33_333, 33_334].map((baseCents, i) => ({ memberNumber: i + 1, baseCents }));
		const { dividends, totalCents, remainderCents } = allocateByRate(members, '0.0325');
		expect(dividends.map(({ grossCents }) => grossCents)).toEqual([1083, 1083, 1083]);
		expect([totalCents, remainderCents]).toEqual([3249, 1]);
		expect(allocateByRate(members, '0.0325', 4000).remainderCents).toBe(751);
		expect(codeOf(() => allocateByRate(members, '0.0325', 3248))).toBe('dividends.over-pot');
	});

	it('of an amount gives an equal remainder to the lower member number', () => {
		const members = [12, 3, 7].map((memberNumber) => ({ memberNumber, baseCents: 100_000 }));
		expect(allocateByAmount(members, 100_000).dividends.map(({ grossCents }) => grossCents)).toEqual([
			33_333, 33_334, 33_333,
		]);
		expect(codeOf(() => allocateByAmount([{ memberNumber: 1, baseCents: 0 }], 1))).toBe('dividends.no-base');
		expect(codeOf(() => allocateByAmount([], 1))).toBe('dividends.no-base');
		expect(allocateByAmount([], 0)).toEqual({ dividends: [], totalCents: 0, remainderCents: 0 });
	});

	it('loses no cent and does not depend on the order of the members', () => {
		fc.assert(
			fc.property(bases, fc.nat(1_000_000_000), rate, (members, amountCents, percent) => {
				const byAmount = allocateByAmount(members, amountCents);
				expect(byAmount.totalCents).toBe(amountCents);
				expect(byAmount.remainderCents).toBe(0);
				const byRate = allocateByRate(members, percent);
				expect(byRate.remainderCents).toBeGreaterThanOrEqual(0);
				expect(byRate.remainderCents).toBeLessThan(members.length);
				const turned = members.toReversed();
				expect(allocateByAmount(turned, amountCents).dividends.toReversed()).toEqual(byAmount.dividends);
				expect(allocateByRate(turned, percent).dividends.toReversed()).toEqual(byRate.dividends);
			}),
		);
	});
});

describe('credit or payout', () => {
	it.each([
		['nearly full: fills the share, pays the rest', 1960, 49_000, 0, false, [1000, 960, 50_000]],
		['far from full: credits all', 737, 25_000, 0, false, [737, 0, 25_737]],
		['full: pays all', 1000, 50_000, 0, false, [0, 1000, 50_000]],
		['statute pays before full', 1000, 25_000, 0, true, [0, 1000, 25_000]],
		['statute pays before full, but a loss comes first', 1000, 25_000, 25_000, true, [1000, 0, 26_000]],
		['loss filled up halfway', 1000, 25_000, 400, true, [400, 600, 25_400]],
		['loss larger than the gap', 1000, 49_900, 5000, true, [100, 900, 50_000]],
		['nothing', 0, 25_000, 0, false, [0, 0, 25_000]],
	])('%s', (_, netCents, balanceCents, lossToRefillCents, paysBeforeFull, [credited, paidOut, after]) => {
		expect(creditOrPayout(netCents, { balanceCents, fullCents: 50_000, lossToRefillCents, paysBeforeFull })).toEqual({
			creditedCents: credited,
			paidOutCents: paidOut,
			balanceAfterCents: after,
		});
	});

	it('loses no cent and never overfills a share', () => {
		const euro = fc.nat(10_000_000);
		fc.assert(
			fc.property(
				euro,
				euro,
				euro,
				euro,
				fc.boolean(),
				(netCents, balanceCents, fullCents, lossToRefillCents, paysBeforeFull) => {
					const result = creditOrPayout(netCents, { balanceCents, fullCents, lossToRefillCents, paysBeforeFull });
					expect(result.creditedCents + result.paidOutCents).toBe(netCents);
					expect(result.creditedCents).toBeGreaterThanOrEqual(0);
					expect(result.balanceAfterCents).toBeLessThanOrEqual(Math.max(fullCents, balanceCents));
				},
			),
		);
	});
});
