// Deduction: the rulebook's figures, the same law in whole numbers, and lines from which a member can work it out again.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Rounding, roundCents, taxParametersOn } from '../../../api/dividends/rules/parameters.ts';
import {
	type CertificateKind,
	certificateKinds,
	type Holder,
	holderKinds,
	type Inflow,
	type Withholding,
	withhold,
} from '../../../api/dividends/rules/withholding.ts';
import { centsOf, Decimal, eurosOf } from '../../../api/values/money.ts';
import { codeOf } from './refused.ts';

const law = taxParametersOn('2026-07-01');
const natural: Holder = { kind: 'natural' };
const figures = (w: Withholding) =>
	[w.exemptCents, w.taxableCents, w.capitalTaxCents, w.solidarityCents, w.churchTaxCents, w.netCents].map(eurosOf);

describe('deduction', () => {
	it.each<[string, string, Holder, string, string[]]>([
		['plain', '100.00', natural, '0.00', ['0.00', '100.00', '25.00', '1.37', '0.00', '73.63']],
		[
			'church 9 %',
			'100.00',
			{ ...natural, churchRate: '0.09' },
			'0.00',
			['0.00', '100.00', '24.45', '1.34', '2.20', '72.01'],
		],
		[
			'church 8 %',
			'100.00',
			{ ...natural, churchRate: '0.08' },
			'0.00',
			['0.00', '100.00', '24.51', '1.34', '1.96', '72.19'],
		],
		[
			'church 9 %, odd amount',
			'812.34',
			{ ...natural, churchRate: '0.09' },
			'0.00',
			['0.00', '812.34', '198.62', '10.92', '17.87', '584.93'],
		],
		['order covers part', '250.00', natural, '200.00', ['200.00', '50.00', '12.50', '0.68', '0.00', '236.82']],
		[
			'order covers part, church 9 %',
			'250.00',
			{ ...natural, churchRate: '0.09' },
			'200.00',
			['200.00', '50.00', '12.22', '0.67', '1.09', '236.02'],
		],
		['order covers all', '100.00', natural, '200.00', ['100.00', '0.00', '0.00', '0.00', '0.00', '100.00']],
		[
			'no assessment',
			'1840.00',
			{ ...natural, certificate: 'no-assessment' },
			'0.00',
			['1840.00', '0.00', '0.00', '0.00', '0.00', '1840.00'],
		],
		[
			'charitable',
			'1000.00',
			{ kind: 'charity', certificate: 'charitable' },
			'0.00',
			['1000.00', '0.00', '0.00', '0.00', '0.00', '1000.00'],
		],
		[
			'three fifths',
			'1000.00',
			{ kind: 'public-body', certificate: 'exempt-body' },
			'0.00',
			['0.00', '1000.00', '150.00', '8.25', '0.00', '841.75'],
		],
		[
			'public body without certificate',
			'1000.00',
			{ kind: 'public-body' },
			'0.00',
			['0.00', '1000.00', '250.00', '13.75', '0.00', '736.25'],
		],
		[
			'company: no order, no church',
			'1000.00',
			{ kind: 'company', churchRate: '0.09' },
			'500.00',
			['0.00', '1000.00', '250.00', '13.75', '0.00', '736.25'],
		],
		[
			'partnership: no order, no church',
			'1000.00',
			{ kind: 'partnership', churchRate: '0.09' },
			'500.00',
			['0.00', '1000.00', '250.00', '13.75', '0.00', '736.25'],
		],
		[
			'non-resident',
			'500.00',
			{ kind: 'non-resident' },
			'0.00',
			['0.00', '500.00', '125.00', '6.87', '0.00', '368.13'],
		],
		[
			'business assets',
			'100.00',
			{ ...natural, inBusinessAssets: true, churchRate: '0.09' },
			'50.00',
			['0.00', '100.00', '25.00', '1.37', '0.00', '73.63'],
		],
		[
			'certificate of another kind of holder',
			'100.00',
			{ kind: 'company', certificate: 'no-assessment' },
			'0.00',
			['0.00', '100.00', '25.00', '1.37', '0.00', '73.63'],
		],
		['one cent', '0.01', natural, '0.00', ['0.00', '0.01', '0.00', '0.00', '0.00', '0.01']],
		['nothing', '0.00', natural, '0.00', ['0.00', '0.00', '0.00', '0.00', '0.00', '0.00']],
		['surcharge without fractions', '107.61', natural, '0.00', ['0.00', '107.61', '26.90', '1.47', '0.00', '79.24']],
	])('%s', (_, gross, holder, remaining, expected) => {
		const inflow = { grossCents: centsOf(gross), holder, exemptionRemainingCents: centsOf(remaining) };
		expect(figures(withhold(inflow, law))).toEqual(expected);
	});

	it.each<[Rounding, string]>([
		['half-up', '2.51'],
		['down', '2.50'],
		['up', '2.51'],
	])('half a cent of tax, rounded %s', (capitalTaxRounding, expected) => {
		const { capitalTaxCents } = withhold({ grossCents: 1002, holder: natural }, { ...law, capitalTaxRounding });
		expect(eurosOf(capitalTaxCents)).toBe(expected);
	});

	it('leaves out what comes from the contribution account', () => {
		const part = withhold(
			{ grossCents: 100_000, notTaxableCents: 20_000, holder: natural, exemptionRemainingCents: 10_000 },
			law,
		);
		expect(figures(part)).toEqual(['100.00', '700.00', '175.00', '9.62', '0.00', '815.38']);
		const all = withhold(
			{ grossCents: 100_000, notTaxableCents: 100_000, holder: natural, exemptionRemainingCents: 10_000 },
			law,
		);
		expect([all.exemptionUsedCents, all.netCents]).toEqual([0, 100_000]);
	});

	it('leaves the order untouched where a certificate already exempts', () => {
		const { exemptBy, exemptionUsedCents } = withhold(
			{ grossCents: 5000, holder: { ...natural, certificate: 'no-assessment' }, exemptionRemainingCents: 5000 },
			law,
		);
		expect([exemptBy, exemptionUsedCents]).toEqual(['no-assessment', 0]);
	});

	it('refuses amounts that do not fit together', () => {
		for (const wrong of [
			{ grossCents: -1 },
			{ grossCents: 1.5 },
			{ grossCents: 10, notTaxableCents: 11 },
			{ grossCents: 10, exemptionRemainingCents: -1 },
		]) {
			expect(() => withhold({ holder: natural, ...wrong }, law)).toThrow(RangeError);
		}
	});

	const holder: fc.Arbitrary<Holder> = fc.record(
		{
			kind: fc.constantFrom(...holderKinds),
			inBusinessAssets: fc.boolean(),
			certificate: fc.constantFrom<CertificateKind>(...certificateKinds),
			churchRate: fc.constantFrom('0', '0.08', '0.09'),
		},
		{ requiredKeys: ['kind'] },
	);
	const amount = fc.nat(100_000_000);
	const inflow: fc.Arbitrary<Inflow> = fc
		.tuple(amount, fc.nat(100), holder, fc.nat(200_000))
		.map(([grossCents, percent, whose, exemptionRemainingCents]) => ({
			grossCents,
			notTaxableCents: percent < 80 ? 0 : Math.floor((grossCents * percent) / 100),
			holder: whose,
			exemptionRemainingCents,
		}));

	it('is net plus taxes, and its lines add up to it', () => {
		fc.assert(
			fc.property(inflow, (given) => {
				const result = withhold(given, law);
				const line = Object.fromEntries(result.steps.map((step) => [step.step, step.amountCents]));
				expect(result.netCents + result.capitalTaxCents + result.solidarityCents + result.churchTaxCents).toBe(
					result.grossCents,
				);
				expect(result.taxTotalCents).toBe(result.grossCents - result.netCents);
				expect(line.gross! - line['not-taxable']! - line.exempt!).toBe(line.taxable);
				expect(line.gross! - line['capital-tax']! - line.solidarity! - line['church-tax']!).toBe(line.net);
				expect(line.net).toBe(result.netCents);
				expect(Math.min(...result.steps.map(({ amountCents }) => amountCents))).toBeGreaterThanOrEqual(0);
				expect(result.exemptionUsedCents).toBeLessThanOrEqual(given.exemptionRemainingCents!);
			}),
		);
	});

	it('can be worked out again from its lines alone', () => {
		fc.assert(
			fc.property(inflow, (given) => {
				const { steps } = withhold(given, law);
				for (const { amountCents, of, rate: share, churchRate = '0', rounding } of steps) {
					if (of === undefined || share === undefined || rounding === undefined) continue;
					const basis = steps.find(({ step }) => step === of)!.amountCents;
					const exact = new Decimal(basis).mul(share).div(new Decimal(share).mul(churchRate).plus(1));
					expect(roundCents(rounding, exact)).toBe(amountCents);
				}
			}),
		);
	});

	it('agrees with the same law in whole numbers', () => {
		fc.assert(
			fc.property(amount, fc.constantFrom(0, 8, 9), (grossCents, percent) => {
				const result = withhold({ grossCents, holder: { ...natural, churchRate: `0.0${percent}` } }, law);
				const divisor = 400n + BigInt(percent);
				const capitalTax = (2n * 100n * BigInt(grossCents) + divisor) / (2n * divisor);
				expect(BigInt(result.capitalTaxCents)).toBe(capitalTax);
				expect(BigInt(result.solidarityCents)).toBe((capitalTax * 55n) / 1000n);
				expect(BigInt(result.churchTaxCents)).toBe((capitalTax * BigInt(percent)) / 100n);
			}),
		);
	});

	it('leaves more net to who gets more gross, but for the cents that three roundings can cost', () => {
		fc.assert(
			fc.property(inflow, fc.nat(1000), (given, more) => {
				const less = withhold(given, law);
				const larger = withhold({ ...given, grossCents: given.grossCents + more }, law);
				expect(larger.netCents).toBeGreaterThanOrEqual(less.netCents - (more === 0 ? 0 : 2));
				if (more >= 10) expect(larger.netCents).toBeGreaterThan(less.netCents);
			}),
		);
	});

	it('knows the law of each day', () => {
		expect(taxParametersOn('2022-12-31').exemptionMaximumCents).toBe(80_100);
		expect(taxParametersOn('2023-01-01').jointExemptionMaximumCents).toBe(200_000);
		expect(codeOf(() => taxParametersOn('2008-12-31'))).toBe('dividends.tax-law-unknown');
	});
});
