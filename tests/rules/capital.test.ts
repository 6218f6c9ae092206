// Rules of statute, members, shares, ledger and payments: tables from the shared vectors, and properties.
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPostings, type Posting, postingsHash, reversed } from '../../api/ledger/rules.ts';
import { isMinor, requiredClauses, searchable } from '../../api/members/rules.ts';
import { type RegisterEvent, registerEntryOf } from '../../api/members/rules/register.ts';
import { sepaText } from '../../api/payments/rules/files.ts';
import {
	type Change,
	checkFurther,
	checkLimit,
	claimCorrections,
	claimOf,
	duesOf,
	leastFrom,
	splitPayment,
	unpaidBeforeFurther,
} from '../../api/shares/rules.ts';
import { checkTerms } from '../../api/statute/rules/bounds.ts';
import { fiscalYearOf, type StatuteTerms, suggestedTerms } from '../../api/statute/rules.ts';
import { addDays, type Day } from '../../api/values/calendar.ts';
import { centsOf, eurosOf } from '../../api/values/money.ts';

const terms = (changes: Partial<StatuteTerms>): StatuteTerms => ({ ...suggestedTerms, ...changes });

interface VectorCase {
	id: string;
	given: Record<string, unknown>;
	expect: Record<string, unknown>;
}

const file = '../shared/cases/shares/subscription_transfer_liability.json';
const vectors: VectorCase[] = existsSync(file)
	? (JSON.parse(readFileSync(file, 'utf8')) as { cases: VectorCase[] }).cases
	: [];
if (vectors.length === 0) console.log(`skipped: ${file} is not there`);
const cents = (value: unknown): number => centsOf(String(value));

describe('vectors of subscriptions', () => {
	const of = (prefix: string, field: string) => vectors.filter((c) => c.id.startsWith(prefix) && field in c.given);

	test.each(of('SUB', 'determined_payments'))('$id: a tenth must be determined', ({ given, expect: expected }) => {
		const nominalCents = cents(given.geschaeftsanteil);
		const wanted = terms({
			nominalCents,
			firstPaymentCents: cents(given.determined_payments),
			liabilityCents: nominalCents,
		});
		if (expected.statute_valid) checkTerms(wanted);
		else expect(() => checkTerms(wanted)).toThrow('statute.too-little-determined');
	});

	test.each(of('SUB', 'request_further'))('$id: further shares', ({ given, expect: expected }) => {
		const nominal = cents(given.geschaeftsanteil);
		const shares = Number(given.shares);
		const holding = { shares, nominalCents: shares * nominal, dueCents: 0, paidCents: cents(given.paid_in_total) };
		const more = Number(given.request_further);
		const wanted = terms({ nominalCents: nominal, mandatoryShares: given.mandatory ? shares + more : 1 });
		if (expected.admissible) checkFurther(wanted, holding, more);
		else expect(() => checkFurther(wanted, holding, more)).toThrow('shares.earlier-unpaid');
		if (expected.must_be_paid_first) expect(eurosOf(unpaidBeforeFurther(holding))).toBe(expected.must_be_paid_first);
	});

	test.each(of('SUB', 'down_payment'))('$id: instalments', ({ given, expect: expected }) => {
		const plan = terms({
			...{
				nominalCents: cents(given.geschaeftsanteil),
				firstPaymentCents: cents(given.down_payment),
				firstPaymentDays: 0,
			},
			...{ instalmentCents: cents(given.instalment), instalmentMonths: 1 },
		});
		const dues = duesOf(plan, 1, String(given.start));
		expect(dues.map(({ dueOn, amountCents }) => [dueOn, eurosOf(amountCents)])).toEqual(expected.due);
	});
});

describe('statute', () => {
	test('the suggested terms are lawful', () => {
		checkTerms(suggestedTerms);
	});

	test.each<[Partial<StatuteTerms>, string, string]>([
		[{ noticeMonths: 2 }, 'noticeMonths', 'M-40'],
		[{ noticeMonths: 61 }, 'noticeMonths', 'M-40'],
		[{ noticeMonths: 12.5 }, 'noticeMonths', 'M-40'],
		[{ nominalCents: 0 }, 'nominalCents', 'S-01'],
		[{ firstPaymentCents: 50_001 }, 'firstPaymentCents', 'S-03'],
		[{ maxShares: 0 }, 'mandatoryShares', 'M-43'],
		[{ mandatoryShares: 41 }, 'mandatoryShares', 'M-43'],
		[{ furtherLiability: 'limited', liabilityCents: 49_999 }, 'liabilityCents', 'M-60'],
		[{ conveningDays: 13 }, 'conveningDays', 'C3'],
		[{ announcementDays: 6 }, 'announcementDays', 'C6'],
		[{ proxyLimit: 3 }, 'proxyLimit', 'V5'],
		[{ boardReserveShare: '0.51' }, 'boardReserveShare', 'P-03'],
		[{ reserveRate: '1.01' }, 'reserveRate', 'P-02'],
		[{ reserveRate: 'x' }, 'reserveRate', 'P-02'],
		[{ dividendCapRate: '-1' }, 'dividendCapRate', 'P-07'],
		[{ reserveCap: { shareOfCapital: '1.5' } }, 'reserveCap', 'P-02'],
		[{ reserveCap: { amountCents: -1 } }, 'reserveCap', 'P-02'],
		[{ ordinaryMajority: '2/5' }, 'ordinaryMajority', 'V7'],
		[{ statuteMajority: '2/3' }, 'statuteMajority', 'V11'],
		[{ statuteMajority: '5/4' }, 'statuteMajority', 'V11'],
	])('%j is out of bounds', (changes, term, rule) => {
		let refusal: unknown;
		try {
			checkTerms(terms(changes));
		} catch (error) {
			refusal = error;
		}
		expect(refusal).toMatchObject({ code: 'statute.out-of-bounds', field: `terms.${term}`, rule });
	});

	test.each([
		['2026-06-12', 12, '2026-01-01', '2026-12-31', '2026'],
		['2026-06-30', 6, '2025-07-01', '2026-06-30', '2025/26'],
		['2026-07-01', 6, '2026-07-01', '2027-06-30', '2026/27'],
		['2028-02-29', 2, '2027-03-01', '2028-02-29', '2027/28'],
		['2099-12-01', 11, '2099-12-01', '2100-11-30', '2099/00'],
	])('%s lies in the fiscal year that ends with month %i', (day, month, start, end, name) => {
		expect(fiscalYearOf(day, month)).toEqual({ start, end, name });
	});
});

describe('joining', () => {
	test('clauses follow the statute; those that the law wants to stand out do', () => {
		const ids = (changes: Partial<StatuteTerms>) => requiredClauses(terms(changes)).map(({ id }) => id);
		expect(ids({ noticeMonths: 12 })).toEqual(['unconditional', 'payments', 'statute-received']);
		expect(ids({ noticeMonths: 13, furtherLiability: 'unlimited' })).toContain('further-payments');
		expect(
			requiredClauses(terms({ noticeMonths: 24, furtherLiability: 'limited' })).filter((c) => c.highlighted),
		).toHaveLength(2);
	});

	test.each([
		['2008-02-29', '2026-02-27', true],
		['2008-02-29', '2026-02-28', false],
		['2008-06-12', '2026-06-11', true],
		['2008-06-12', '2026-06-12', false],
	])('born %s, on %s a minor: %s', (born, day, minor) => {
		expect(isMinor(born, day)).toBe(minor);
	});

	test('people are found however umlauts and accents are typed', () => {
		expect(searchable('  Groß-Bühler  Édith ')).toBe('gross-buehler edith');
	});
});

describe('three numbers', () => {
	const holdingArb = fc
		.record({ nominalCents: fc.nat(1e9), paidCents: fc.nat(1e9) })
		.filter((h) => h.paidCents <= h.nominalCents);

	test('a payment divides without losing a cent and never above the nominal value', () => {
		fc.assert(
			fc.property(holdingArb, fc.integer({ min: 1, max: 1e9 }), (holding, amount) => {
				const { creditedCents, overpaidCents } = splitPayment(amount, holding);
				return (
					creditedCents + overpaidCents === amount &&
					creditedCents >= 0 &&
					overpaidCents >= 0 &&
					holding.paidCents + creditedCents <= holding.nominalCents
				);
			}),
		);
	});

	test('dues never exceed the shares, and reach them exactly where there are instalments', () => {
		const plan = fc.record({
			nominalCents: fc.integer({ min: 100, max: 1e6 }),
			first: fc.nat(1e6),
			instalmentCents: fc.nat(1e5),
			instalmentMonths: fc.integer({ min: 1, max: 24 }),
		});
		fc.assert(
			fc.property(plan, fc.integer({ min: 1, max: 50 }), ({ first, ...rest }, count) => {
				const firstPaymentCents = Math.min(first, rest.nominalCents);
				const instalmentCents =
					rest.instalmentCents === 0 ? 0 : Math.max(rest.instalmentCents, Math.ceil(rest.nominalCents / 100));
				const dues = duesOf(terms({ ...rest, instalmentCents, firstPaymentCents }), count, '2026-01-31');
				const sum = dues.reduce((s, { amountCents }) => s + amountCents, 0);
				const days = dues.map(({ dueOn }) => dueOn);
				return (
					sum === count * (instalmentCents > 0 ? rest.nominalCents : firstPaymentCents) &&
					dues.every((d) => d.amountCents > 0) &&
					new Set(days).size === days.length
				);
			}),
		);
	});

	test('limits', () => {
		checkLimit(suggestedTerms, 39, 1);
		for (const [held, more, code] of [
			[39, 2, 'shares.limit-exceeded'],
			[0, 0, 'shares.count-wrong'],
			[0, 1.5, 'shares.count-wrong'],
		] as const) {
			expect(() => checkLimit(suggestedTerms, held, more)).toThrow(code);
		}
		expect(() => checkLimit(terms({ mandatoryShares: 3 }), 0, 2)).toThrow('shares.below-mandatory');
	});

	const dayArb = fc.integer({ min: 0, max: 20 }).map((n): Day => addDays('2026-01-01', n));
	const changesArb = (min: number, max: number) =>
		fc.array(fc.record({ day: dayArb, cents: fc.integer({ min, max }) }), { maxLength: 8 });
	const sum = (changes: readonly Change[], day: Day) => changes.reduce((s, c) => (c.day <= day ? s + c.cents : s), 0);

	test('after the corrections the books claim on every day what is due and not paid; correcting again changes nothing', () => {
		fc.assert(
			fc.property(changesArb(1, 1000), changesArb(-500, 1000), changesArb(-500, 500), (dues, paid, claims) => {
				const corrections = claimCorrections({ dues, paid, claims }, '2026-01-01', '2026-01-31');
				const corrected = [...claims, ...corrections];
				for (let i = 0; i <= 30; i++) {
					const day = addDays('2026-01-01', i);
					expect(sum(corrected, day)).toBe(claimOf({ dueCents: sum(dues, day), paidCents: sum(paid, day) }));
				}
				expect(claimCorrections({ dues, paid, claims: corrected }, '2026-01-01', '2026-01-31')).toEqual([]);
			}),
		);
	});

	test('the least of a running sum is the least of its days', () => {
		fc.assert(
			fc.property(changesArb(-1000, 1000), dayArb, (changes, from) => {
				const days = Array.from({ length: 31 }, (_, i) => addDays(from, i));
				expect(leastFrom(changes, from)).toBe(Math.min(...days.map((day) => sum(changes, day))));
			}),
		);
	});
});

describe('register', () => {
	const name = { familyName: 'Sommer', givenNames: 'Anke' };
	const address = { street: 'Lindenweg 4', postcode: '43210', town: 'Auental', country: 'DE' };
	const event = (id: string, changes: Partial<RegisterEvent>): RegisterEvent => ({
		...{ id, memberId: 'm', kind: 'changed', effectiveOn: '2020-01-01', recordedAt: new Date('2020-01-02T10:00:00Z') },
		...{ name: null, address: null, sharesChange: 0, reverses: null },
		...changes,
	});
	const events = [
		event('1', { kind: 'joined', name, address, sharesChange: 2 }),
		event('2', { effectiveOn: '2021-03-01', recordedAt: new Date('2021-06-01T10:00:00Z'), sharesChange: 3 }),
		event('3', {
			effectiveOn: '2021-05-01',
			recordedAt: new Date('2021-05-02T10:00:00Z'),
			name: { familyName: 'Winter', givenNames: 'Anke' },
		}),
		event('4', {
			kind: 'reversed',
			effectiveOn: '2021-03-01',
			recordedAt: new Date('2022-01-01T10:00:00Z'),
			reverses: '2',
		}),
		event('5', {
			kind: 'left',
			effectiveOn: '2023-12-31',
			recordedAt: new Date('2023-12-31T20:00:00Z'),
			sharesChange: -2,
		}),
	];

	test.each([
		['2019-12-31', '2030-01-01', undefined],
		['2021-04-01', '2021-05-31', { furtherShares: 1, furtherSharesSince: '2020-01-01', leftOn: null }],
		['2021-04-01', '2021-06-02', { furtherShares: 4, furtherSharesSince: '2021-03-01', name }],
		['2021-05-01', '2021-06-02', { furtherShares: 4, name: { familyName: 'Winter', givenNames: 'Anke' } }],
		['2021-05-01', '2022-06-01', { furtherShares: 1 }],
		['2024-01-01', '2024-01-01', { furtherShares: 0, leftOn: '2023-12-31', joinedOn: '2020-01-01' }],
	])('on %s as known on %s', (day, knownAt, expected) => {
		const entry = registerEntryOf(events, day, new Date(`${knownAt}T00:00:00Z`));
		if (expected) expect(entry).toMatchObject(expected);
		else expect(entry).toBeUndefined();
	});

	test('the order in which events are read does not matter', () => {
		fc.assert(
			fc.property(
				fc.shuffledSubarray(events, { minLength: events.length }),
				fc.integer({ min: 0, max: 2000 }),
				(shuffled, n) => {
					const day = addDays('2019-12-01', n);
					const known = new Date('2024-06-01T00:00:00Z');
					expect(registerEntryOf(shuffled, day, known)).toEqual(registerEntryOf(events, day, known));
				},
			),
		);
	});
});

describe('books and bank', () => {
	const balanced = fc
		.array(
			fc.integer({ min: -1e9, max: 1e9 }).filter((n) => n !== 0),
			{ minLength: 1, maxLength: 20 },
		)
		.map((list): Posting[] => {
			const sum = list.reduce((s, n) => s + n, 0);
			const all = list.map((amount) => ({ account: '1800', cents: amount }));
			return sum === 0 ? all : [...all, { account: '4400', cents: -sum }];
		});

	test('balanced postings pass, one cent more does not; a reversal cancels', () => {
		fc.assert(
			fc.property(balanced, (postings) => {
				fc.pre(postings.length > 1);
				checkPostings(postings);
				checkPostings(reversed(postings));
				expect(reversed(reversed(postings))).toEqual(postings);
				const [first, ...rest] = postings;
				const more = { account: '1800', cents: (first?.cents ?? 0) + ((first?.cents ?? 0) === -1 ? 2 : 1) };
				expect(() => checkPostings([more, ...rest])).toThrow('ledger.not-balanced');
				expect(postingsHash([more, ...rest])).not.toBe(postingsHash(postings));
			}),
		);
	});

	test.each([
		['Jörg Groß-Bühler', 'Joerg Gross-Buehler'],
		['Ødegård & Søn “AS”', 'OEdegard + Soen AS'],
		['//Miete//Mai/', 'Miete/Mai'],
		['a\tb\nc;d', 'a b c d'],
		['Łukasz Çelık', 'Lukasz Celik'],
		['漢字', ''],
	])('%j becomes fit for banks', (text, expected) => {
		expect(sepaText(text, 70)).toBe(expected);
	});

	test('whatever comes in, only the characters of SEPA go out, no longer than allowed', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 1, max: 140 }), (text, max) => {
				const out = sepaText(text, max);
				expect(out.length).toBeLessThanOrEqual(max);
				expect(out).toMatch(/^([A-Za-z0-9':?,\-(+.)]([A-Za-z0-9':?,\-(+.)/ ]*[A-Za-z0-9':?,\-(+.)])?)?$/);
				expect(out).not.toMatch(/\/\/| {2}/);
				expect(sepaText(out, max)).toBe(out);
			}),
		);
	});
});
