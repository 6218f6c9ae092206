// tax/member_withholding: one inflow of one member through the deduction.
import { type Rounding, type TaxParameters, taxParametersOn } from '../../api/dividends/rules/parameters.ts';
import { type Holder, type Withholding, withhold } from '../../api/dividends/rules/withholding.ts';
import { eurosOf } from '../../api/values/money.ts';
import { centsIn, dayIn, type Fields, fieldsOf, firstOf, textOf, type VectorCase } from './given.ts';

const roundings: Readonly<Record<string, Rounding>> = { HALF_UP: 'half-up', DOWN: 'down', UP: 'up' };

// First match counts: the names say both who holds the shares and which certificate is there.
const holderNames: readonly (readonly [RegExp, Holder])[] = [
	[/no_cert/, { kind: 'public-body' }],
	[/44a_?7/, { kind: 'charity', certificate: 'charitable' }],
	[/44a_?8/, { kind: 'public-body', certificate: 'exempt-body' }],
	[/44a_?5/, { kind: 'natural', inBusinessAssets: true, certificate: 'lasting-excess' }],
	[/non_?resident|foreign/, { kind: 'non-resident' }],
	[/partnership|gbr|ohg|kg/, { kind: 'partnership' }],
	[/charity|nonprofit/, { kind: 'charity' }],
	[/public|municipality|church/, { kind: 'public-body' }],
	[/company|corporat|gmbh|ag$|^eg$|cooperative|legal/, { kind: 'company' }],
	[/business/, { kind: 'natural', inBusinessAssets: true }],
	[/natural|minor|person/, { kind: 'natural' }],
];

/** The holder a case describes; undefined if it names a kind or a share of the tax that no rule knows. */
export function holderOf(given: Fields): Holder | undefined {
	const name = textOf(firstOf(given, 'member_kind', 'kind')) ?? 'natural';
	const named = holderNames.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1];
	const factor = Number(textOf(given.kapest_factor) ?? '1');
	const reduced = factor === 0.6;
	if (!named || (factor !== 1 && !reduced)) return undefined;
	const hasNoAssessment = firstOf(given, 'nv_certificate', 'nv') === true && named.kind === 'natural';
	return {
		...named,
		...(reduced && { kind: named.kind === 'natural' ? 'public-body' : named.kind, certificate: 'exempt-body' }),
		...(hasNoAssessment && { certificate: 'no-assessment' }),
		...(firstOf(given, 'business_assets', 'in_business_assets') === true && { inBusinessAssets: true }),
		churchRate: textOf(given.church_rate) ?? '0',
	};
}

/** The law of the case's day with the roundings it asks for; undefined for a rounding that no rule knows. */
export function parametersOf(given: Fields): TaxParameters | undefined {
	const law = taxParametersOn(dayIn(firstOf(given, 'payout', 'payout_date', 'date', 'zufluss'), '2026-07-01'));
	const capitalTaxRounding = roundings[textOf(given.kapest_rounding) ?? 'HALF_UP'];
	const churchTaxRounding = roundings[textOf(given.kist_rounding) ?? 'DOWN'];
	return capitalTaxRounding && churchTaxRounding && { ...law, capitalTaxRounding, churchTaxRounding };
}

/** A deduction under the names the cases use. */
export function figuresOf(result: Withholding): Fields {
	return {
		gross: eurosOf(result.grossCents),
		not_taxable: eurosOf(result.notTaxableCents),
		exempt: eurosOf(result.exemptCents),
		taxable: eurosOf(result.taxableCents),
		kapest: eurosOf(result.capitalTaxCents),
		soli: eurosOf(result.solidarityCents),
		kist: eurosOf(result.churchTaxCents),
		tax_total: eurosOf(result.taxTotalCents),
		net: eurosOf(result.netCents),
		net_payout: eurosOf(result.netCents),
	};
}

/** The deduction from `grossCents` for the member a case describes; undefined if no rule covers it. */
export function withholdingOf(given: Fields, grossCents: number): Withholding | undefined {
	const holder = holderOf(given);
	const parameters = parametersOf(given);
	if (!holder || !parameters) return undefined;
	const notTaxableCents = centsIn(given.not_taxable_einlagekonto);
	return withhold(
		{ grossCents, notTaxableCents, holder, exemptionRemainingCents: centsIn(given.fsa_remaining) },
		parameters,
	);
}

/** The deduction of a case of tax/member_withholding. */
export function memberWithholding(testCase: VectorCase): Fields | undefined {
	const given = fieldsOf(testCase.given);
	const result = withholdingOf(given, centsIn(given.gross));
	return result && figuresOf(result);
}
