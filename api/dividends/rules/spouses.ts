// A partnership of spouses only, whose church tax is withheld from each one's half.
import type { TaxParameters } from './parameters.ts';
import { type Withholding, withhold } from './withholding.ts';

/** The deduction from each spouse's half, and both together, in cents. */
export interface SpousesWithholding
	extends Pick<
		Withholding,
		| 'grossCents'
		| 'notTaxableCents'
		| 'taxableCents'
		| 'capitalTaxCents'
		| 'solidarityCents'
		| 'churchTaxCents'
		| 'netCents'
	> {
	readonly halves: readonly [Withholding, Withholding];
}

/**
 * The deduction from a dividend of a partnership that only spouses or partners for life belong to: half of it for each, at each one's
 * church rate (§ 51a(2c) S. 7 EStG, T-28); an odd cent goes to the first. A partnership has no exemption order (T-21).
 * Throws RangeError for amounts that are no whole cents or do not fit together.
 */
export function withholdFromSpouses(
	{ grossCents, notTaxableCents = 0 }: { readonly grossCents: number; readonly notTaxableCents?: number },
	churchRates: readonly [string, string],
	parameters: TaxParameters,
): SpousesWithholding {
	const half = (place: 0 | 1): Withholding => {
		const part = (cents: number) => (place === 0 ? Math.ceil(cents / 2) : Math.floor(cents / 2));
		const holder = { kind: 'natural' as const, churchRate: churchRates[place] };
		return withhold({ grossCents: part(grossCents), notTaxableCents: part(notTaxableCents), holder }, parameters);
	};
	const [first, second] = [half(0), half(1)];
	return {
		...{ grossCents, notTaxableCents, halves: [first, second] },
		taxableCents: first.taxableCents + second.taxableCents,
		capitalTaxCents: first.capitalTaxCents + second.capitalTaxCents,
		solidarityCents: first.solidarityCents + second.solidarityCents,
		churchTaxCents: first.churchTaxCents + second.churchTaxCents,
		netCents: first.netCents + second.netCents,
	};
}
