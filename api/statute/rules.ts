// What a statute says, term by term, what follows from it, and how the fiscal year runs. The law's bounds are in rules/bounds.ts.
import { addDays, addMonths, type Day, partsOf } from '../values/calendar.ts';

/** What the legal reserve is a share of: the year's surplus (Jahresüberschuss), alone or with profit and loss carried forward. */
export const reserveBases = ['surplus', 'surplus-and-carry'] as const;
/** Further payments in insolvency (Nachschüsse, § 6 Nr. 3 GenG). */
export const furtherLiabilities = ['none', 'limited', 'unlimited'] as const;
/** Forms of declarations: text form (Textform, § 126b BGB), or on paper with a signature (Schriftform, § 126 BGB) if the statute says so. */
export const declarationForms = ['text', 'written'] as const;
/** Whether members may transfer their balance (Übertragung des Geschäftsguthabens, § 76 GenG): freely, with consent, not at all. */
export const transferRules = ['free', 'consent', 'excluded'] as const;
/** In what order balances are paid out where minimum capital or the yearly cap does not let all be paid. */
export const payoutOrders = ['pro-rata', 'first-come'] as const;
/** Whose consent a payout needs after § 73(4) GenG; 'board', the board alone, is void (M-73). */
export const payoutConsents = ['none', 'supervisory-board', 'assembly', 'board'] as const;
/** Who admits investing members (§ 8(2) S. 3 GenG). */
export const investingApprovers = ['assembly', 'supervisory-board'] as const;
/** What minimum capital may be a share of: the sum of all nominal values taken, or the fixed assets of the last balance sheet. */
export const capitalReferences = ['capital', 'fixed-assets'] as const;

/**
 * The statute's dated parameters (Satzungsparameter, rulebook 0.2). Rates are decimal texts ('0.10'), majorities fractions ('3/4').
 * Amounts are per share.
 */
export interface StatuteTerms {
	/** nominal value of one share (Geschäftsanteil, § 7 Nr. 1 GenG) */
	nominalCents: number;
	/** mandatory payment (Pflichteinzahlung): due so many days after admission */
	firstPaymentCents: number;
	firstPaymentDays: number;
	/** then this much every so many months until the share is full; 0: nothing more is due until it is called */
	instalmentCents: number;
	instalmentMonths: number;
	/** shares every member must hold (Pflichtbeteiligung, § 7a(2) GenG); at least the one every membership has */
	mandatoryShares: number;
	maxShares: number;
	/** what a member answers for in insolvency (Haftsumme, § 119 GenG) */
	liabilityCents: number;
	/** the liability sum grows with every further share (§ 121 GenG); false where the statute rules that out */
	liabilityRisesWithShares: boolean;
	furtherLiability: (typeof furtherLiabilities)[number];
	/** once, on joining (Eintrittsgeld): income of the cooperative, no balance (S-05) */
	entryFeeCents: number;
	/** form of the declaration of joining and of taking further shares (§§ 15(1), 15b(1) GenG) */
	joiningForm: (typeof declarationForms)[number];
	/** form of a notice (§ 65(2) GenG) */
	noticeForm: (typeof declarationForms)[number];
	/** notice period (Kündigungsfrist, § 65(2) GenG) */
	noticeMonths: number;
	/** more than 3/4 of the members are businesses, declared by the board: the notice period may reach ten years (§ 65(2) S. 3 GenG) */
	mostlyBusinesses: boolean;
	/** membership is tied to a residence in the district: who moves away may leave without a period (§ 67 GenG, M-42) */
	residenceRule: boolean;
	/** transfer of the balance (§ 76 GenG, M-50, M-52) */
	transfer: (typeof transferRules)[number];
	/** membership goes on with the heirs (§ 77(2) GenG, M-45) */
	deathContinuation: boolean;
	/** reasons for exclusion (Ausschluss, § 68 GenG), as the statute words them; none: nobody can be excluded (M-46) */
	exclusionReasons: string[];
	/** investing members are allowed (investierende Mitglieder, § 8(2) GenG) */
	investingMembers: boolean;
	/** who admits investing members (M-07) */
	investingApproval: (typeof investingApprovers)[number];
	/** investing members vote, counted apart; false where the statute takes their vote away (§ 8(2) S. 2 GenG, M-07) */
	investingVotes: boolean;
	/** fields the register holds beyond § 30 GenG (M-20) */
	registerExtraFields: string[];
	/** months after exit in which the balance is paid out (Auseinandersetzung, § 73(2) GenG) */
	payoutMonths: number;
	/** what balances may not fall below by payouts (Mindestkapital, § 8a GenG, M-72); null: no minimum */
	minimumCapital: null | { amountCents: number } | { share: string; of: (typeof capitalReferences)[number] };
	/** who is paid first where not all can be paid */
	payoutOrder: (typeof payoutOrders)[number];
	/** most that is paid out to former members in a fiscal year (§ 73(4) GenG); null: no cap */
	payoutCapCents: number | null;
	/** consent that a payout needs (§ 73(4) GenG, M-73) */
	payoutConsent: (typeof payoutConsents)[number];
	/** legal reserve (gesetzliche Rücklage, § 7 Nr. 2 GenG): share of the base, until it reaches the cap */
	reserveRate: string;
	reserveBase: (typeof reserveBases)[number];
	/** the cap: an amount, or a share of the sum of all nominal values */
	reserveCap: { amountCents: number } | { shareOfCapital: string };
	/** part of the surplus the board may move to other reserves by itself (§ 20 S. 2 GenG) */
	boardReserveShare: string;
	/** key of distribution; A: balance at the end of the previous fiscal year (§ 19(1) S. 2 GenG, P-20) */
	dividendMethod: 'A';
	/** dividends are paid out although the share is not full (§ 19(2) GenG, P-31) */
	paysBeforeFull: boolean;
	/** most the dividend may be of the balance, null: no cap (P-07) */
	dividendCapRate: string | null;
	/** interest on balances (§ 21a GenG, P-40): rate or minimum rate per year; null: none */
	interestRate: string | null;
	/** years until a claim to a dividend is time-barred, counted from the end of the year (§§ 195, 199 BGB) */
	dividendClaimYears: number;
	/** notice of an assembly, full days between receipt and assembly (§ 46(1) GenG) */
	conveningDays: number;
	/** agenda items may be announced until so many full days before (§ 46(2) GenG) */
	announcementDays: number;
	/** members one proxy may represent (§ 43(5) S. 3 GenG) */
	proxyLimit: number;
	/** more than this part of the votes cast decides (§ 43(2) GenG) */
	ordinaryMajority: string;
	/** at least this part of the votes cast changes the statute (§ 16(2) GenG) */
	statuteMajority: string;
}

/** What holds by law where a statute does not speak of it; completes versions stored before a term was known (`completedTerms`). */
const lawsDefaults = {
	liabilityRisesWithShares: true,
	entryFeeCents: 0,
	joiningForm: 'text',
	noticeForm: 'text',
	mostlyBusinesses: false,
	residenceRule: false,
	transfer: 'free',
	deathContinuation: false,
	exclusionReasons: [],
	investingApproval: 'assembly',
	investingVotes: true,
	registerExtraFields: [],
	minimumCapital: null,
	payoutOrder: 'pro-rata',
	payoutCapCents: null,
	payoutConsent: 'none',
	interestRate: null,
	dividendClaimYears: 3,
} as const satisfies Partial<Record<keyof StatuteTerms, unknown>>;

/** Terms many energy cooperatives have: a start for the set-up form. */
export const suggestedTerms: StatuteTerms = {
	...lawsDefaults,
	exclusionReasons: [
		'Verletzung von Satzung oder Gesetz trotz schriftlicher Aufforderung',
		'Zahlungsunfähigkeit oder eröffnetes Insolvenzverfahren über das Vermögen',
		'Anschrift länger als ein Jahr unbekannt',
	],
	registerExtraFields: [],
	nominalCents: 50_000,
	firstPaymentCents: 50_000,
	firstPaymentDays: 14,
	instalmentCents: 0,
	instalmentMonths: 1,
	mandatoryShares: 1,
	maxShares: 40,
	liabilityCents: 50_000,
	furtherLiability: 'none',
	noticeMonths: 24,
	investingMembers: false,
	payoutMonths: 6,
	reserveRate: '0.10',
	reserveBase: 'surplus-and-carry',
	reserveCap: { shareOfCapital: '0.25' },
	boardReserveShare: '0.5',
	dividendMethod: 'A',
	paysBeforeFull: false,
	dividendCapRate: null,
	conveningDays: 14,
	announcementDays: 7,
	proxyLimit: 2,
	ordinaryMajority: '1/2',
	statuteMajority: '3/4',
};

/** Terms as they were stored once, completed by what holds by law for each term that was not yet known then. */
export function completedTerms(
	stored: Omit<StatuteTerms, keyof typeof lawsDefaults> & Partial<StatuteTerms>,
): StatuteTerms {
	return { ...lawsDefaults, exclusionReasons: [], registerExtraFields: [], ...stored };
}

/** The two numbers of a fraction text: '3/4' → [3, 4]. Throws RangeError for anything else. */
export function fractionOf(text: string): readonly [numerator: number, denominator: number] {
	const [numerator = 0, denominator = 0] = /^[1-9]\d{0,2}\/[1-9]\d{0,2}$/.test(text) ? text.split('/').map(Number) : [];
	if (denominator === 0) throw new RangeError(`not a fraction: ${text}`);
	return [numerator, denominator];
}

/** What is fixed in amount and date for one share, in cents: first payment, and the instalments if there are any (S-03). */
export function determinedCents(terms: StatuteTerms): number {
	return terms.instalmentCents > 0 ? terms.nominalCents : terms.firstPaymentCents;
}

/**
 * Whether the payout after exit is narrowed by minimum capital (§ 8a GenG) or by conditions, a cap or a later day
 * (§ 73(4) GenG): then transfers may neither be excluded nor tied to conditions (§ 76(2) S. 2 GenG, M-52).
 */
export function limitsPayout(
	terms: Pick<StatuteTerms, 'minimumCapital' | 'payoutCapCents' | 'payoutConsent' | 'payoutMonths'>,
): boolean {
	return (
		terms.minimumCapital !== null ||
		terms.payoutCapCents !== null ||
		terms.payoutConsent !== 'none' ||
		terms.payoutMonths > 6
	);
}

/** What a member with so many shares answers for (Haftsumme, §§ 119, 121 GenG, M-60), in cents. */
export function liabilitySumCents(
	{ liabilityCents, liabilityRisesWithShares }: Pick<StatuteTerms, 'liabilityCents' | 'liabilityRisesWithShares'>,
	shares: number,
): number {
	return shares === 0 ? 0 : liabilityCents * (liabilityRisesWithShares ? shares : 1);
}

/** A fiscal year (Geschäftsjahr): first and last day, and its name: '2025', or '2025/26' if it ends within a calendar year. */
export interface FiscalYear {
	start: Day;
	end: Day;
	name: string;
}

/** The fiscal year a day lies in, if fiscal years end with the last day of `endMonth` (1 to 12). */
export function fiscalYearOf(day: Day, endMonth: number): FiscalYear {
	const [year, month] = partsOf(day);
	const endYear = month > endMonth ? year + 1 : year;
	const end = addDays(addMonths(`${endYear}-${String(endMonth).padStart(2, '0')}-01`, 1), -1);
	const start = addMonths(addDays(end, 1), -12);
	const name = endMonth === 12 ? String(endYear) : `${endYear - 1}/${String(endYear).slice(2)}`;
	return { start, end, name };
}
