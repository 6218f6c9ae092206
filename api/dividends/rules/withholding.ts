// What the cooperative withholds from one member's dividend on one day, step by step, so that the member can follow it.
import { Decimal } from '../../values/money.ts';
import { type Rounding, roundCents, type TaxParameters } from './parameters.ts';

/**
 * Who holds the shares, seen by tax law. natural: person living in Germany, minors too · company: GmbH, AG, eG ·
 * partnership: GbR, OHG, KG · public-body: municipality and other juristische Person des öffentlichen Rechts ·
 * charity: gemeinnützige body · non-resident: not taxable without limit in Germany.
 */
export const holderKinds = ['natural', 'company', 'partnership', 'public-body', 'charity', 'non-resident'] as const;
export type HolderKind = (typeof holderKinds)[number];

/**
 * Certificates of the tax office that lower the deduction (§ 44a(4b) S. 1 EStG). no-assessment: NV-Bescheinigung,
 * § 44a(2) Nr. 2 · lasting-excess: Dauerüberzahler, § 44a(5) · charitable: § 44a(7) · exempt-body: § 44a(8), three fifths.
 */
export const certificateKinds = ['no-assessment', 'lasting-excess', 'charitable', 'exempt-body'] as const;
export type CertificateKind = (typeof certificateKinds)[number];

/** For whom each certificate exists; with any other holder it does not count (T-25 to T-27). */
export const certificateHolders: Readonly<Record<CertificateKind, readonly HolderKind[]>> = {
	'no-assessment': ['natural'],
	'lasting-excess': ['natural', 'company'],
	charitable: ['charity', 'public-body'],
	'exempt-body': ['public-body', 'charity', 'company'],
};

/** The certificate that helps a holder most among those valid on a day: full relief before three fifths; null if none counts. */
export function bestCertificate(kinds: readonly CertificateKind[], holder: HolderKind): CertificateKind | null {
	const fitting = kinds.filter((kind) => certificateHolders[kind].includes(holder));
	return fitting.find((kind) => kind !== 'exempt-body') ?? fitting[0] ?? null;
}

/** The member as the deduction sees it on the day of inflow. */
export interface Holder {
	readonly kind: HolderKind;
	/** Shares held in business assets: no church tax (§ 51a(2b) S. 2 EStG) and no exemption order (§ 20(8), (9) EStG). */
	readonly inBusinessAssets?: boolean;
	/** The certificate that is valid on the day of inflow. */
	readonly certificate?: CertificateKind;
	/** Rate the tax office returned (KiStAM): '0.09', '0.08' in Bavaria and Baden-Württemberg, '0' for none or a block (Sperrvermerk). */
	readonly churchRate?: string;
}

/** One dividend that reaches one member on one day. */
export interface Inflow {
	readonly grossCents: number;
	/** Part paid from the tax contribution account (steuerliches Einlagekonto), which is no income (T-06). */
	readonly notTaxableCents?: number;
	readonly holder: Holder;
	/** What the exemption order still covers on that day. */
	readonly exemptionRemainingCents?: number;
}

/** Why an amount is exempt: the order's pot or one of the certificates. */
export type ExemptBy = 'exemption-order' | Exclude<CertificateKind, 'exempt-body'>;

/**
 * One line of the calculation. gross − not-taxable − exempt = taxable; gross − capital-tax − solidarity − church-tax = net.
 * A tax line says what it is a `rate` of, and how it came to whole cents; with `churchRate` the capital tax is
 * of × rate ÷ (1 + rate × churchRate), because the church tax paid lowers the income it is paid on (§ 32d(1) S. 3–5 EStG).
 */
export interface WithholdingStep {
	readonly step: 'gross' | 'not-taxable' | 'exempt' | 'taxable' | 'capital-tax' | 'solidarity' | 'church-tax' | 'net';
	readonly amountCents: number;
	readonly of?: 'taxable' | 'capital-tax';
	readonly rate?: string;
	readonly churchRate?: string;
	readonly rounding?: Rounding;
	readonly because?: ExemptBy | 'exempt-body';
	readonly rule: string;
}

/** The result of one deduction: amounts in cents and the lines that explain them. */
export interface Withholding {
	readonly grossCents: number;
	readonly notTaxableCents: number;
	readonly exemptCents: number;
	readonly exemptBy: ExemptBy | null;
	/** What this inflow took out of the exemption order's pot. */
	readonly exemptionUsedCents: number;
	readonly taxableCents: number;
	readonly capitalTaxCents: number;
	readonly solidarityCents: number;
	readonly churchTaxCents: number;
	readonly taxTotalCents: number;
	readonly netCents: number;
	readonly steps: readonly WithholdingStep[];
}

function exemptionOf(
	incomeCents: number,
	{ kind, inBusinessAssets = false }: Holder,
	certificate: CertificateKind | null,
	remainingCents: number,
): { exemptCents: number; exemptBy: ExemptBy | null } {
	if (certificate && certificate !== 'exempt-body') return { exemptCents: incomeCents, exemptBy: certificate };
	const covered = kind === 'natural' && !inBusinessAssets ? Math.min(incomeCents, remainingCents) : 0;
	return { exemptCents: covered, exemptBy: covered > 0 ? 'exemption-order' : null };
}

/**
 * The deduction from one dividend: exempt amount, then capital income tax (Kapitalertragsteuer, KapESt), solidarity surcharge
 * (SolZ, fractions of a cent dropped, § 4 S. 3 SolZG) and church tax (KiSt), then net (T-08, T-10 to T-14, T-20 to T-29, T-34).
 * Certificates come before the exemption order, which then stays untouched. An order, certificate or church rate that this
 * kind of holder cannot have does not count. Throws RangeError for amounts that are no whole cents or do not fit together.
 */
export function withhold(inflow: Inflow, parameters: TaxParameters): Withholding {
	const { grossCents, notTaxableCents = 0, holder, exemptionRemainingCents = 0 } = inflow;
	const wholeCents = [grossCents, notTaxableCents, exemptionRemainingCents].every(
		(c) => Number.isSafeInteger(c) && c >= 0,
	);
	if (!wholeCents || notTaxableCents > grossCents) throw new RangeError('amounts of the inflow do not fit together');
	const certificate =
		holder.certificate && certificateHolders[holder.certificate].includes(holder.kind) ? holder.certificate : null;
	const churchRate = holder.kind === 'natural' && !holder.inBusinessAssets ? (holder.churchRate ?? '0') : '0';
	const reduced = certificate === 'exempt-body';

	const incomeCents = grossCents - notTaxableCents;
	const { exemptCents, exemptBy } = exemptionOf(incomeCents, holder, certificate, exemptionRemainingCents);
	const taxableCents = incomeCents - exemptCents;

	const rate = new Decimal(parameters.capitalTaxRate).mul(reduced ? parameters.exemptBodyShare : 1);
	// One division at the end: e × r ÷ (1 + r × k) is e ÷ (4 + k) of § 32d(1) S. 4 EStG at 25 %, and a half cent stays exact.
	const capitalTax = new Decimal(taxableCents).mul(rate).div(rate.mul(churchRate).plus(1));
	const capitalTaxCents = roundCents(parameters.capitalTaxRounding, capitalTax);
	const solidarityCents = roundCents('down', new Decimal(capitalTaxCents).mul(parameters.solidarityRate));
	const churchTaxCents = roundCents(parameters.churchTaxRounding, new Decimal(capitalTaxCents).mul(churchRate));
	const taxTotalCents = capitalTaxCents + solidarityCents + churchTaxCents;
	const netCents = grossCents - taxTotalCents;

	const paysChurchTax = !new Decimal(churchRate).isZero();
	const exemptRule =
		exemptBy === null || exemptBy === 'exemption-order' ? 'T-20' : exemptBy === 'charitable' ? 'T-26' : 'T-25';
	const steps: WithholdingStep[] = [
		{ step: 'gross', amountCents: grossCents, rule: 'T-08' },
		{ step: 'not-taxable', amountCents: notTaxableCents, rule: 'T-06' },
		{ step: 'exempt', amountCents: exemptCents, ...(exemptBy && { because: exemptBy }), rule: exemptRule },
		{ step: 'taxable', amountCents: taxableCents, rule: 'T-14' },
		{
			step: 'capital-tax',
			amountCents: capitalTaxCents,
			of: 'taxable',
			rate: rate.toFixed(),
			...(paysChurchTax && { churchRate }),
			...(reduced && { because: 'exempt-body' as const }),
			rounding: parameters.capitalTaxRounding,
			rule: reduced ? 'T-27' : 'T-10',
		},
		{
			step: 'solidarity',
			amountCents: solidarityCents,
			of: 'capital-tax',
			rate: parameters.solidarityRate,
			rounding: 'down',
			rule: 'T-12',
		},
		{
			step: 'church-tax',
			amountCents: churchTaxCents,
			of: 'capital-tax',
			rate: churchRate,
			rounding: parameters.churchTaxRounding,
			rule: 'T-13',
		},
		{ step: 'net', amountCents: netCents, rule: 'T-14' },
	];
	return {
		grossCents,
		notTaxableCents,
		exemptCents,
		exemptBy,
		exemptionUsedCents: exemptBy === 'exemption-order' ? exemptCents : 0,
		taxableCents,
		capitalTaxCents,
		solidarityCents,
		churchTaxCents,
		taxTotalCents,
		netCents,
		steps,
	};
}
