// A run's arithmetic: no cent lost, whatever the members; the entry always balances; the order of members does not matter.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { postingsOfRun } from '../../../api/dividends/rules/postings.ts';
import { computeRun, holderKindOf, type MemberFacts, type RunTerms } from '../../../api/dividends/rules/run.ts';
import { bestCertificate, certificateKinds, holderKinds } from '../../../api/dividends/rules/withholding.ts';
import {
	checkFigures,
	fiscalYearCan,
	fiscalYearStates,
	nextSteps,
	reserveRuleOf,
} from '../../../api/dividends/rules/year.ts';
import { suggestedTerms } from '../../../api/statute/rules.ts';
import { codeOf } from './refused.ts';

const cents = fc.integer({ min: 0, max: 5_000_000 });
const member = fc.record({
	holder: fc.constantFrom(...holderKinds),
	inBusinessAssets: fc.boolean(),
	churchRate: fc.constantFrom('0', '0.08', '0.09'),
	certificates: fc.uniqueArray(fc.constantFrom(...certificateKinds), { maxLength: 2 }),
	orderCents: fc.option(fc.integer({ min: 1, max: 100_000 })),
	usedInYearCents: fc.integer({ min: 0, max: 120_000 }),
	baseCents: cents,
	balanceCents: cents,
	fullCents: cents,
	lossToRefillCents: cents,
});
const members = fc.array(member, { minLength: 1, maxLength: 40 }).map((all) =>
	all.map(({ orderCents, ...facts }, i): MemberFacts => {
		const order =
			orderCents === null ? null : { amountCents: orderCents, joint: false, validFrom: '2025-01-01', validTo: null };
		return { ...facts, memberId: `m${i}`, memberNumber: i + 1, order };
	}),
);
const terms = (dividend: RunTerms['dividend'], potCents: number): RunTerms => ({
	...{ dividend, potCents, baseOn: '2024-12-31', firstYear: false, inflowOn: '2025-06-30', paysBeforeFull: false },
});
const balances = (all: readonly MemberFacts[]) => all.reduce((sum, { baseCents }) => sum + baseCents, 0);

function holdsTogether(all: readonly MemberFacts[], potCents: number, dividend: RunTerms['dividend']): void {
	const run = computeRun(all, terms(dividend, potCents));
	const { totals, lines, remainderCents } = run;
	expect(totals.grossCents + remainderCents).toBe(potCents);
	expect(remainderCents).toBeGreaterThanOrEqual(0);
	for (const line of lines) {
		expect(line.grossCents).toBe(line.netCents + line.taxTotalCents);
		expect(line.netCents).toBe(line.creditedCents + line.paidOutCents);
		const facts = all.find(({ memberId }) => memberId === line.memberId)!;
		expect(line.exemptionUsedCents).toBeLessThanOrEqual(
			Math.max(0, (facts.order?.amountCents ?? 0) - facts.usedInYearCents),
		);
		if (line.creditedCents > 0) expect(facts.balanceCents + line.creditedCents).toBeLessThanOrEqual(facts.fullCents);
	}
	const use = {
		resultCents: potCents + 700,
		profitForwardCents: 300,
		lossForwardCents: 0,
		releasedCents: 0,
		legalReserveCents: 500,
		otherReservesCents: 100,
	};
	const postings = postingsOfRun({ ...use, carriedForwardCents: 400 + remainderCents }, run);
	expect(postings.reduce((sum, posting) => sum + posting.cents, 0)).toBe(0);
	expect(postings.every((posting) => posting.cents !== 0)).toBe(true);
	expect(computeRun([...all].reverse(), terms(dividend, potCents)).contentHash).toBe(run.contentHash);
}

test('by rate: parts and remainder are the pot', () => {
	fc.assert(
		fc.property(members, fc.integer({ min: 0, max: 600 }), (all, bps) => {
			const potCents = Math.floor((balances(all) * bps) / 10_000);
			holdsTogether(all, potCents, { rate: (bps / 10_000).toFixed(4) });
		}),
	);
});

test('by amount: every cent of it is distributed', () => {
	fc.assert(
		fc.property(members, fc.integer({ min: 0, max: 3_000_000 }), (all, amountCents) => {
			fc.pre(balances(all) > 0);
			holdsTogether(all, amountCents, { amountCents });
		}),
	);
});

test('by time and from the contribution account: the lines still hold together', () => {
	const timed = { method: 'C', unitsPerYear: 365 } as const;
	fc.assert(
		fc.property(
			members,
			fc.array(fc.nat(365), { minLength: 40 }),
			fc.integer({ min: 1, max: 1_000 }),
			(all, days, permille) => {
				const byDays = all.map((member, i): MemberFacts => {
					const unitCents = member.baseCents * days[i]!;
					return { ...member, timed: { unitCents, parts: [{ cents: member.baseCents, on: null, units: days[i]! }] } };
				});
				const highest = byDays.reduce((sum, { timed }) => sum + Math.floor((timed!.unitCents * 4) / 36_500), 0);
				const amountCents = Math.floor((highest * permille) / 1_000);
				fc.pre(amountCents > 0);
				const fromContributionAccountCents = Math.floor(amountCents / 3);
				const run = { ...terms({ amountCents }, amountCents), timed, capRate: '0.04', fromContributionAccountCents };
				const { lines, totals, contentHash } = computeRun(byDays, run);
				expect(totals.grossCents).toBe(amountCents);
				expect(lines.reduce((sum, { notTaxableCents = 0 }) => sum + notTaxableCents, 0)).toBe(
					fromContributionAccountCents,
				);
				for (const line of lines) {
					const { grossCents, netCents, taxTotalCents, notTaxableCents = 0, exemptCents, taxableCents } = line;
					expect(netCents + taxTotalCents).toBe(grossCents);
					expect(notTaxableCents + exemptCents + taxableCents).toBe(grossCents);
					const { unitCents } = byDays.find(({ memberId }) => memberId === line.memberId)!.timed!;
					expect(grossCents).toBeLessThanOrEqual((unitCents * 0.04) / 365);
				}
				expect(computeRun([...byDays].reverse(), run).contentHash).toBe(contentHash);
			},
		),
	);
});

test('a run by time shows how long what earned, and needs to be told', () => {
	const facts: MemberFacts = {
		...{ memberId: 'm', memberNumber: 1, holder: 'company', inBusinessAssets: false, churchRate: '0', order: null },
		...{ certificates: [], usedInYearCents: 0, baseCents: 50_000, balanceCents: 0, fullCents: 0, lossToRefillCents: 0 },
	};
	const byMonths = { ...terms({ rate: '0.03' }, 1_500), timed: { method: 'B', unitsPerYear: 12 } as const };
	const parts = [{ cents: 100_000, on: '2025-06-15', units: 6 }];
	const { lines } = computeRun([{ ...facts, timed: { unitCents: 600_000, parts } }], byMonths);
	expect(lines[0]!.grossCents).toBe(1_500);
	expect(lines[0]!.steps.slice(0, 2)).toEqual([
		{ step: 'base', amountCents: 50_000, day: '2024-12-31', method: 'B', parts, rule: 'P-21' },
		{
			...{ step: 'share', amountCents: 1_500, rate: '0.03', rounding: 'down', rule: 'P-24' },
			time: { unitCents: 600_000, allUnitCents: 600_000, unitsPerYear: 12 },
		},
	]);
	expect(() => computeRun([facts], byMonths)).toThrow(RangeError);
});

test('a loss carried forward is posted as one', () => {
	const run = computeRun([], terms({ amountCents: 0 }, 0));
	const use = {
		resultCents: -5_000,
		profitForwardCents: 2_000,
		lossForwardCents: 0,
		releasedCents: 0,
		legalReserveCents: 0,
	};
	expect(postingsOfRun({ ...use, otherReservesCents: 0, carriedForwardCents: -3_000 }, run)).toEqual([
		{ account: '2990', cents: -5_000 },
		{ account: '2970', cents: 2_000 },
		{ account: '2978', cents: 3_000 },
	]);
});

test('tax law’s view of members, and the certificate that helps most', () => {
	expect(holderKindOf('association', 'DE')).toBe('charity');
	expect(holderKindOf('natural', 'AT')).toBe('non-resident');
	expect(holderKindOf('company', 'DE')).toBe('company');
	expect(bestCertificate(['exempt-body', 'charitable'], 'charity')).toBe('charitable');
	expect(bestCertificate(['no-assessment'], 'company')).toBeNull();
});

test('every state of a year but the last has a next step, and each step a state to begin in', () => {
	for (const state of fiscalYearStates.slice(0, -1)) expect(nextSteps(state).length).toBeGreaterThan(0);
	expect(nextSteps('released')).toEqual([]);
	for (const states of Object.values(fiscalYearCan)) expect(states.length).toBeGreaterThan(0);
});

test('figures are held against the statute', () => {
	const figures = {
		...{
			resultCents: 1_000,
			profitForwardCents: 0,
			lossForwardCents: 0,
			legalReserveBeforeCents: 0,
			boardReserveCents: 0,
		},
		...{ releasedCents: 0, freeReservesCents: 0, blockedCents: 0 },
	};
	expect(codeOf(() => checkFigures(figures, '0.5'))).toBe('nothing refused');
	expect(codeOf(() => checkFigures({ ...figures, releasedCents: -1 }, '0.5'))).toBe('dividends.figure-negative');
	expect(codeOf(() => checkFigures({ ...figures, boardReserveCents: 201 }, '0.2'))).toBe(
		'dividends.board-reserve-over-statute',
	);
	expect(codeOf(() => checkFigures({ ...figures, profitForwardCents: 1, lossForwardCents: 1 }, '0.2'))).toBe(
		'dividends.carried-both-ways',
	);
	expect(reserveRuleOf(suggestedTerms, 1_000_000)).toEqual({
		rate: '0.10',
		base: 'result-and-carried-forward',
		capCents: 250_000,
		boardMayReserve: true,
	});
});

test('where the statute pays out before shares are full, what a loss took is filled up first, and only that (P-31)', () => {
	const facts: MemberFacts = {
		...{ memberId: 'm', memberNumber: 1, holder: 'charity', inBusinessAssets: false, churchRate: '0', order: null },
		...{ certificates: ['charitable'], usedInYearCents: 0, baseCents: 40_000, balanceCents: 40_000, fullCents: 50_000 },
		lossToRefillCents: 0,
	};
	const early = { ...terms({ amountCents: 6_000 }, 6_000), paysBeforeFull: true };
	const lineWith = (lossToRefillCents: number) => computeRun([{ ...facts, lossToRefillCents }], early).lines[0];
	expect(lineWith(0)).toMatchObject({ creditedCents: 0, paidOutCents: 6_000 });
	expect(lineWith(4_000)).toMatchObject({ creditedCents: 4_000, paidOutCents: 2_000 });
	expect(lineWith(9_000)).toMatchObject({ creditedCents: 6_000, paidOutCents: 0 });
});
