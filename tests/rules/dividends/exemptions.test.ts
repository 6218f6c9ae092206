// Exemption orders and certificates: which are accepted, what they cover, day by day and year by year.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	acceptCertificate,
	acceptExemptionOrder,
	certificateApplies,
	changeExemptionAmount,
	correctLate,
	type ExemptionRequest,
	endExemptionOrder,
	exemptionFrom2023Cents,
	exemptionRemainingCents,
} from '../../../api/dividends/rules/exemptions.ts';
import {
	capitalTaxDueOn,
	checkPayoutDay,
	exemptedIncome,
	inflowDay,
	withholdInPaymentOrder,
} from '../../../api/dividends/rules/inflow.ts';
import { taxParametersOn } from '../../../api/dividends/rules/parameters.ts';
import { type Holder, withhold } from '../../../api/dividends/rules/withholding.ts';
import { centsOf, eurosOf } from '../../../api/values/money.ts';
import { codeOf } from './refused.ts';

const law = taxParametersOn('2026-07-01');
const natural: Holder = { kind: 'natural' };

describe('exemption order', () => {
	const request: ExemptionRequest = {
		holder: natural,
		taxId: '36574261809',
		amountCents: 100_000,
		joint: false,
		validFrom: '2026-01-01',
		validTo: null,
	};
	const both = { joint: true, spouseTaxId: '47036892816', amountCents: 200_000 };

	it.each<[string, Partial<ExemptionRequest>, string]>([
		['a full single order', {}, 'nothing refused'],
		['a full joint order', both, 'nothing refused'],
		['a cent too much', { amountCents: 100_001 }, 'dividends.exemption-over-maximum'],
		['a joint order a cent too much', { ...both, amountCents: 200_001 }, 'dividends.exemption-over-maximum'],
		['the maximum of 2023 in 2022', { validFrom: '2022-06-01' }, 'dividends.exemption-over-maximum'],
		['a wrong tax id', { taxId: '36574261890' }, 'dividends.tax-id-invalid'],
		['no tax id', { taxId: null }, 'dividends.tax-id-invalid'],
		['no tax id of the spouse', { ...both, spouseTaxId: null }, 'dividends.spouse-tax-id-missing'],
		['a wrong tax id of the spouse', { ...both, spouseTaxId: '36574261890' }, 'dividends.spouse-tax-id-invalid'],
		['the same tax id twice', { ...both, spouseTaxId: '36574261809' }, 'dividends.spouse-tax-id-same'],
		['nothing', { amountCents: 0 }, 'dividends.exemption-amount-invalid'],
		['less than nothing', { amountCents: -1 }, 'dividends.exemption-amount-invalid'],
		['an end in June', { validTo: '2026-06-30' }, 'dividends.exemption-end-not-year-end'],
		['an end in December', { validTo: '2026-12-31' }, 'nothing refused'],
		['an end before its start', { validTo: '2025-12-31' }, 'dividends.exemption-end-before-start'],
		['a company', { holder: { kind: 'company' } }, 'dividends.exemption-not-natural-person'],
		['a partnership', { holder: { kind: 'partnership' } }, 'dividends.exemption-not-natural-person'],
		['a non-resident', { holder: { kind: 'non-resident' } }, 'dividends.exemption-not-natural-person'],
		['business assets', { holder: { kind: 'natural', inBusinessAssets: true } }, 'dividends.exemption-business-assets'],
	])('asked for: %s', (_, change, code) => {
		expect(codeOf(() => acceptExemptionOrder({ ...request, ...change }))).toBe(code);
	});

	it('that is joint takes over what the single ones used', () => {
		expect(codeOf(() => acceptExemptionOrder({ ...request, ...both, amountCents: 30_000 }, 30_001))).toBe(
			'dividends.exemption-below-used',
		);
		const order = acceptExemptionOrder({ ...request, ...both }, 30_000);
		expect(exemptionRemainingCents(order, '2026-07-01', 30_000)).toBe(170_000);
	});

	it('changes in the year only down to what is used, and ends on a 31 December', () => {
		const order = acceptExemptionOrder({ ...request, amountCents: 50_000 });
		const to = (amountCents: number) => () =>
			changeExemptionAmount(order, { amountCents, on: '2026-09-01', usedInYearCents: 30_000 });
		expect(to(30_000)()).toEqual({ ...order, amountCents: 30_000 });
		expect(codeOf(to(29_999))).toBe('dividends.exemption-below-used');
		expect(codeOf(to(100_001))).toBe('dividends.exemption-over-maximum');
		const end = (validTo: string, usedInYearCents: number) => () =>
			endExemptionOrder(order, { validTo, on: '2026-09-01', usedInYearCents });
		expect(codeOf(end('2025-12-31', 1))).toBe('dividends.exemption-used');
		expect(codeOf(end('2026-09-30', 0))).toBe('dividends.exemption-end-not-year-end');
		expect(codeOf(end('2024-12-31', 0))).toBe('dividends.exemption-end-past');
		expect(end('2026-12-31', 1)()).toEqual({ ...order, validTo: '2026-12-31' });
		expect(exemptionRemainingCents(end('2025-12-31', 0)(), '2026-10-01', 0)).toBe(0);
	});

	it('covers its first and its last day', () => {
		const order = { amountCents: 50_000, joint: false, validFrom: '2026-03-01', validTo: '2026-12-31' };
		const days = ['2026-02-28', '2026-03-01', '2026-12-31', '2027-01-01'];
		expect(days.map((day) => exemptionRemainingCents(order, day, 0))).toEqual([0, 50_000, 50_000, 0]);
		expect(exemptionRemainingCents({ ...order, validTo: null }, '2040-12-31', 60_000)).toBe(0);
	});

	it.each([
		['801.00', '1000.00'],
		['1602.00', '2000.00'],
		['400.00', '499.38'],
		['0.01', '0.01'],
	])('of %s from before 2023 is %s now', (before, now) => {
		expect(eurosOf(exemptionFrom2023Cents(centsOf(before)))).toBe(now);
	});

	it('is a pot of each calendar year, used in payment order', () => {
		const order = { amountCents: 50_000, joint: false, validFrom: '2026-01-01', validTo: '2027-12-31' };
		const days = ['2027-03-31', '2026-07-01', '2026-03-31', '2028-03-31'];
		const results = withholdInPaymentOrder(
			days.map((day) => ({ day, grossCents: 30_000, holder: natural })),
			order,
		);
		expect(
			results.map(({ day, withholding, remainingCents }) => [day, withholding.exemptCents, remainingCents]),
		).toEqual([
			['2026-03-31', 30_000, 20_000],
			['2026-07-01', 20_000, 0],
			['2027-03-31', 30_000, 20_000],
			['2028-03-31', 0, 0],
		]);
		expect(exemptedIncome(results, 2026)).toEqual({ byOrderCents: 50_000, byNoAssessmentCents: 0 });
		expect(exemptedIncome(results, 2028)).toEqual({ byOrderCents: 0, byNoAssessmentCents: 0 });
	});

	it('never exempts more than the pot in a year, in whatever order the inflows are named', () => {
		const day = fc.constantFrom('2026-01-15', '2026-07-01', '2026-12-30', '2027-01-15', '2027-07-01');
		const inflows = fc.uniqueArray(fc.record({ day, grossCents: fc.nat(150_000), holder: fc.constant(natural) }), {
			selector: (i) => i.day,
		});
		fc.assert(
			fc.property(inflows, fc.nat(100_000), fc.nat(50_000), (list, amountCents, usedCents) => {
				const order = { amountCents, joint: false, validFrom: '2026-01-01', validTo: null };
				const results = withholdInPaymentOrder(list, order, { 2026: usedCents });
				expect(withholdInPaymentOrder(list.toReversed(), order, { 2026: usedCents })).toEqual(results);
				const exempt = (year: number) => exemptedIncome(results, year).byOrderCents;
				expect(exempt(2026)).toBeLessThanOrEqual(Math.max(0, amountCents - usedCents));
				expect(exempt(2027)).toBeLessThanOrEqual(amountCents);
			}),
		);
	});

	it('handed in late gives the tax back, by duty until a certificate is issued', () => {
		const due = withhold({ grossCents: 10_000, holder: natural, exemptionRemainingCents: 6000 }, law);
		const ways = ['amended-return', 'offset-in-next-return'];
		expect(correctLate(2637, due, false)).toEqual({ mandatory: true, refundCents: 1582, via: ways });
		expect(correctLate(2637, due, true)).toEqual({ mandatory: false, refundCents: 1582, via: ways });
		expect(correctLate(1055, due, false)).toEqual({ mandatory: false, refundCents: 0, via: [] });
	});
});

describe('certificate', () => {
	const certificate = { kind: 'no-assessment' as const, validFrom: '2024-05-01', validTo: '2026-12-31' };

	it.each([
		[certificate, 'nothing refused'],
		[{ ...certificate, validFrom: '2024-01-01' }, 'nothing refused'],
		[{ ...certificate, validTo: '2027-12-31' }, 'dividends.certificate-too-long'],
		[{ ...certificate, validFrom: '2024-12-31', validTo: '2027-12-31' }, 'dividends.certificate-too-long'],
		[{ ...certificate, validTo: '2026-06-30' }, 'dividends.certificate-end-not-year-end'],
		[{ ...certificate, validTo: '2023-12-31' }, 'dividends.certificate-end-before-start'],
	])('of no assessment %o: %s', (wish, code) => {
		expect(codeOf(() => acceptCertificate(wish, natural))).toBe(code);
	});

	it('fits only certain holders and counts on its days', () => {
		expect(codeOf(() => acceptCertificate(certificate, { kind: 'company' }))).toBe(
			'dividends.certificate-not-for-holder',
		);
		expect(
			codeOf(() =>
				acceptCertificate({ ...certificate, kind: 'exempt-body', validTo: '2029-06-30' }, { kind: 'public-body' }),
			),
		).toBe('nothing refused');
		const days = ['2024-04-30', '2024-05-01', '2026-12-31', '2027-01-01'];
		expect(days.map((day) => certificateApplies(certificate, day))).toEqual([false, true, true, false]);
	});

	it('of no assessment is reported apart from orders', () => {
		const holder: Holder = { ...natural, certificate: 'no-assessment' };
		const results = withholdInPaymentOrder([{ day: '2026-07-01', grossCents: 184_000, holder }], null);
		expect(exemptedIncome(results, 2026)).toEqual({ byOrderCents: 0, byNoAssessmentCents: 184_000 });
	});
});

describe('inflow', () => {
	it('is the payout day, else the day fixed, else the day after the resolution', () => {
		expect(inflowDay('2026-06-19', '2026-07-01')).toBe('2026-07-01');
		expect(inflowDay('2026-06-20')).toBe('2026-06-21');
		expect(inflowDay('2026-06-20', null, '2026-06-30')).toBe('2026-06-30');
		expect([capitalTaxDueOn('2026-07-01'), capitalTaxDueOn('2026-06-21')]).toEqual(['2026-07-01', '2026-06-22']);
	});

	it('needs a payout day that is a bank day and seven days away', () => {
		const check = (payoutOn: string) => codeOf(() => checkPayoutDay('2026-06-19', payoutOn));
		expect(check('2026-06-26')).toBe('nothing refused');
		expect(check('2026-06-25')).toBe('dividends.payout-too-early');
		expect(check('2026-06-27')).toBe('dividends.payout-not-bank-day');
	});
});
