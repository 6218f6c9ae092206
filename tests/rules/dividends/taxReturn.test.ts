// What follows a run: the return of the tax, answers on church tax, certificates; and who pays tax on a part only.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	blockBefore,
	type ChurchTaxAnswer,
	churchTaxAnswerOn,
	dutyAtStart,
	mayOmitYearlyQuery,
	type QueryOccasion,
	religionAfter,
	yearlyQuery,
} from '../../../api/dividends/rules/churchTax.ts';
import { notTaxableParts } from '../../../api/dividends/rules/contributionAccount.ts';
import { taxParametersOn } from '../../../api/dividends/rules/parameters.ts';
import { withholdFromSpouses } from '../../../api/dividends/rules/spouses.ts';
import {
	type CertifiedPayment,
	certificateFigures,
	issueCertificate,
	taxRecordKeptTo,
} from '../../../api/dividends/rules/taxCertificate.ts';
import {
	type CapitalIncome,
	correctionOf,
	type ReturnLine,
	returnDuty,
	taxReturns,
} from '../../../api/dividends/rules/taxReturn.ts';
import { withhold } from '../../../api/dividends/rules/withholding.ts';

const law = taxParametersOn('2026-07-01');
const lineOf = (
	grossCents: number,
	churchRate: string,
	community: string | null,
	inflowOn = '2026-07-01',
): ReturnLine => ({
	...withhold({ grossCents, holder: { kind: 'natural', churchRate } }, law),
	...{ inflowOn, community: churchRate === '0' ? null : community },
});
const line = fc
	.record({
		grossCents: fc.nat(900_000),
		rate: fc.constantFrom('0', '0.08', '0.09'),
		community: fc.constantFrom('ev', 'rk'),
	})
	.map(({ grossCents, rate, community }) => lineOf(grossCents, rate, community));

describe('the return', () => {
	it.each<[CapitalIncome, string, string, string | null]>([
		['dividend', '2026-07-01', 'daily', '2026-07-01'],
		['balance-interest', '2026-06-28', 'daily', '2026-06-29'],
		['participating-loan', '2026-12-31', 'monthly', '2027-01-11'],
		['silent-partnership', '2026-01-31', 'monthly', '2026-02-10'],
		['member-loan', '2026-06-30', 'none', null],
	])('of %s paid on %s is %s, due %s', (income, paidOn, kind, dueOn) => {
		expect(returnDuty(income, paidOn)).toEqual({ kind, dueOn });
	});

	it('pays full euros of capital tax, keeps less than a euro, and sums to what was withheld', () => {
		fc.assert(
			fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (lines) => {
				const withheld = lines.reduce((sum, l) => sum + l.capitalTaxCents + l.solidarityCents + l.churchTaxCents, 0);
				const [only, ...more] = taxReturns(lines);
				expect(more).toEqual([]);
				expect(only!.capitalTaxFullEuroCents % 100).toBe(0);
				expect(only!.roundingGainCents).toBeLessThan(100);
				expect(only!.payCents + only!.roundingGainCents).toBe(withheld);
				expect(taxReturns([...lines].reverse())).toEqual([only]);
			}),
		);
	});

	it('rounds once for each due day, which a weekend may share with Monday', () => {
		const days = ['2026-06-27', '2026-06-29', '2026-06-30'].map((day) => lineOf(1_002, '0', null, day));
		const returns = taxReturns(days).map(({ dueOn, capitalTaxCents, capitalTaxFullEuroCents }) => {
			return [dueOn, capitalTaxCents, capitalTaxFullEuroCents];
		});
		expect(returns).toEqual([
			['2026-06-29', 502, 500],
			['2026-06-30', 251, 200],
		]);
	});

	it('is due also if nothing was withheld, and says why', () => {
		const nothing = withhold({ grossCents: 5_000, holder: { kind: 'natural' }, exemptionRemainingCents: 9_000 }, law);
		const charity = withhold({ grossCents: 7_000, holder: { kind: 'charity', certificate: 'charitable' } }, law);
		const body = withhold({ grossCents: 8_000, holder: { kind: 'public-body', certificate: 'exempt-body' } }, law);
		const at = { inflowOn: '2026-07-01', community: null };
		expect(taxReturns([{ ...nothing, ...at }])[0]).toMatchObject({
			payCents: 0,
			less: [{ because: 'exemption-order', incomeCents: 5_000 }],
		});
		const part = withhold({ grossCents: 4_000, notTaxableCents: 1_000, holder: { kind: 'natural' } }, law);
		expect(taxReturns([charity, { ...body, threeFifths: true }, part].map((l) => ({ ...l, ...at })))[0]!.less).toEqual([
			{ because: 'charitable', incomeCents: 7_000 },
			{ because: 'exempt-body', incomeCents: 8_000 },
			{ because: 'not-taxable', incomeCents: 1_000 },
		]);
	});

	it('takes off what was withheld too much before, or has the earlier return amended', () => {
		const next = [lineOf(40_000, '0.09', 'rk')];
		const tooMuch = correctionOf(lineOf(10_000, '0.09', 'rk'), lineOf(0, '0', null));
		expect(tooMuch).toEqual([{ capitalTaxCents: 2_445, solidarityCents: 134, churchTaxCents: 220, community: 'rk' }]);
		const [plain] = taxReturns(next);
		const [offset] = taxReturns(next, tooMuch);
		expect(offset).toMatchObject({
			corrected: 'offset-in-next-return',
			capitalTaxCents: plain!.capitalTaxCents - 2_445,
		});
		expect(taxReturns(next, [{ ...tooMuch[0]!, community: 'ev' }])).toEqual([
			{ ...plain, corrected: 'amended-return' },
		]);
		expect(correctionOf(next[0]!, next[0]!)).toEqual([]);
		expect(correctionOf(lineOf(10_000, '0.09', 'rk'), lineOf(10_000, '0.09', 'ev'))).toEqual([
			{ capitalTaxCents: 0, solidarityCents: 0, churchTaxCents: 220, community: 'rk' },
			{ capitalTaxCents: 0, solidarityCents: 0, churchTaxCents: -220, community: 'ev' },
		]);
	});

	it('does not take church tax without a community', () => {
		expect(() => taxReturns([{ ...lineOf(10_000, '0.09', 'rk'), community: null }])).toThrow(RangeError);
	});
});

describe('answers on church tax', () => {
	const answer = (occasion: QueryOccasion, askedOn: string, rate: string): ChurchTaxAnswer => ({
		...{ occasion, askedOn, rate, key: rate === '0' ? null : '310900' },
	});

	it.each<[string, ChurchTaxAnswer[], string, string | null]>([
		['autumn governs the whole next year', [answer('yearly', '2025-09-03', '0.09')], '2026-07-01', '0.09'],
		['and no other', [answer('yearly', '2025-09-03', '0.09')], '2027-01-04', null],
		['nor its own', [answer('yearly', '2025-09-03', '0.09')], '2025-12-30', null],
		['the start bridges to the year end', [answer('start', '2026-03-10', '0.08')], '2026-07-01', '0.08'],
		['not to the year after', [answer('start', '2026-03-10', '0.08')], '2027-07-01', null],
		[
			'a start after the key date to the end of the next',
			[answer('start', '2026-09-10', '0.08')],
			'2027-07-01',
			'0.08',
		],
		['not before it', [answer('start', '2026-03-10', '0.08')], '2026-03-09', null],
		[
			'on request the later answer',
			[answer('member-request', '2026-05-02', '0'), answer('yearly', '2025-09-03', '0.09')],
			'2026-07-01',
			'0',
		],
	])('%s', (_, answers, inflowOn, rate) => {
		expect(churchTaxAnswerOn(answers, inflowOn)?.rate ?? null).toBe(rate);
	});

	it('leave nothing on file after a zero value', () => {
		expect(religionAfter({ rate: '0', key: null })).toEqual({ rate: '0', key: null, erase: true });
		expect(religionAfter({ rate: '0.09', key: '310900' })).toEqual({ rate: '0.09', key: '310900', erase: false });
	});

	it('are asked for on their days and of those whom it concerns', () => {
		expect(yearlyQuery(2026)).toEqual({
			...{ keyDate: '2026-08-31', from: '2026-09-01', to: '2026-10-31' },
			...{ governsYear: 2027, blockBy: '2026-06-30' },
		});
		expect(blockBefore('2026-04-30')).toBe('2026-02-28');
		expect(dutyAtStart({ kind: 'natural' })).toEqual({ query: true, inform: true });
		expect(dutyAtStart({ kind: 'natural', inBusinessAssets: true })).toEqual({ query: false, inform: false });
		expect(dutyAtStart({ kind: 'company' })).toEqual({ query: false, inform: false });
		const quiet = { distributionExpected: false, queriesAtShortNotice: true, allMembersConsent: true };
		expect(mayOmitYearlyQuery(quiet)).toBe(true);
		expect(mayOmitYearlyQuery({ ...quiet, distributionExpected: true })).toBe(false);
	});
});

describe('the certificate', () => {
	const payment: CertifiedPayment = {
		...{ resolvedOn: '2026-06-19', paidOn: '2026-07-01', grossCents: 25_000, notTaxableCents: 1_000 },
		...{ exemptionUsedCents: 20_000, capitalTaxCents: 978, solidarityCents: 53, churchTaxCents: 88, community: 'rk' },
	};

	it('sums the payments it is for', () => {
		expect(certificateFigures([payment])).toMatchObject({
			scope: 'single',
			incomeCents: 24_000,
			exemptUsedCents: 20_000,
		});
		const earlier = { ...payment, paidOn: '2026-03-01', churchTaxCents: 0, community: null };
		const both = certificateFigures([payment, earlier]);
		expect(both).toMatchObject({ scope: 'combined', incomeCents: 48_000, churchTaxCents: 88, community: 'rk' });
		expect(both.payments.map(({ paidOn }) => paidOn)).toEqual(['2026-03-01', '2026-07-01']);
		expect(() => certificateFigures([])).toThrow(RangeError);
		expect(() => certificateFigures([payment, { ...payment, community: 'ev' }])).toThrow(RangeError);
		expect(() => certificateFigures([{ ...payment, community: null }])).toThrow(RangeError);
	});

	it('is valid once, and replaced by a marked one if its figures were wrong', () => {
		const first = issueCertificate([], certificateFigures([payment]), '2026-08-01');
		expect(issueCertificate(first.certificates, certificateFigures([payment]), '2026-08-20')).toEqual({
			certificates: first.certificates,
			reportToTaxOffice: false,
		});
		const right = certificateFigures([{ ...payment, capitalTaxCents: 900 }]);
		const second = issueCertificate(first.certificates, right, '2026-09-01');
		const third = issueCertificate(second.certificates, certificateFigures([payment]), '2026-09-05');
		expect(second.reportToTaxOffice).toBe(true);
		expect(third.certificates.map(({ status, mark, issuedOn }) => [status, mark, issuedOn])).toEqual([
			['replaced', null, '2026-08-01'],
			['replaced', 'berichtigt', '2026-09-01'],
			['issued', 'berichtigt', '2026-09-05'],
		]);
		expect(taxRecordKeptTo(2026)).toBe('2033-12-31');
	});
});

describe('tax on a part', () => {
	it('leaves out what the contribution account pays, to the cent and never more than the dividend', () => {
		const dividends = fc
			.array(fc.nat(500_000), { minLength: 1, maxLength: 30 })
			.map((all) => all.map((grossCents, i) => ({ memberNumber: i + 1, grossCents })));
		fc.assert(
			fc.property(dividends, fc.nat(1_000), (all, permille) => {
				const total = all.reduce((sum, { grossCents }) => sum + grossCents, 0);
				const amountCents = Math.floor((total * permille) / 1_000);
				const parts = notTaxableParts(all, amountCents);
				expect(parts.reduce((sum, cents) => sum + cents, 0)).toBe(amountCents);
				for (const [i, cents] of parts.entries()) expect(cents).toBeLessThanOrEqual(all[i]!.grossCents);
				expect([...notTaxableParts([...all].reverse(), amountCents)].reverse()).toEqual(parts);
			}),
		);
		expect(() => notTaxableParts([{ memberNumber: 1, grossCents: 10 }], 11)).toThrow(RangeError);
	});

	it('withholds church tax from each spouse’s half', () => {
		const both = withholdFromSpouses({ grossCents: 20_000 }, ['0.09', '0'], law);
		expect(both).toMatchObject({ capitalTaxCents: 2_445 + 2_500, solidarityCents: 134 + 137, churchTaxCents: 220 });
		fc.assert(
			fc.property(fc.nat(900_000), fc.nat(1_000), (grossCents, permille) => {
				const notTaxableCents = Math.floor((grossCents * permille) / 1_000);
				const spouses = withholdFromSpouses({ grossCents, notTaxableCents }, ['0.08', '0.09'], law);
				const taxes = spouses.capitalTaxCents + spouses.solidarityCents + spouses.churchTaxCents;
				expect(spouses.netCents + taxes).toBe(grossCents);
				expect(spouses.taxableCents).toBe(grossCents - notTaxableCents);
			}),
		);
	});
});
