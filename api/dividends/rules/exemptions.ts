// Exemption orders and certificates: may the cooperative take this one, how long does it last, what does a late one change?
import { addDays, addMonths, type Day } from '../../values/calendar.ts';
import { isTaxId } from '../../values/identifiers.ts';
import { Decimal, halfUpCent } from '../../values/money.ts';
import { Refusal } from '../../values/refusal.ts';
import { taxParametersOn } from './parameters.ts';
import {
	type CertificateKind,
	certificateHolders,
	type Holder,
	type HolderKind,
	type Withholding,
} from './withholding.ts';

/** An exemption order (Freistellungsauftrag, FSA) in force: a pot of this size in each calendar year it touches. */
export interface ExemptionOrder {
	readonly amountCents: number;
	/** For both spouses or partners together. */
	readonly joint: boolean;
	readonly validFrom: Day;
	/** A 31 December, or null while the order has no end. An end before `validFrom` means that it never counted. */
	readonly validTo: Day | null;
}

/** What a member asks for when giving an exemption order. */
export interface ExemptionRequest extends ExemptionOrder {
	readonly holder: Pick<Holder, 'kind' | 'inBusinessAssets'>;
	readonly taxId: string | null;
	/** The other spouse's tax id, obligatory for a joint order. */
	readonly spouseTaxId?: string | null;
}

function yearEnd(day: Day): Day {
	return `${day.slice(0, 4)}-12-31`;
}

function refuseAmount({ amountCents, joint, validFrom }: ExemptionOrder, usedCents: number): void {
	const { exemptionMaximumCents, jointExemptionMaximumCents } = taxParametersOn(validFrom);
	const maximumCents = joint ? jointExemptionMaximumCents : exemptionMaximumCents;
	const about = { rule: 'T-21', field: 'amountCents' };
	if (!Number.isSafeInteger(amountCents) || amountCents <= 0) {
		throw new Refusal('invalid', 'dividends.exemption-amount-invalid', {}, about);
	}
	if (amountCents > maximumCents) {
		throw new Refusal('invalid', 'dividends.exemption-over-maximum', { amountCents, maximumCents }, about);
	}
	if (amountCents < usedCents) {
		throw new Refusal(
			'conflict',
			'dividends.exemption-below-used',
			{ amountCents, usedCents },
			{ ...about, rule: 'T-22' },
		);
	}
}

/**
 * Accepts an exemption order (§ 44a(2), (2a), § 20(9) EStG; T-21, T-22). Signature or two-factor consent is the service's part.
 * `usedInYearCents` is what the year of `validFrom` already used, also by the single orders that a joint one replaces.
 * Refuses invalid `dividends.exemption-not-natural-person` {kind}, `dividends.exemption-business-assets`, `dividends.tax-id-invalid`,
 * `dividends.spouse-tax-id-missing`, `dividends.spouse-tax-id-invalid`, `dividends.spouse-tax-id-same`,
 * `dividends.exemption-amount-invalid`, `dividends.exemption-over-maximum` {amountCents, maximumCents},
 * `dividends.exemption-end-not-year-end` {validTo}, `dividends.exemption-end-before-start` {validFrom, validTo};
 * conflict `dividends.exemption-below-used` {amountCents, usedCents}.
 */
export function acceptExemptionOrder(request: ExemptionRequest, usedInYearCents = 0): ExemptionOrder {
	const { holder, taxId, spouseTaxId = null, amountCents, joint, validFrom, validTo } = request;
	const about = (field: string, rule = 'T-21') => ({ rule, field });
	if (holder.kind !== 'natural') {
		throw new Refusal('invalid', 'dividends.exemption-not-natural-person', { kind: holder.kind }, about('kind'));
	}
	if (holder.inBusinessAssets) {
		throw new Refusal('invalid', 'dividends.exemption-business-assets', {}, about('inBusinessAssets'));
	}
	if (taxId === null || !isTaxId(taxId)) throw new Refusal('invalid', 'dividends.tax-id-invalid', {}, about('taxId'));
	if (joint && spouseTaxId === null) {
		throw new Refusal('invalid', 'dividends.spouse-tax-id-missing', {}, about('spouseTaxId'));
	}
	if (joint && spouseTaxId !== null && !isTaxId(spouseTaxId)) {
		throw new Refusal('invalid', 'dividends.spouse-tax-id-invalid', {}, about('spouseTaxId'));
	}
	if (joint && spouseTaxId === taxId) {
		throw new Refusal('invalid', 'dividends.spouse-tax-id-same', {}, about('spouseTaxId'));
	}
	const order = { amountCents, joint, validFrom, validTo };
	refuseAmount(order, usedInYearCents);
	if (validTo !== null && validTo !== yearEnd(validTo)) {
		throw new Refusal('invalid', 'dividends.exemption-end-not-year-end', { validTo }, about('validTo', 'T-22'));
	}
	if (validTo !== null && validTo < validFrom) {
		throw new Refusal(
			'invalid',
			'dividends.exemption-end-before-start',
			{ validFrom, validTo },
			about('validTo', 'T-22'),
		);
	}
	return order;
}

/** What the order still covers on a day, given what its calendar year has used before: 0 outside its validity, no carry-over (T-22). */
export function exemptionRemainingCents(order: ExemptionOrder, day: Day, usedInYearCents: number): number {
	const inForce = order.validFrom <= day && (order.validTo === null || day <= order.validTo);
	return inForce ? Math.max(0, order.amountCents - usedInYearCents) : 0;
}

/**
 * Changes the amount of an order from `on` within its year: up to the maximum, down only to what the year has used (T-22).
 * Refuses invalid `dividends.exemption-amount-invalid`, `dividends.exemption-over-maximum` {amountCents, maximumCents};
 * conflict `dividends.exemption-below-used` {amountCents, usedCents}.
 */
export function changeExemptionAmount(
	order: ExemptionOrder,
	{ amountCents, on, usedInYearCents }: { amountCents: number; on: Day; usedInYearCents: number },
): ExemptionOrder {
	refuseAmount({ ...order, amountCents, validFrom: on > order.validFrom ? on : order.validFrom }, usedInYearCents);
	return { ...order, amountCents };
}

/**
 * Ends an order on a 31 December. The end of the year before revokes it for the whole current year, which works only while
 * that year has used nothing (T-22).
 * Refuses invalid `dividends.exemption-end-not-year-end` {validTo}, `dividends.exemption-end-past` {earliestEnd};
 * conflict `dividends.exemption-used` {usedCents, earliestEnd}.
 */
export function endExemptionOrder(
	order: ExemptionOrder,
	{ validTo, on, usedInYearCents }: { validTo: Day; on: Day; usedInYearCents: number },
): ExemptionOrder {
	const about = { rule: 'T-22', field: 'validTo' };
	const lastYearEnd = yearEnd(addMonths(on, -12));
	if (validTo !== yearEnd(validTo)) {
		throw new Refusal('invalid', 'dividends.exemption-end-not-year-end', { validTo }, about);
	}
	const earliestEnd = usedInYearCents > 0 ? yearEnd(on) : lastYearEnd;
	if (validTo < lastYearEnd) throw new Refusal('invalid', 'dividends.exemption-end-past', { earliestEnd }, about);
	if (validTo < earliestEnd) {
		throw new Refusal('conflict', 'dividends.exemption-used', { usedCents: usedInYearCents, earliestEnd }, about);
	}
	return { ...order, validTo };
}

/**
 * The amount from 2023 on of an order given before: × 1.24844, to the nearest cent, so that 801 becomes 1,000 and 1,602
 * becomes 2,000 (§ 52(43) S. 2 EStG, T-23; banks round the same way).
 */
export function exemptionFrom2023Cents(amountBefore2023Cents: number): number {
	return halfUpCent(new Decimal(amountBefore2023Cents).mul('1.24844'));
}

/** A certificate of the tax office and its days, both included. */
export interface Certificate {
	readonly kind: CertificateKind;
	readonly validFrom: Day;
	readonly validTo: Day;
}

/**
 * Accepts a certificate for this kind of holder; one of no assessment (NV-Bescheinigung) lasts three years at most and
 * ends on a 31 December (§ 44a(2) S. 3 EStG, T-25 to T-27).
 * Refuses invalid `dividends.certificate-not-for-holder` {certificate, kind}, `dividends.certificate-end-before-start` {validFrom, validTo},
 * `dividends.certificate-end-not-year-end` {validTo}, `dividends.certificate-too-long` {latestEnd}.
 */
export function acceptCertificate(certificate: Certificate, holder: { kind: HolderKind }): Certificate {
	const { kind, validFrom, validTo } = certificate;
	const about = (field: string) => ({ rule: 'T-25', field });
	if (!certificateHolders[kind].includes(holder.kind)) {
		const values = { certificate: kind, kind: holder.kind };
		throw new Refusal('invalid', 'dividends.certificate-not-for-holder', values, about('kind'));
	}
	if (validTo < validFrom) {
		throw new Refusal('invalid', 'dividends.certificate-end-before-start', { validFrom, validTo }, about('validTo'));
	}
	if (kind === 'no-assessment') {
		if (validTo !== yearEnd(validTo)) {
			throw new Refusal('invalid', 'dividends.certificate-end-not-year-end', { validTo }, about('validTo'));
		}
		const latestEnd = addDays(addMonths(validFrom, 36), -1);
		if (validTo > latestEnd) {
			throw new Refusal('invalid', 'dividends.certificate-too-long', { latestEnd }, about('validTo'));
		}
	}
	return certificate;
}

/** True if the certificate lowers the deduction on that day. */
export function certificateApplies({ validFrom, validTo }: Certificate, day: Day): boolean {
	return validFrom <= day && day <= validTo;
}

/** What an order or certificate that came after the payout changes, and whether the cooperative must act on it. */
export interface LateCorrection {
	/** While no tax certificate is issued the correction is a duty, afterwards the cooperative's choice. */
	readonly mandatory: boolean;
	readonly refundCents: number;
	/** Two ways to get the tax back: a changed return (geänderte Anmeldung), or less in the next one. */
	readonly via: readonly ('amended-return' | 'offset-in-next-return')[];
}

/**
 * What follows when an order or certificate is handed in after the tax was withheld (§ 44b(5) S. 1–3 EStG, T-45):
 * the difference between what was withheld and what would have been goes back to the member.
 */
export function correctLate(withheldCents: number, due: Withholding, certificateIssued: boolean): LateCorrection {
	const refundCents = Math.max(0, withheldCents - due.taxTotalCents);
	if (refundCents === 0) return { mandatory: false, refundCents, via: [] };
	return { mandatory: !certificateIssued, refundCents, via: ['amended-return', 'offset-in-next-return'] };
}
