// What a statute may say (the law's bounds), and how the fiscal year runs.
import { addDays, addMonths, type Day, isDay, partsOf } from '../values/calendar.ts';
import { Decimal } from '../values/money.ts';
import { Refusal } from '../values/refusal.ts';

/** What the legal reserve is a share of: the year's surplus (Jahresüberschuss), alone or with profit and loss carried forward. */
export const reserveBases = ['surplus', 'surplus-and-carry'] as const;
/** Further payments in insolvency (Nachschüsse, § 6 Nr. 3 GenG). */
export const furtherLiabilities = ['none', 'limited', 'unlimited'] as const;

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
	furtherLiability: (typeof furtherLiabilities)[number];
	/** notice period (Kündigungsfrist, § 65(2) GenG) */
	noticeMonths: number;
	/** investing members are allowed (investierende Mitglieder, § 8(2) GenG) */
	investingMembers: boolean;
	/** months after exit in which the balance is paid out (Auseinandersetzung, § 73(2) GenG) */
	payoutMonths: number;
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

/** Terms many energy cooperatives have: a start for the set-up form. */
export const suggestedTerms: StatuteTerms = {
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

type Numeric = { [K in keyof StatuteTerms]: StatuteTerms[K] extends number ? K : never }[keyof StatuteTerms];

const largestCents = 100_000_000;

const bounds: Readonly<Record<Numeric, (terms: StatuteTerms) => readonly [min: number, max: number, rule: string]>> = {
	nominalCents: () => [100, largestCents, 'S-01'],
	firstPaymentCents: (t) => [0, t.nominalCents, 'S-03'],
	firstPaymentDays: () => [0, 366, 'S-03'],
	instalmentCents: (t) => [0, t.nominalCents, 'S-04'],
	instalmentMonths: () => [1, 24, 'S-04'],
	mandatoryShares: (t) => [1, t.maxShares, 'M-43'],
	maxShares: () => [1, 100_000, 'M-10'],
	liabilityCents: (t) => [t.furtherLiability === 'limited' ? t.nominalCents : 0, largestCents, 'M-60'],
	noticeMonths: () => [3, 60, 'M-40'],
	payoutMonths: () => [1, 60, 'M-73'],
	conveningDays: () => [14, 90, 'C3'],
	announcementDays: () => [7, 90, 'C6'],
	proxyLimit: () => [1, 2, 'V5'],
};

const rates: readonly (readonly [keyof StatuteTerms, max: string, rule: string])[] = [
	['reserveRate', '1', 'P-02'],
	['boardReserveShare', '0.5', 'P-03'],
	['dividendCapRate', '1', 'P-07'],
];

const majorities: readonly (readonly [keyof StatuteTerms, min: string, rule: string])[] = [
	['ordinaryMajority', '1/2', 'V7'],
	['statuteMajority', '3/4', 'V11'],
];

function outOfBounds(term: string, min: string | number, max: string | number, rule: string): Refusal {
	return new Refusal('invalid', 'statute.out-of-bounds', { term, min, max }, { rule, field: `terms.${term}` });
}

function decimalOf(term: string, text: unknown, rule: string): Decimal {
	if (typeof text !== 'string' || !/^\d{1,3}(\.\d{1,6})?$/.test(text)) throw outOfBounds(term, '0', '1', rule);
	return new Decimal(text);
}

/** The two numbers of a fraction text: '3/4' → [3, 4]. Throws RangeError for anything else. */
export function fractionOf(text: string): readonly [numerator: number, denominator: number] {
	const [numerator = 0, denominator = 0] = /^[1-9]\d{0,2}\/[1-9]\d{0,2}$/.test(text) ? text.split('/').map(Number) : [];
	if (denominator === 0) throw new RangeError(`not a fraction: ${text}`);
	return [numerator, denominator];
}

function checkMajority(term: string, text: unknown, min: string, rule: string): void {
	if (typeof text !== 'string' || !/^[1-9]\d{0,2}\/[1-9]\d{0,2}$/.test(text)) throw outOfBounds(term, min, '1/1', rule);
	const [n, d] = fractionOf(text);
	const [minN, minD] = fractionOf(min);
	if (n > d || n * minD < minN * d) throw outOfBounds(term, min, '1/1', rule);
}

/** What is fixed in amount and date for one share: first payment, and the instalments if there are any. */
function determinedCents(terms: StatuteTerms): number {
	return terms.instalmentCents > 0 ? terms.nominalCents : terms.firstPaymentCents;
}

/**
 * Holds terms against the law: §§ 7, 7a, 8, 16, 20, 43, 46, 65, 73, 119 GenG.
 * Refuses invalid `statute.out-of-bounds` {term, min, max} with the rule and the field `terms.<term>`;
 * `statute.too-little-determined` {minCents} if less than a tenth of the share is due by amount and date (S-03).
 */
export function checkTerms(terms: StatuteTerms): void {
	for (const [term, boundsOf] of Object.entries(bounds)) {
		const [min, max, rule] = boundsOf(terms);
		const value = terms[term as Numeric];
		if (!Number.isSafeInteger(value) || value < min || value > max) throw outOfBounds(term, min, max, rule);
	}
	for (const [term, max, rule] of rates) {
		if (terms[term] !== null && decimalOf(term, terms[term], rule).gt(max)) throw outOfBounds(term, '0', max, rule);
	}
	for (const [term, min, rule] of majorities) checkMajority(term, terms[term], min, rule);
	if ('shareOfCapital' in terms.reserveCap) {
		if (decimalOf('reserveCap', terms.reserveCap.shareOfCapital, 'P-02').gt(1))
			throw outOfBounds('reserveCap', '0', '1', 'P-02');
	} else if (!Number.isSafeInteger(terms.reserveCap.amountCents) || terms.reserveCap.amountCents < 0) {
		throw outOfBounds('reserveCap', 0, Number.MAX_SAFE_INTEGER, 'P-02');
	}
	const min = Math.ceil(terms.nominalCents / 10);
	if (determinedCents(terms) < min) {
		throw new Refusal(
			'invalid',
			'statute.too-little-determined',
			{ minCents: min },
			{ rule: 'S-03', field: 'terms.firstPaymentCents' },
		);
	}
}

/**
 * Whether a change may take effect on that day: an existing day after the day of the version in force before.
 * Refuses invalid `statute.day-unknown`, conflict `statute.not-after-last` {last}.
 */
export function checkValidFrom(validFrom: Day, last: Day | undefined): void {
	if (!isDay(validFrom)) throw new Refusal('invalid', 'statute.day-unknown', {}, { field: 'validFrom' });
	if (last !== undefined && validFrom <= last) {
		throw new Refusal('conflict', 'statute.not-after-last', { last }, { field: 'validFrom' });
	}
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
