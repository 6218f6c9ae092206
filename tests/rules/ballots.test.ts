// Votes: majorities of law and statute, explained results, and that no arithmetic trick turns one into the other.
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { legalSubjects, type MajorityRule, majorityRules, type Subject, subjects } from '../../api/assemblies/rules.ts';
import {
	ballotMay,
	ballotStates,
	canonicalElectorate,
	castVotesOf,
	type Choice,
	choices,
	explainResult,
	isAdopted,
	lawThresholds,
	majorityFor,
	neededYes,
	percentOf,
	receiptOf,
	requirePayoutDay,
	requireWindow,
	type Tally,
	tallyOf,
	type Threshold,
} from '../../api/ballots/rules.ts';
import { Refusal } from '../../api/values/refusal.ts';

const plainTerms = { ordinaryMajority: '1/2', statuteMajority: '3/4' };
const nobody: Tally = { yes: 0, no: 0, abstain: 0 };

function codeOf(attempt: () => unknown): string | undefined {
	try {
		attempt();
		return undefined;
	} catch (error) {
		if (error instanceof Refusal) return error.code;
		throw error;
	}
}

interface MajorityCase {
	id: string;
	rule: string;
	votes: Tally & { invalid: number };
	expect: { adopted: boolean; base: number };
}
const file = '../shared/cases/vote/majority.json';
const cases = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: MajorityCase[] }).cases : [];
if (cases.length === 0) console.log(`skipped: ${file} is not there`);

describe.skipIf(cases.length === 0)('vectors of majorities', () => {
	test.each(cases.filter(({ rule }) => (majorityRules as readonly string[]).includes(rule)))(
		'$id',
		({ rule, votes, expect: wanted }) => {
			expect(castVotesOf(votes)).toBe(wanted.base);
			expect(isAdopted(lawThresholds[rule as MajorityRule], votes)).toBe(wanted.adopted);
		},
	);
});

test.each<[MajorityRule, number, number, number, boolean]>([
	['simple', 0, 0, 0, false],
	['simple', 0, 0, 40, false],
	['simple', 1, 0, 40, true],
	['simple', 50, 50, 0, false],
	['simple', 51, 50, 0, true],
	['three-quarters', 0, 0, 3, false],
	['three-quarters', 3, 1, 0, true],
	['three-quarters', 74, 25, 0, false],
	['three-quarters', 75, 25, 9, true],
	['nine-tenths', 9, 1, 0, true],
	['nine-tenths', 89, 10, 0, false],
	['nine-tenths', 0, 0, 0, false],
])('%s: %i yes, %i no, %i abstain → adopted %s', (rule, yes, no, abstain, adopted) => {
	expect(isAdopted(lawThresholds[rule], { yes, no, abstain })).toBe(adopted);
});

test.each<[Subject, Partial<typeof plainTerms>, MajorityRule, string, 'law' | 'statute']>([
	['annual-accounts', {}, 'simple', '>1/2', 'law'],
	['annual-accounts', { ordinaryMajority: '2/3' }, 'simple', '>2/3', 'statute'],
	['statute-other', {}, 'three-quarters', '≥3/4', 'law'],
	['statute-other', { statuteMajority: '4/5' }, 'three-quarters', '≥4/5', 'statute'],
	['statute-duty-to-use', { statuteMajority: '4/5' }, 'nine-tenths', '≥9/10', 'law'],
	['statute-duty-to-use', { statuteMajority: '19/20' }, 'nine-tenths', '≥19/20', 'statute'],
	['merger', { statuteMajority: '9/10' }, 'three-quarters', '≥3/4', 'law'],
])('%s with %j: %s, %s by %s', (subject, terms, rule, threshold, setBy) => {
	const majority = majorityFor(subject, { ...plainTerms, ...terms });
	const { numerator, denominator, strict } = majority.threshold;
	expect([majority.rule, `${strict ? '>' : '≥'}${numerator}/${denominator}`, majority.setBy]).toEqual([
		rule,
		threshold,
		setBy,
	]);
});

test('no subject gets less than the law asks for', () => {
	for (const subject of subjects) {
		const { threshold } = majorityFor(subject, plainTerms);
		expect(threshold).toEqual(lawThresholds[legalSubjects[subject].majority]);
	}
});

const thresholds: fc.Arbitrary<Threshold> = fc
	.record({
		numerator: fc.integer({ min: 1, max: 999 }),
		denominator: fc.integer({ min: 1, max: 999 }),
		strict: fc.boolean(),
	})
	.filter(({ numerator, denominator }) => numerator <= denominator && numerator * 2 >= denominator);
const tallies: fc.Arbitrary<Tally> = fc.record({ yes: fc.nat(5_000), no: fc.nat(5_000), abstain: fc.nat(5_000) });
const result = (threshold: Threshold, ordinary: Tally, investing: Tally = nobody) =>
	explainResult({
		majority: { rule: 'simple', threshold, setBy: 'law', source: '§ 43(2) GenG' },
		ordinary,
		investing,
		eligible: 20_000,
		barred: 0,
		voters: 1,
	});

test('one more yes never rejects, one more no never adopts, abstentions change nothing', () => {
	fc.assert(
		fc.property(thresholds, tallies, (threshold, tally) => {
			const adopted = isAdopted(threshold, tally);
			if (adopted) expect(isAdopted(threshold, { ...tally, yes: tally.yes + 1 })).toBe(true);
			else expect(isAdopted(threshold, { ...tally, no: tally.no + 1 })).toBe(false);
			expect(isAdopted(threshold, { ...tally, abstain: tally.abstain + 1 })).toBe(adopted);
		}),
	);
});

test('the needed number is exact: it adopts, one less does not', () => {
	fc.assert(
		fc.property(thresholds, fc.integer({ min: 1, max: 10_000 }), (threshold, cast) => {
			const { numerator, denominator, strict } = threshold;
			const reaches = (yes: number) =>
				yes > 0 && (strict ? yes * denominator > numerator * cast : yes * denominator >= numerator * cast);
			const needed = neededYes(threshold, cast);
			expect(reaches(needed)).toBe(true);
			expect(reaches(needed - 1)).toBe(false);
		}),
	);
});

test('the order of votes does not matter, and none is lost', () => {
	const votes = fc.array(
		fc.record({ choice: fc.constantFrom<Choice[]>(...choices), weight: fc.integer({ min: 1, max: 3 }) }),
		{ maxLength: 300 },
	);
	const shuffled = votes.chain((list) =>
		fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
	);
	fc.assert(
		fc.property(shuffled, ([list, other]) => {
			const tally = tallyOf(list);
			expect(tallyOf(other)).toEqual(tally);
			expect(tally.yes + tally.no + tally.abstain).toBe(list.reduce((sum, { weight }) => sum + weight, 0));
		}),
	);
});

test('investing members never turn a result', () => {
	fc.assert(
		fc.property(thresholds, tallies, tallies, (threshold, ordinary, investing) => {
			const declared = result(threshold, ordinary, investing);
			expect(declared.adopted).toBe(isAdopted(threshold, ordinary));
			const differs = declared.all.adopted !== declared.ordinary.adopted;
			expect(declared.explanation.some(({ part }) => part === 'investing-would-change')).toBe(differs);
		}),
	);
});

const partsOf = (threshold: Threshold, ordinary: Tally, investing?: Tally) =>
	result(threshold, ordinary, investing).explanation.map(({ part }) => part);

test('the explanation says what decided', () => {
	expect(partsOf(lawThresholds.simple, { yes: 3, no: 1, abstain: 2 })).toEqual([
		'votes-cast',
		'abstentions-do-not-count',
		'threshold-simple',
		'reached',
	]);
	expect(partsOf(lawThresholds.simple, { yes: 2, no: 2, abstain: 0 })).toEqual([
		'votes-cast',
		'threshold-simple',
		'tie',
	]);
	expect(partsOf(lawThresholds['three-quarters'], { yes: 2, no: 1, abstain: 0 })).toEqual([
		'votes-cast',
		'threshold-share',
		'missed',
	]);
	expect(partsOf(lawThresholds.simple, { yes: 0, no: 0, abstain: 5 })).toEqual([
		'no-votes-cast',
		'abstentions-do-not-count',
		'threshold-simple',
		'missed',
	]);
	expect(partsOf(lawThresholds.simple, { yes: 3, no: 2, abstain: 0 }, { yes: 0, no: 4, abstain: 0 })).toEqual([
		'votes-cast',
		'threshold-simple',
		'reached',
		'investing-would-change',
	]);
	const { all } = result(lawThresholds['three-quarters'], { yes: 149, no: 50, abstain: 10 });
	expect(all).toMatchObject({ cast: 199, neededYes: 150, yesPercent: '74.87', noPercent: '25.13', adopted: false });
});

test('percentages are rounded to two digits, halves up', () => {
	expect([
		percentOf(1, 3),
		percentOf(2, 3),
		percentOf(1, 1),
		percentOf(0, 7),
		percentOf(0, 0),
		percentOf(1, 20_000),
	]).toEqual(['33.33', '66.67', '100.00', '0.00', '0.00', '0.01']);
});

test('a ballot only moves forward', () => {
	expect(ballotStates.filter((state) => ballotMay('castVote', state))).toEqual(['open']);
	expect(ballotStates.filter((state) => ballotMay('confirmClosing', state))).toEqual(['closing']);
	expect(ballotStates.filter((state) => ballotMay('withdraw', state))).toEqual(['prepared']);
});

test('votes are cast in the assembly, or in the voting phase after the discussion', () => {
	const startsAt = new Date('2026-06-12T17:00:00Z');
	const window = (from: number, to: number, form = 'hybrid') =>
		codeOf(() =>
			requireWindow(
				{
					opensAt: new Date(startsAt.getTime() + from * 3_600_000),
					closesAt: new Date(startsAt.getTime() + to * 3_600_000),
				},
				{ form, startsAt },
			),
		);
	expect(window(0, 4)).toBeUndefined();
	expect(window(2, 2)).toBe('ballots.window-empty');
	expect(window(Number.NaN, 2)).toBe('ballots.window-empty');
	expect(window(-1, 2)).toBe('ballots.window-outside-assembly');
	expect(window(1, 25)).toBe('ballots.window-outside-assembly');
	expect(window(1, 24 * 14, 'stretched')).toBeUndefined();
	expect(window(1, 24 * 61, 'stretched')).toBe('ballots.window-outside-assembly');
});

test.each<[Subject, string | null, string | undefined]>([
	['profit-use', '2026-06-22', undefined],
	['profit-use', '2026-06-18', 'dividends.payout-too-early'],
	['profit-use', '2026-06-20', 'dividends.payout-not-bank-day'],
	['profit-use', '2026-02-30', 'ballots.payout-day-missing'],
	['profit-use', null, 'ballots.payout-day-missing'],
	['merger', '2026-06-22', 'ballots.payout-day-not-expected'],
	['merger', null, undefined],
])('payout day of %s on %s: %s', (subject, payoutOn, code) => {
	expect(codeOf(() => requirePayoutDay(subject, payoutOn, new Date('2026-06-12T19:00:00Z')))).toBe(code);
});

test('receipts are sixteen letters from eighty random bits, all bits used', () => {
	expect(receiptOf(new Uint8Array(10))).toBe('0000-0000-0000-0000');
	expect(receiptOf(new Uint8Array(10).fill(255))).toBe('ZZZZ-ZZZZ-ZZZZ-ZZZZ');
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), fc.nat(79), (random, bit) => {
			const other = Uint8Array.from(random);
			other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			expect(receiptOf(other)).not.toBe(receiptOf(random));
		}),
	);
});

test('the frozen electorate does not depend on its order', () => {
	const electors = [
		{ memberId: 'b', weight: 1, investing: true, barred: false },
		{ memberId: 'a', weight: 1, investing: false, barred: true },
	];
	expect(canonicalElectorate(electors)).toBe(canonicalElectorate([...electors].reverse()));
	expect(canonicalElectorate(electors)).toBe('a 1 ordinary barred\nb 1 investing entitled');
});
