// Church tax: when the tax office is asked for a member's rate (KiStAM), which answer governs a day, and what must be erased at once.
import { addMonths, type Day } from '../../values/calendar.ts';
import type { HolderKind } from './withholding.ts';

/**
 * Why the Federal Central Tax Office (BZSt) was asked: every autumn for all (Regelabfrage), when a membership starts (Anlassabfrage), or
 * because the member asked for it.
 */
export const queryOccasions = ['yearly', 'start', 'member-request'] as const;
export type QueryOccasion = (typeof queryOccasions)[number];

/** The yearly query (Regelabfrage) of one autumn. */
export interface YearlyQuery {
	readonly keyDate: Day;
	readonly from: Day;
	readonly to: Day;
	/** calendar year of inflow that its answers govern */
	readonly governsYear: number;
	/** last day on which a member's block (Sperrvermerk) reaches the tax office in time */
	readonly blockBy: Day;
}

/** The yearly query of a calendar year: key date 31 August, asked 1 September to 31 October, for the next year (§ 51a(2c) EStG, T-31, T-33). */
export function yearlyQuery(year: number): YearlyQuery {
	return {
		...{ keyDate: `${year}-08-31`, from: `${year}-09-01`, to: `${year}-10-31` },
		...{ governsYear: year + 1, blockBy: `${year}-06-30` },
	};
}

/** Last day for a block before any other query: two months before it (§ 51a(2c) S. 1 Nr. 3 S. 7 EStG, T-33). */
export function blockBefore(askedOn: Day): Day {
	return addMonths(askedOn, -2);
}

/** What is owed when a membership starts. */
export interface StartDuty {
	/** ask the tax office for the rate (Anlassabfrage) */
	readonly query: boolean;
	/** tell the member about the query and the right to object, and keep a proof */
	readonly inform: boolean;
}

/** A new member is asked about if church tax can arise: a natural person who holds the shares privately (§ 51a(2b), (2c) EStG, T-30, T-34). */
export function dutyAtStart({
	kind,
	inBusinessAssets = false,
}: {
	kind: HolderKind;
	inBusinessAssets?: boolean;
}): StartDuty {
	const asked = kind === 'natural' && !inBusinessAssets;
	return { query: asked, inform: asked };
}

/**
 * True if the yearly query may be left out without harm: no distribution is expected, the cooperative can query at short notice and
 * every member agreed to a query on occasion (administrative practice, T-32).
 */
export function mayOmitYearlyQuery(standing: {
	readonly distributionExpected: boolean;
	readonly queriesAtShortNotice: boolean;
	readonly allMembersConsent: boolean;
}): boolean {
	return !standing.distributionExpected && standing.queriesAtShortNotice && standing.allMembersConsent;
}

/** One answer of the tax office. A null key (Nullwert) means no church tax or a block; the rate is then '0'. */
export interface ChurchTaxAnswer {
	readonly occasion: QueryOccasion;
	readonly askedOn: Day;
	readonly rate: string;
	/** six digits (Kirchensteuerabzugsmerkmal) */
	readonly key: string | null;
}

// Bridges the time until the first yearly query that knows the member governs; that query has its key date after the start.
function startGovernsTo(askedOn: Day): Day {
	const year = Number(askedOn.slice(0, 4));
	return askedOn <= yearlyQuery(year).keyDate ? `${year}-12-31` : `${year + 1}-12-31`;
}

function governs({ occasion, askedOn }: ChurchTaxAnswer, inflowOn: Day): boolean {
	const year = Number(askedOn.slice(0, 4));
	if (occasion === 'yearly') return Number(inflowOn.slice(0, 4)) === yearlyQuery(year).governsYear;
	const to = occasion === 'start' ? startGovernsTo(askedOn) : `${year}-12-31`;
	return askedOn <= inflowOn && inflowOn <= to;
}

/**
 * The answer that governs an inflow: the latest of those that reach it; null if none does, then the tax office must be asked (T-31). A
 * yearly query governs the whole next calendar year, whatever changes after its key date. One at the start bridges the time until then,
 * one on the member's request the rest of its year: that far is design, the law only names the occasion.
 */
export function churchTaxAnswerOn(answers: readonly ChurchTaxAnswer[], inflowOn: Day): ChurchTaxAnswer | null {
	return answers.reduce<ChurchTaxAnswer | null>(
		(latest, answer) =>
			governs(answer, inflowOn) && (latest === null || answer.askedOn >= latest.askedOn) ? answer : latest,
		null,
	);
}

/** What may be kept after an answer, and whether a stored religion is erased at once. */
export interface StoredReligion {
	readonly rate: string;
	readonly key: string | null;
	readonly erase: boolean;
}

/** What an answer leaves on file: rate and key, or after a zero value (Nullwert) nothing, and what was stored is erased at once (T-33). */
export function religionAfter({ rate, key }: Pick<ChurchTaxAnswer, 'rate' | 'key'>): StoredReligion {
	const zero = key === null || Number(rate) === 0;
	return zero ? { rate: '0', key: null, erase: true } : { rate, key, erase: false };
}
