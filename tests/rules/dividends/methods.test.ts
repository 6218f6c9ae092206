// Methods B, C and D, transfers within the year, the statute's highest rate, and interest: what holds whatever the members do.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateByAmount, allocateByRate } from '../../../api/dividends/rules/allocation.ts';
import { interestOnBalances, latestInterestPayment } from '../../../api/dividends/rules/interest.ts';
import {
	earningUnits,
	type Holding,
	type TimedMethod,
	timedBase,
	unitsPerYear,
} from '../../../api/dividends/rules/methods.ts';
import { afterTransfers, type BalanceTransfer, dividendEntitlements } from '../../../api/dividends/rules/transfers.ts';
import { fiscalYearOf } from '../../../api/statute/rules.ts';
import { addDays } from '../../../api/values/calendar.ts';
import { Decimal } from '../../../api/values/money.ts';
import { codeOf } from './refused.ts';

const year = fiscalYearOf('2026-12-31', 12);
const shareCents = 50_000;
const timed = fc.constantFrom<TimedMethod>('B', 'C', 'D');
const change = fc.record({
	on: fc.integer({ min: -40, max: 400 }).map((days) => addDays('2026-01-01', days)),
	cents: fc.integer({ min: 1, max: 200_000 }),
});
const holdings = fc
	.array(fc.record({ openingCents: fc.nat(500_000), changes: fc.array(change, { maxLength: 5 }) }), {
		minLength: 1,
		maxLength: 12,
	})
	.map((all) => all.map((holding, i): Holding => ({ ...holding, memberNumber: i + 1 })));
const rates = fc.integer({ min: 1, max: 600 }).map((n) => new Decimal(n).div(10_000).toFixed());
const basesOf = (method: TimedMethod, all: readonly Holding[]) =>
	all.map((holding) => timedBase(method, holding, year, shareCents));
const sum = (cents: readonly number[]) => cents.reduce((total, each) => total + each, 0);
const unitsOf = (method: TimedMethod, all: readonly Holding[]) =>
	sum(basesOf(method, all).map(({ unitCents }) => unitCents));

describe('time that earns', () => {
	it.each<[TimedMethod, string, number]>([
		['B', '2025-03-09', 12],
		['B', '2026-01-01', 12],
		['B', '2026-01-02', 11],
		['B', '2026-12-01', 1],
		['B', '2026-12-02', 0],
		['B', '2027-01-01', 0],
		['C', '2025-12-31', 365],
		['C', '2026-01-01', 364],
		['C', '2026-12-30', 1],
		['C', '2026-12-31', 0],
		['C', '2027-02-01', 0],
		['D', '2025-12-31', 4],
		['D', '2026-01-01', 3],
		['D', '2026-03-31', 3],
		['D', '2026-09-30', 1],
		['D', '2026-10-01', 0],
	])('method %s, paid on %s: %i', (method, on, units) => {
		expect(earningUnits(method, on, year)).toBe(units);
	});

	it('goes by the fiscal year, also by one that does not follow the calendar or is short', () => {
		const july = fiscalYearOf('2028-02-01', 6);
		expect([july.end, unitsPerYear('C', july)]).toEqual(['2028-06-30', 366]);
		expect(earningUnits('B', '2027-08-15', july)).toBe(10);
		expect(earningUnits('D', '2027-08-15', july)).toBe(3);
		const short = { ...year, start: '2026-05-01' };
		expect(earningUnits('B', '2026-04-30', short)).toBe(8);
		expect(earningUnits('C', '2026-04-30', short)).toBe(245);
		expect(earningUnits('D', '2026-04-30', short)).toBe(3);
	});

	it('counts a balance lowered by a loss only as long as it was there', () => {
		const holding = { memberNumber: 1, openingCents: 100_000, changes: [{ on: '2026-06-30', cents: -40_000 }] };
		expect(timedBase('B', holding, year, shareCents).unitCents).toBe(100_000 * 6 + 60_000 * 6);
		expect(timedBase('C', holding, year, shareCents).unitCents).toBe(100_000 * 181 + 60_000 * 184);
		expect(timedBase('D', holding, year, shareCents).unitCents).toBe(100_000 * 2 + 50_000 * 2);
		expect(() => timedBase('B', { ...holding, openingCents: 30_000 }, year, shareCents)).toThrow(RangeError);
	});

	it('counts in method D only shares that are full when the quarter begins', () => {
		const changes = [
			{ on: '2026-02-10', cents: 30_000 },
			{ on: '2026-05-10', cents: 20_000 },
		];
		const { parts, unitCents, baseCents } = timedBase(
			'D',
			{ memberNumber: 1, openingCents: 0, changes },
			year,
			shareCents,
		);
		expect(parts).toEqual([{ cents: 50_000, on: '2026-07-01', units: 2 }]);
		expect([unitCents, baseCents]).toEqual([100_000, 25_000]);
	});
});

describe('methods that count time', () => {
	it('never give anybody more than the rate on the highest balance of the year', () => {
		fc.assert(
			fc.property(holdings, timed, rates, (all, method, rate) => {
				const bases = basesOf(method, all);
				const { dividends, totalCents, remainderCents } = allocateByRate(bases, rate, undefined, {
					unitsPerYear: unitsPerYear(method, year),
				});
				expect(remainderCents).toBeGreaterThanOrEqual(0);
				expect(sum(dividends.map(({ grossCents }) => grossCents))).toBe(totalCents);
				all.forEach(({ openingCents, changes }, i) => {
					const highest = openingCents + sum(changes.map(({ cents }) => cents));
					expect(dividends[i]!.grossCents).toBeLessThanOrEqual(new Decimal(highest).mul(rate).toNumber());
				});
			}),
		);
	});

	it('divide an amount to the cent, whatever order the members come in', () => {
		fc.assert(
			fc.property(holdings, timed, fc.integer({ min: 1, max: 900_000 }), (all, method, amountCents) => {
				const bases = basesOf(method, all);
				fc.pre(bases.some(({ unitCents }) => unitCents > 0));
				const { dividends } = allocateByAmount(bases, amountCents);
				expect(sum(dividends.map(({ grossCents }) => grossCents))).toBe(amountCents);
				const turned = allocateByAmount([...bases].reverse(), amountCents).dividends;
				expect([...turned].reverse()).toEqual(dividends);
			}),
		);
	});

	it('lose no time and no cent when a holding is split between two members', () => {
		fc.assert(
			fc.property(holdings, fc.constantFrom<TimedMethod>('B', 'C'), rates, fc.nat(100), (all, method, rate, share) => {
				const [first, ...others] = all as [Holding, ...Holding[]];
				const cut = (cents: number) => Math.floor((cents * share) / 100);
				const part = (keep: (cents: number) => number, memberNumber: number): Holding => ({
					memberNumber,
					openingCents: keep(first.openingCents),
					changes: first.changes.map(({ on, cents }) => ({ on, cents: keep(cents) })),
				});
				const halves = [part(cut, 1), part((cents) => cents - cut(cents), 1_000)];
				expect(unitsOf(method, [...halves, ...others])).toBe(unitsOf(method, all));
				const terms = { unitsPerYear: unitsPerYear(method, year) };
				const before = allocateByRate(basesOf(method, all), rate, undefined, terms);
				const after = allocateByRate(basesOf(method, [...halves, ...others]), rate, undefined, terms);
				expect(after.totalCents + after.remainderCents).toBe(before.totalCents + before.remainderCents);
			}),
		);
	});
});

describe("the statute's highest rate", () => {
	it('holds for every member also where an amount is resolved, to the cent', () => {
		fc.assert(
			fc.property(holdings, timed, rates, fc.nat(1_000), (all, method, capRate, permille) => {
				const terms = { unitsPerYear: unitsPerYear(method, year), capRate };
				const bases = basesOf(method, all);
				const ceilings = allocateByRate(bases, capRate, undefined, terms).dividends.map(({ grossCents }) => grossCents);
				const amountCents = Math.ceil((sum(ceilings) * permille) / 1_000);
				fc.pre(amountCents > 0);
				const { dividends } = allocateByAmount(bases, amountCents, terms);
				expect(sum(dividends.map(({ grossCents }) => grossCents))).toBe(amountCents);
				for (const [i, { grossCents }] of dividends.entries()) expect(grossCents).toBeLessThanOrEqual(ceilings[i]!);
			}),
		);
	});

	it('refuses what goes beyond it', () => {
		const bases = [45, 45, 45].map((baseCents, i) => ({ memberNumber: i + 1, baseCents }));
		expect(codeOf(() => allocateByRate(bases, '0.05', undefined, { capRate: '0.04' }))).toBe('dividends.rate-over-cap');
		expect(codeOf(() => allocateByAmount(bases, 4, { capRate: '0.04' }))).toBe('dividends.rate-over-cap');
		expect(allocateByAmount(bases, 3, { capRate: '0.04' }).dividends.map(({ grossCents }) => grossCents)).toEqual([
			1, 1, 1,
		]);
	});
});

describe('a transfer within the year', () => {
	const from: Holding = { memberNumber: 1, openingCents: 60_000, changes: [{ on: '2026-03-10', cents: 40_000 }] };
	const to: Holding = { memberNumber: 2, openingCents: 0, changes: [] };
	const transfer: BalanceTransfer = {
		...{ on: '2026-07-01', fromNumber: 1, toNumber: 2, cents: 50_000, entitlement: 'acquirer' },
	};

	it.each([
		['acquirer', 50_000 * 12, 40_000 * 9 + 10_000 * 12],
		['transferor', 60_000 * 12 + 40_000 * 9, 0],
		['by-time', 60_000 * 12 + 40_000 * 9 - 50_000 * 6, 50_000 * 6],
	] as const)('gives the dividend to the %s', (entitlement, left, passed) => {
		const after = afterTransfers([from, to], [{ ...transfer, entitlement }]);
		expect(basesOf('B', after).map(({ unitCents }) => unitCents)).toEqual([left, passed]);
	});

	it('leaves the sum of what earns as it was', () => {
		fc.assert(
			fc.property(
				holdings,
				fc.constantFrom<TimedMethod>('B', 'C'),
				fc.constantFrom(...dividendEntitlements),
				fc.nat(364),
				fc.nat(100),
				(all, method, entitlement, days, percent) => {
					const on = addDays('2026-01-01', days);
					const [first] = all as [Holding];
					const there = first.openingCents + sum(first.changes.map((c) => (c.on <= on ? c.cents : 0)));
					const moved = { on, fromNumber: 1, toNumber: 999, cents: Math.floor((there * percent) / 100), entitlement };
					const withNew = [...all, { memberNumber: 999, openingCents: 0, changes: [] }];
					expect(unitsOf(method, afterTransfers(withNew, [moved]))).toBe(unitsOf(method, all));
				},
			),
		);
		expect(() => afterTransfers([from, to], [{ ...transfer, cents: 100_001 }])).toThrow(RangeError);
		expect(() => afterTransfers([from], [transfer])).toThrow(RangeError);
	});
});

describe('interest on balances', () => {
	it('is due six months after the fiscal year', () => {
		expect(latestInterestPayment('2026-12-31')).toBe('2027-06-30');
		expect(latestInterestPayment('2026-06-30')).toBe('2026-12-31');
	});

	it('is not paid as far as a loss is uncovered, to the cent', () => {
		const one = [{ memberNumber: 1, baseCents: 120_000 }];
		const paid = (uncoveredLossCents: number) => {
			const terms = { rate: '0.015', uncoveredLossCents, fiscalYearEnd: '2026-12-31' };
			const { totalCents, blockedCents } = interestOnBalances(one, terms);
			return [totalCents, blockedCents];
		};
		expect([paid(0), paid(500), paid(1_800), paid(90_000)]).toEqual([
			[1_800, 0],
			[1_300, 500],
			[0, 1_800],
			[0, 1_800],
		]);
	});

	it('never comes to more than the rate, and always to its sum', () => {
		const bases = fc
			.array(fc.nat(5_000_000), { minLength: 1, maxLength: 30 })
			.map((all) => all.map((baseCents, i) => ({ memberNumber: i + 1, baseCents })));
		fc.assert(
			fc.property(bases, rates, fc.nat(300_000), (all, rate, uncoveredLossCents) => {
				const terms = { rate, uncoveredLossCents, fiscalYearEnd: '2026-12-31' };
				const { lines, totalCents } = interestOnBalances(all, terms);
				expect(sum(lines.map(({ interestCents }) => interestCents))).toBe(totalCents);
				for (const { baseCents, interestCents } of lines) {
					expect(interestCents).toBeLessThanOrEqual(new Decimal(baseCents).mul(rate).toNumber());
				}
				expect([...interestOnBalances([...all].reverse(), terms).lines].reverse()).toEqual(lines);
			}),
		);
	});
});
