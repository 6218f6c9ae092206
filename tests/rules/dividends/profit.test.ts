// Profit: from the year's result to a proposal that fits.
import { describe, expect, it } from 'vitest';
import {
	boardReserveMaximumCents,
	highestRate,
	legalReserveCents,
	profitSteps,
	proposedUse,
	type ReserveRule,
	type YearResult,
} from '../../../api/dividends/rules/profit.ts';
import { codeOf } from './refused.ts';

describe('profit', () => {
	const rule: ReserveRule = {
		rate: '0.10',
		base: 'result-and-carried-forward',
		capCents: 12_000_000,
		boardMayReserve: true,
	};
	const year: YearResult = {
		resultCents: 4_825_037,
		profitForwardCents: 120_000,
		lossForwardCents: 0,
		legalReserveBeforeCents: 3_000_000,
		boardReserveCents: 500_000,
		releasedCents: 0,
		freeReservesCents: 0,
		blockedCents: 0,
	};

	it('goes from the result to the carry-forward', () => {
		const steps = profitSteps(rule, year);
		expect(steps).toEqual({
			legalReserveCents: 494_504,
			boardReserveMaximumCents: 2_412_518,
			boardReserveCents: 500_000,
			balanceSheetProfitCents: 3_950_533,
			distributableCents: 3_950_533,
		});
		expect(proposedUse({ dividend: { rate: '0.03' }, toOtherReservesCents: 500_000 }, steps, 105_000_000)).toEqual({
			dividendCents: 3_150_000,
			toOtherReservesCents: 500_000,
			carriedForwardCents: 300_533,
		});
	});

	it.each([
		['a loss', { resultCents: -500_000 }, rule, 0],
		['a result eaten up by an earlier loss', { lossForwardCents: 5_000_000 }, rule, 0],
		['the result alone', {}, { ...rule, base: 'result' as const }, 482_504],
		['a reserve nearly full', { legalReserveBeforeCents: 11_999_900 }, rule, 100],
		['a reserve full', { legalReserveBeforeCents: 12_000_000 }, rule, 0],
		['a reserve over its cap', { legalReserveBeforeCents: 13_000_000 }, rule, 0],
		['no cap', { legalReserveBeforeCents: 13_000_000 }, { ...rule, capCents: null }, 494_504],
	])('legal reserve with %s', (_, change, statute, expected) => {
		expect(legalReserveCents(statute, { ...year, ...change })).toBe(expected);
	});

	it('lets the board move half of the result at most, if the statute says so', () => {
		expect(boardReserveMaximumCents(-100)).toBe(0);
		expect(boardReserveMaximumCents(101)).toBe(50);
		expect(codeOf(() => profitSteps(rule, { ...year, boardReserveCents: 2_412_519 }))).toBe(
			'dividends.board-reserve-over-half',
		);
		expect(codeOf(() => profitSteps({ ...rule, boardMayReserve: false }, year))).toBe(
			'dividends.board-reserve-not-in-statute',
		);
		expect(
			profitSteps({ ...rule, boardMayReserve: false }, { ...year, boardReserveCents: 0 }).boardReserveMaximumCents,
		).toBe(0);
	});

	it('holds back what § 268(8) HGB blocks and free reserves do not cover', () => {
		const blocked = { ...year, blockedCents: 1_000_000, freeReservesCents: 400_000 };
		expect(profitSteps(rule, blocked).distributableCents).toBe(3_950_533 - 600_000);
		expect(profitSteps(rule, { ...blocked, freeReservesCents: 2_000_000 }).distributableCents).toBe(3_950_533);
		expect(profitSteps(rule, { ...year, resultCents: -500_000, boardReserveCents: 0 }).distributableCents).toBe(0);
	});

	it('refuses a proposal that does not fit', () => {
		const steps = { balanceSheetProfitCents: 2_000_000, distributableCents: 2_000_000 };
		const propose = (rate: string, toOtherReservesCents = 0, cap: string | null = null) =>
			codeOf(() => proposedUse({ dividend: { rate }, toOtherReservesCents }, steps, 105_000_000, cap));
		expect(propose('0.03')).toBe('dividends.over-distributable');
		expect(highestRate(2_000_000, 105_000_000)).toBe('0.0190');
		expect(propose('0.0190')).toBe('nothing refused');
		expect(propose('0.0191')).toBe('dividends.over-distributable');
		expect(propose('0.0190', 10_000)).toBe('dividends.over-profit');
		expect(propose('0.01', 0, '0.005')).toBe('dividends.rate-over-cap');
		expect(propose('0.01', 0, '0.010')).toBe('nothing refused');
		expect(propose('-0.01')).toBe('dividends.proposal-negative');
		const amount = (amountCents: number) =>
			codeOf(() => proposedUse({ dividend: { amountCents }, toOtherReservesCents: 0 }, steps, 105_000_000, '0.01'));
		expect([amount(1_050_000), amount(1_050_001)]).toEqual(['nothing refused', 'dividends.rate-over-cap']);
	});

	it('carries a loss forward and distributes none of it', () => {
		const steps = { balanceSheetProfitCents: -700_000, distributableCents: 0 };
		expect(
			proposedUse({ dividend: { rate: '0' }, toOtherReservesCents: 0 }, steps, 105_000_000).carriedForwardCents,
		).toBe(-700_000);
		expect(codeOf(() => proposedUse({ dividend: { amountCents: 1 }, toOtherReservesCents: 0 }, steps, 100))).toBe(
			'dividends.over-distributable',
		);
		expect(highestRate(0, 0)).toBe('0.0000');
	});
});
