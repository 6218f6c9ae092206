// The tax certificate of a dividend (Steuerbescheinigung, Muster II): what stands on it, and how a wrong one is replaced.
import type { Day } from '../../values/calendar.ts';
import type { Withholding } from './withholding.ts';

/**
 * The figures of a certificate, cents. One payment has a single certificate (Einzelsteuerbescheinigung); several of one member and year
 * may go on a combined one (zusammengefasste Bescheinigung).
 */
export interface CertificateFigures {
	readonly scope: 'single' | 'combined';
	/** capital income before the exempt amount (Höhe der Kapitalerträge) */
	readonly incomeCents: number;
	/** exempt amount used (in Anspruch genommener Sparer-Pauschbetrag): only by exemption order */
	readonly exemptUsedCents: number;
	readonly capitalTaxCents: number;
	readonly solidarityCents: number;
	readonly churchTaxCents: number;
	readonly community: string | null;
	/** paid from the contribution account (steuerliches Einlagekonto), no income */
	readonly notTaxableCents: number;
	readonly payments: readonly { readonly resolvedOn: Day; readonly paidOn: Day; readonly incomeCents: number }[];
}

/** A payment as the certificate takes it; church tax always with its religious community (§ 51a(2c) S. 6 EStG). */
export interface CertifiedPayment
	extends Pick<
		Withholding,
		'grossCents' | 'notTaxableCents' | 'exemptionUsedCents' | 'capitalTaxCents' | 'solidarityCents' | 'churchTaxCents'
	> {
	readonly resolvedOn: Day;
	readonly paidOn: Day;
	readonly community: string | null;
}

/**
 * Figures of one certificate from the payments it is for, the earliest first; also if nothing was withheld (§ 45a(2) EStG, T-50, T-51).
 * Throws RangeError without payments, for church tax without a community, and for two communities: those need two certificates.
 */
export function certificateFigures(payments: readonly CertifiedPayment[]): CertificateFigures {
	const sumOf = (pick: (payment: CertifiedPayment) => number) => payments.reduce((sum, each) => sum + pick(each), 0);
	const taxed = payments.filter(({ churchTaxCents }) => churchTaxCents > 0);
	const communities = new Set(taxed.map(({ community }) => community));
	if (payments.length === 0) throw new RangeError('a certificate is about a payment');
	if (communities.has(null) || communities.size > 1) throw new RangeError('church tax belongs to one community');
	const inOrder = [...payments].sort((a, b) => (a.paidOn < b.paidOn ? -1 : a.paidOn > b.paidOn ? 1 : 0));
	return {
		scope: payments.length === 1 ? 'single' : 'combined',
		incomeCents: sumOf(({ grossCents, notTaxableCents }) => grossCents - notTaxableCents),
		exemptUsedCents: sumOf(({ exemptionUsedCents }) => exemptionUsedCents),
		capitalTaxCents: sumOf(({ capitalTaxCents }) => capitalTaxCents),
		solidarityCents: sumOf(({ solidarityCents }) => solidarityCents),
		churchTaxCents: sumOf(({ churchTaxCents }) => churchTaxCents),
		community: taxed[0]?.community ?? null,
		notTaxableCents: sumOf(({ notTaxableCents }) => notTaxableCents),
		payments: inOrder.map(({ resolvedOn, paidOn, grossCents, notTaxableCents }) => ({
			...{ resolvedOn, paidOn, incomeCents: grossCents - notTaxableCents },
		})),
	};
}

/** One certificate issued for a payment. `mark`: stands on every one that replaces another. */
export interface IssuedCertificate {
	readonly figures: CertificateFigures;
	readonly issuedOn: Day;
	readonly mark: 'berichtigt' | null;
	readonly status: 'issued' | 'replaced';
}

/** All certificates of a payment after one was asked for, the valid one last. */
export interface CertificateHistory {
	readonly certificates: readonly IssuedCertificate[];
	/** the original and the corrected data go to the tax office (§ 45a(5) EStG, § 93c AO) */
	readonly reportToTaxOffice: boolean;
}

/**
 * Issues the certificate of a payment. Asked for again with the same figures, the one there is stays the only one; with other figures it
 * was wrong: it is replaced without delay, the new one marked as corrected (berichtigt), and both are reported to the tax office
 * (§ 45a(5) EStG; T-52, T-53). At any time one certificate of a payment is valid.
 */
export function issueCertificate(
	certificates: readonly IssuedCertificate[],
	figures: CertificateFigures,
	issuedOn: Day,
): CertificateHistory {
	const valid = certificates.at(-1);
	if (!valid) {
		return { certificates: [{ figures, issuedOn, mark: null, status: 'issued' }], reportToTaxOffice: false };
	}
	if (JSON.stringify(valid.figures) === JSON.stringify(figures)) return { certificates, reportToTaxOffice: false };
	return {
		certificates: [
			...certificates.map((certificate) => ({ ...certificate, status: 'replaced' as const })),
			{ figures, issuedOn, mark: 'berichtigt', status: 'issued' },
		],
		reportToTaxOffice: true,
	};
}

/**
 * The last day on which exemption orders, certificates, answers on church tax and the reports on them must be kept: the end of the
 * seventh year after the year of inflow (§ 93c(1) Nr. 4 AO, T-46, T-54). Vouchers they belong to may have to be kept longer (B-60).
 */
export function taxRecordKeptTo(inflowYear: number): Day {
	return `${inflowYear + 7}-12-31`;
}
