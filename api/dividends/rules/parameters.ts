// The tax law of each day as dated parameters: rates, exempt maxima, and how each tax is brought to whole cents.
import type { Day } from '../../values/calendar.ts';
import { ceilCent, type Decimal, floorCent, halfUpCent } from '../../values/money.ts';
import { Refusal } from '../../values/refusal.ts';

/** How an amount is brought to whole cents: nearest with halves up (kaufmännisch), down, or up. */
export type Rounding = 'half-up' | 'down' | 'up';

const roundings: Readonly<Record<Rounding, (cents: Decimal) => number>> = {
	'half-up': halfUpCent,
	down: floorCent,
	up: ceilCent,
};

/** An amount in cents brought to whole cents by the named rounding. */
export function roundCents(rounding: Rounding, cents: Decimal): number {
	return roundings[rounding](cents);
}

/** What the law says from a day on; rates are decimal texts ('0.25'). */
export interface TaxParameters {
	readonly validFrom: Day;
	/** Capital income tax (Kapitalertragsteuer), § 43a(1) S. 1 Nr. 1 EStG. */
	readonly capitalTaxRate: string;
	/** Share of it that a holder of a § 44a(8) certificate still bears. */
	readonly exemptBodyShare: string;
	/** Solidarity surcharge on the capital income tax (Solidaritätszuschlag), § 4 SolZG. */
	readonly solidarityRate: string;
	/** Most that one exemption order may cover (Sparer-Pauschbetrag), § 20(9) EStG. */
	readonly exemptionMaximumCents: number;
	/** The same for spouses assessed jointly. */
	readonly jointExemptionMaximumCents: number;
	/** The statute is silent: nearest cent is practice, the half cent a convention (T-10). */
	readonly capitalTaxRounding: Rounding;
	/** Down by the church tax law of Bavaria for other forms of church tax, elsewhere a convention (T-13). */
	readonly churchTaxRounding: Rounding;
}

/** The law of dividends since the flat tax of 2009, oldest first. */
export const taxParameters: readonly TaxParameters[] = [
	{
		validFrom: '2009-01-01',
		capitalTaxRate: '0.25',
		exemptBodyShare: '0.6',
		solidarityRate: '0.055',
		exemptionMaximumCents: 80_100,
		jointExemptionMaximumCents: 160_200,
		capitalTaxRounding: 'half-up',
		churchTaxRounding: 'down',
	},
	{
		validFrom: '2023-01-01',
		capitalTaxRate: '0.25',
		exemptBodyShare: '0.6',
		solidarityRate: '0.055',
		exemptionMaximumCents: 100_000,
		jointExemptionMaximumCents: 200_000,
		capitalTaxRounding: 'half-up',
		churchTaxRounding: 'down',
	},
];

/**
 * The parameters in force on a day.
 * Refuses invalid `dividends.tax-law-unknown` {day, validFrom} for a day before the first entry.
 */
export function taxParametersOn(day: Day, table: readonly TaxParameters[] = taxParameters): TaxParameters {
	const current = table.findLast(({ validFrom }) => validFrom <= day);
	if (!current)
		throw new Refusal('invalid', 'dividends.tax-law-unknown', { day, validFrom: table[0]?.validFrom ?? '' });
	return current;
}
