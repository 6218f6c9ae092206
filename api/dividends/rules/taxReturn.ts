// The return of withheld tax (Kapitalertragsteuer-Anmeldung): when it is due, its totals with their rounding, and what offsets it.
import { addMonths, bankDayFrom, type Day } from '../../values/calendar.ts';
import { capitalTaxDueOn } from './inflow.ts';
import type { CertificateKind, Withholding } from './withholding.ts';

/**
 * Income a cooperative may pay to its members: dividend, interest on balances (§ 21a GenG, taxed like a dividend, T-05), interest on
 * profit-participating loans (partiarische Darlehen), shares of silent partners, interest on plain member loans.
 */
export const capitalIncomes = [
	'dividend',
	'balance-interest',
	'participating-loan',
	'silent-partnership',
	'member-loan',
] as const;
export type CapitalIncome = (typeof capitalIncomes)[number];

/** Which return an income asks for, and the day on which return and tax are due. */
export interface ReturnDuty {
	/** daily: Tagesanmeldung · monthly: Monatsanmeldung · none: nothing is withheld */
	readonly kind: 'daily' | 'monthly' | 'none';
	readonly dueOn: Day | null;
}

/**
 * When what was withheld is returned and paid: for dividends and interest on balances on the day of inflow (§ 44(1) S. 5 half-sentence 2
 * EStG, T-40), for profit-participating loans and silent partnerships on the 10th of the next month (half-sentence 1, T-43), each on
 * the next bank day (§ 108(3) AO); plain member loans: no withholding (T-44).
 */
export function returnDuty(income: CapitalIncome, inflowOn: Day): ReturnDuty {
	if (income === 'member-loan') return { kind: 'none', dueOn: null };
	if (income === 'dividend' || income === 'balance-interest')
		return { kind: 'daily', dueOn: capitalTaxDueOn(inflowOn) };
	return { kind: 'monthly', dueOn: bankDayFrom(`${addMonths(`${inflowOn.slice(0, 8)}01`, 1).slice(0, 8)}10`) };
}

/** One member's deduction as the return counts it; amounts in cents. */
export interface ReturnLine
	extends Pick<
		Withholding,
		'grossCents' | 'exemptCents' | 'exemptBy' | 'capitalTaxCents' | 'solidarityCents' | 'churchTaxCents'
	> {
	readonly inflowOn: Day;
	readonly notTaxableCents?: number;
	/** three fifths were withheld (§ 44a(8) EStG) */
	readonly threeFifths?: boolean;
	/** religious community the church tax is for; null without church tax */
	readonly community: string | null;
}

/** Tax withheld too much on earlier days, positive, or too little, negative, in cents (§ 44b(5) EStG, T-45). */
export interface TaxCorrection extends Pick<ReturnLine, 'capitalTaxCents' | 'solidarityCents' | 'churchTaxCents'> {
	readonly community: string | null;
}

/** Why less than the full tax was withheld: one of the exemptions, three fifths, or the contribution account (T-42). */
export type LessBecause =
	| NonNullable<Withholding['exemptBy']>
	| Extract<CertificateKind, 'exempt-body'>
	| 'not-taxable';

/** The return for one due day; amounts in cents. payCents = capitalTaxFullEuroCents + solidarityCents + all church tax. */
export interface TaxReturn {
	readonly dueOn: Day;
	readonly grossCents: number;
	/** exact sum, after corrections */
	readonly capitalTaxCents: number;
	/** what is returned and paid of it: full euros */
	readonly capitalTaxFullEuroCents: number;
	/** withheld but not owed: other income of the cooperative */
	readonly roundingGainCents: number;
	readonly solidarityCents: number;
	/** by religious community, in the order of their names */
	readonly churchTax: readonly { readonly community: string; readonly cents: number }[];
	readonly payCents: number;
	/** income on which nothing or less was withheld, by reason; empty if all bore the full tax */
	readonly less: readonly { readonly because: LessBecause; readonly incomeCents: number }[];
	/** what the corrections ask for: taken off here, or too large for that, so the earlier return is amended; null without any */
	readonly corrected: 'offset-in-next-return' | 'amended-return' | null;
}

interface Totals {
	capitalTaxCents: number;
	solidarityCents: number;
	readonly church: Map<string, number>;
}

function add(totals: Totals, line: TaxCorrection, sign: 1 | -1): void {
	totals.capitalTaxCents += sign * line.capitalTaxCents;
	totals.solidarityCents += sign * line.solidarityCents;
	if (line.churchTaxCents === 0) return;
	if (line.community === null) throw new RangeError('church tax without a religious community');
	totals.church.set(line.community, (totals.church.get(line.community) ?? 0) + sign * line.churchTaxCents);
}

function totalsOf(lines: readonly ReturnLine[], corrections: readonly TaxCorrection[]): Totals {
	const totals = { capitalTaxCents: 0, solidarityCents: 0, church: new Map<string, number>() };
	for (const line of lines) add(totals, line, 1);
	for (const correction of corrections) add(totals, correction, -1);
	return totals;
}

const fits = ({ capitalTaxCents, solidarityCents, church }: Totals) =>
	[capitalTaxCents, solidarityCents, ...church.values()].every((cents) => cents >= 0);

function lessOf(lines: readonly ReturnLine[]): TaxReturn['less'] {
	const sums = new Map<LessBecause, number>();
	const count = (because: LessBecause, cents: number) => {
		if (cents > 0) sums.set(because, (sums.get(because) ?? 0) + cents);
	};
	for (const { grossCents, notTaxableCents = 0, exemptBy, exemptCents, threeFifths } of lines) {
		count('not-taxable', notTaxableCents);
		if (exemptBy !== null) count(exemptBy, exemptCents);
		if (threeFifths) count('exempt-body', grossCents - notTaxableCents - exemptCents);
	}
	return [...sums]
		.map(([because, incomeCents]) => ({ because, incomeCents }))
		.sort((a, b) => (a.because < b.because ? -1 : 1));
}

function returnOn(dueOn: Day, lines: readonly ReturnLine[], corrections: readonly TaxCorrection[]): TaxReturn {
	const offset = totalsOf(lines, corrections);
	const corrected = corrections.length === 0 ? null : fits(offset) ? 'offset-in-next-return' : 'amended-return';
	const { capitalTaxCents, solidarityCents, church } = corrected === 'amended-return' ? totalsOf(lines, []) : offset;
	const capitalTaxFullEuroCents = capitalTaxCents - (capitalTaxCents % 100);
	const churchTax = [...church]
		.map(([community, cents]) => ({ community, cents }))
		.sort((a, b) => (a.community < b.community ? -1 : 1));
	return {
		dueOn,
		grossCents: lines.reduce((sum, { grossCents }) => sum + grossCents, 0),
		...{ capitalTaxCents, capitalTaxFullEuroCents, roundingGainCents: capitalTaxCents - capitalTaxFullEuroCents },
		...{ solidarityCents, churchTax },
		payCents: capitalTaxFullEuroCents + solidarityCents + churchTax.reduce((sum, { cents }) => sum + cents, 0),
		less: lessOf(lines),
		corrected,
	};
}

/**
 * The daily returns (Tagesanmeldungen) of dividends and interest, one for each due day, the first first: capital tax rounded down to
 * full euros once for each (§ 44(1) S. 6 EStG, T-41), solidarity surcharge and church tax in cents, church tax by religious community.
 * A return is due also if nothing was withheld, and says why (§ 45a(1) S. 2, 3 EStG, T-42). Corrections of earlier days are taken off the
 * first return if each tax is large enough for that (§ 44b(5) EStG, T-45).
 * Throws RangeError for church tax without a religious community.
 */
export function taxReturns(lines: readonly ReturnLine[], corrections: readonly TaxCorrection[] = []): TaxReturn[] {
	const byDay = Map.groupBy(lines, ({ inflowOn }) => capitalTaxDueOn(inflowOn));
	return [...byDay]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([dueOn, ofDay], i) => returnOn(dueOn, ofDay, i === 0 ? corrections : []));
}

/**
 * What a member's line was and should have been, as a correction to offset: positive where too much was withheld (T-45).
 * A change of the religious community gives two, one for each.
 */
export function correctionOf(withheld: ReturnLine, due: ReturnLine): TaxCorrection[] {
	const capitalTaxCents = withheld.capitalTaxCents - due.capitalTaxCents;
	const solidarityCents = withheld.solidarityCents - due.solidarityCents;
	if (withheld.community !== null && due.community !== null && withheld.community !== due.community) {
		return [
			{ capitalTaxCents, solidarityCents, churchTaxCents: withheld.churchTaxCents, community: withheld.community },
			{ capitalTaxCents: 0, solidarityCents: 0, churchTaxCents: -due.churchTaxCents, community: due.community },
		];
	}
	const churchTaxCents = withheld.churchTaxCents - due.churchTaxCents;
	if (capitalTaxCents === 0 && solidarityCents === 0 && churchTaxCents === 0) return [];
	return [{ capitalTaxCents, solidarityCents, churchTaxCents, community: withheld.community ?? due.community }];
}
