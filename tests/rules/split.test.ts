// Another nominal value: the same capital in other shares, shares that are worth more or less, or a refusal.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	checkAnnouncement,
	checkEffect,
	checkReport,
	cutDues,
	lastReportDay,
} from '../../api/shares/rules/reduction.ts';
import {
	checkSplit,
	increaseDues,
	type SplitEffect,
	sharesAfterSplit,
	splitRatio,
} from '../../api/shares/rules/split.ts';
import { determinedCents, type StatuteTerms, suggestedTerms } from '../../api/statute/rules.ts';
import { checkNominalChange, type NominalChange } from '../../api/statute/rules/nominal.ts';
import { addDays } from '../../api/values/calendar.ts';

describe('split (S-12)', () => {
	test.each([
		[50_000, 10_000, { from: 1, to: 5 }],
		[10_000, 50_000, { from: 5, to: 1 }],
		[50_000, 20_000, { from: 2, to: 5 }],
	])('%i to %i cents', (before, after, ratio) => {
		expect(splitRatio(before, after)).toEqual(ratio);
	});

	test('nothing to divide is refused', () => {
		expect(() => splitRatio(50_000, 50_000)).toThrow('shares.split-nothing');
	});

	test('what divides keeps the capital to the cent, what does not is said', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 5_000 }),
				fc.integer({ min: 1, max: 2_000 }),
				fc.integer({ min: 1, max: 2_000 }),
				(shares, oldEuros, newEuros) => {
					const nominalCents = shares * oldEuros * 100;
					const after = sharesAfterSplit(nominalCents, newEuros * 100);
					if (after === null) expect(nominalCents % (newEuros * 100)).not.toBe(0);
					else expect(after * newEuros * 100).toBe(nominalCents);
				},
			),
		);
	});

	test('there and back is where it began', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 2, max: 100 }), (shares, parts) => {
				const divided = sharesAfterSplit(shares * parts * 100, 100);
				expect(divided).toBe(shares * parts);
				expect(sharesAfterSplit((divided ?? 0) * 100, parts * 100)).toBe(shares);
			}),
		);
	});

	const effect: SplitEffect = {
		...{ oldNominalCents: 50_000, newNominalCents: 10_000, ratio: { from: 1, to: 5 }, members: 2 },
		...{ sharesBefore: 3, sharesAfter: 15, capitalCents: 150_000, mostShares: 10 },
		undivided: { count: 0, numbers: [] },
		...{ change: { keeps: 'capital' }, capitalAfterCents: 150_000, owed: [], repaidCents: 0 },
		...{
			waits: false,
			otherWaits: false,
			openDeclarations: 0,
			liabilityBeforeCents: 150_000,
			liabilityAfterCents: 150_000,
		},
	};
	test.each<[Partial<SplitEffect>, string]>([
		[{ undivided: { count: 1, numbers: [7] } }, 'shares.split-undivided'],
		[{ mostShares: 41 }, 'shares.split-over-limit'],
		[{ openDeclarations: 1 }, 'shares.split-declarations-open'],
		[{ otherWaits: true }, 'shares.split-pending'],
	])('%j is refused', (changes, code) => {
		checkSplit(effect, { maxShares: 40 });
		expect(() => checkSplit({ ...effect, ...changes }, { maxShares: 40 })).toThrow(code);
	});
});

const worth = (cents: number, changes: Partial<StatuteTerms> = {}): StatuteTerms => ({
	...suggestedTerms,
	...{ nominalCents: cents, firstPaymentCents: cents, liabilityCents: cents },
	...changes,
});

describe('shares that are worth more (§ 16(2) Nr. 2 GenG)', () => {
	test.each<[string, StatuteTerms, StatuteTerms, [string, number][]]>([
		['all due at once', worth(50_000), worth(60_000), [['2026-07-01', 10_000]]],
		['nothing fixed for the increase', worth(50_000), worth(60_000, { firstPaymentCents: 50_000 }), []],
		[
			"in the statute's instalments",
			worth(50_000),
			worth(60_000, { firstPaymentCents: 50_000, instalmentCents: 4_000, instalmentMonths: 3 }),
			[
				['2026-07-01', 4_000],
				['2026-10-01', 4_000],
				['2027-01-01', 2_000],
			],
		],
	])('%s', (_what, before, after, dues) => {
		expect(increaseDues(before, after, '2026-07-01')).toEqual(
			dues.map(([dueOn, amountCents]) => ({ dueOn, amountCents })),
		);
	});

	test('what falls due is what the terms fix more, to the cent, in whatever instalments', () => {
		const euros = fc.integer({ min: 100, max: 100_000 });
		fc.assert(
			fc.property(
				euros,
				euros,
				fc.integer({ min: 1_000, max: 50_000 }),
				fc.integer({ min: 1, max: 24 }),
				(a, b, rate, months) => {
					const [before, after] = [
						worth(Math.min(a, b)),
						worth(Math.max(a, b), { instalmentCents: rate, instalmentMonths: months }),
					];
					const dues = increaseDues(before, after, '2026-07-01');
					expect(dues.reduce((sum, { amountCents }) => sum + amountCents, 0)).toBe(
						determinedCents(after) - determinedCents(before),
					);
					expect(dues.every(({ dueOn }, i) => i === 0 || dueOn > (dues[i - 1]?.dueOn ?? ''))).toBe(true);
				},
			),
		);
	});

	const vote: NominalChange = {
		...{ keeps: 'shares', resolvedOn: '2026-04-12', votesFor: 75, votesAgainst: 25, dueOn: '2026-07-01' },
	};
	const change = { before: worth(50_000), after: worth(60_000), validFrom: '2026-05-04' };
	test.each<[string, Partial<typeof vote>, string]>([
		['a vote below three quarters', { votesFor: 74, votesAgainst: 26 }, 'statute.majority-missed'],
		['no votes', { votesFor: 0, votesAgainst: 0 }, 'statute.votes-wrong'],
		['half a vote', { votesFor: 1.5 }, 'statute.votes-wrong'],
		['a resolution after the change', { resolvedOn: '2026-05-05' }, 'statute.resolution-day-wrong'],
		['owed before it is in force', { dueOn: '2026-05-03' }, 'statute.due-day-wrong'],
		['owed on no day', { dueOn: null }, 'statute.due-day-wrong'],
	])('%s is refused', (_what, wrong, code) => {
		expect(checkNominalChange(change, vote)).toEqual(vote);
		expect(() => checkNominalChange(change, { ...vote, ...wrong } as NominalChange)).toThrow(code);
	});

	test('without a resolution the shares are divided; where the value stays there is nothing to resolve', () => {
		expect(checkNominalChange(change, null)).toEqual({ keeps: 'capital' });
		expect(checkNominalChange({ ...change, after: change.before }, null)).toBeNull();
		expect(() => checkNominalChange({ ...change, after: change.before }, vote)).toThrow('statute.nominal-same');
	});
});

describe('shares that are worth less (§ 22 GenG)', () => {
	const standing = {
		...{ registeredOn: '2026-05-04', announcedOn: '2026-05-31', announcedBy: 'a', effectiveOn: null, openCreditors: 0 },
	};

	test('creditors have six months from the announcement; only then, all secured, by another person', () => {
		expect(lastReportDay('2026-08-31')).toBe('2027-02-28');
		expect(() => checkEffect({ ...standing, announcedOn: null }, 'b', '2026-12-01')).toThrow('reduction-unannounced');
		expect(() => checkEffect(standing, 'b', '2026-11-30')).toThrow('reduction-waiting');
		expect(() => checkEffect({ ...standing, openCreditors: 1 }, 'b', '2026-12-01')).toThrow('creditors-open');
		expect(() => checkEffect(standing, 'a', '2026-12-01')).toThrow('second-person-needed');
		expect(() => checkEffect({ ...standing, effectiveOn: '2026-12-01' }, 'b', '2026-12-02')).toThrow('effected');
		checkEffect(standing, 'b', '2026-12-01');
	});

	test('an announcement before the entry or twice, a report outside the six months', () => {
		const fresh = { registeredOn: '2026-05-04', announcedOn: null };
		for (const day of ['2026-05-03', '2026-06-02', '2026-02-30'])
			expect(() => checkAnnouncement(fresh, day, '2026-06-01')).toThrow('announcement-day-wrong');
		expect(() => checkAnnouncement(standing, '2026-06-01', '2026-06-01')).toThrow('reduction-announced');
		for (const day of ['2026-05-30', '2026-12-01', '2027-01-01'])
			expect(() => checkReport(standing, day, '2026-12-31')).toThrow('report-day-wrong');
		checkReport(standing, '2026-11-30', '2026-12-31');
	});

	test('what is no longer owed: exactly what is above the lower value, the last first, nothing before the day', () => {
		const dues = fc.array(
			fc.record({ day: fc.integer({ min: -300, max: 300 }), cents: fc.integer({ min: 1, max: 50_000 }) }),
			{ maxLength: 12 },
		);
		fc.assert(
			fc.property(dues, fc.integer({ min: 0, max: 200_000 }), (some, most) => {
				const from = '2026-12-01';
				const before = some.map(({ day, cents }) => ({ day: addDays(from, day), cents }));
				const cuts = cutDues(before, most, from);
				const sum = (all: readonly { cents: number }[]) => all.reduce((total, { cents }) => total + cents, 0);
				expect(sum(before) + sum(cuts)).toBe(Math.min(sum(before), most));
				expect(cuts.every(({ day, cents }) => day >= from && cents < 0)).toBe(true);
				for (const { day } of before)
					expect(sum([...before, ...cuts].filter((one) => one.day <= day))).toBeGreaterThanOrEqual(0);
			}),
		);
	});
});
