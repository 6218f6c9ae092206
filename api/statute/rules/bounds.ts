// What the law lets a statute say: the bounds of every term, and the day from which a change may hold.
import { type Day, isDay } from '../../values/calendar.ts';
import { Decimal } from '../../values/money.ts';
import { Refusal } from '../../values/refusal.ts';
import {
	capitalReferences,
	declarationForms,
	determinedCents,
	fractionOf,
	furtherLiabilities,
	investingApprovers,
	limitsPayout,
	payoutConsents,
	payoutOrders,
	reserveBases,
	type StatuteTerms,
	transferRules,
} from '../rules.ts';

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
	// Without further payments a statute may name no liability sum at all.
	liabilityCents: (t) => [
		t.furtherLiability !== 'limited' && t.liabilityCents === 0 ? 0 : t.nominalCents,
		largestCents,
		'M-60',
	],
	entryFeeCents: () => [0, largestCents, 'S-05'],
	noticeMonths: (t) => [3, t.mostlyBusinesses ? 120 : 60, 'M-40'],
	dividendClaimYears: () => [1, 30, 'P-05'],
	payoutMonths: () => [1, 60, 'M-73'],
	conveningDays: () => [14, 90, 'C3'],
	announcementDays: () => [7, 90, 'C6'],
	proxyLimit: () => [1, 2, 'V5'],
};

const rates: readonly (readonly [keyof StatuteTerms, max: string, rule: string])[] = [
	['reserveRate', '1', 'P-02'],
	['boardReserveShare', '0.5', 'P-03'],
	['dividendCapRate', '1', 'P-07'],
	['interestRate', '1', 'P-40'],
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

function checkMajority(term: string, text: unknown, min: string, rule: string): void {
	if (typeof text !== 'string' || !/^[1-9]\d{0,2}\/[1-9]\d{0,2}$/.test(text)) throw outOfBounds(term, min, '1/1', rule);
	const [n, d] = fractionOf(text);
	const [minN, minD] = fractionOf(min);
	if (n > d || n * minD < minN * d) throw outOfBounds(term, min, '1/1', rule);
}

const choices: readonly (readonly [keyof StatuteTerms, readonly unknown[], rule: string])[] = [
	['furtherLiability', furtherLiabilities, 'M-61'],
	['joiningForm', declarationForms, 'M-01'],
	['noticeForm', declarationForms, 'M-40'],
	['transfer', transferRules, 'M-52'],
	['investingApproval', investingApprovers, 'M-07'],
	['payoutOrder', payoutOrders, 'M-72'],
	['payoutConsent', payoutConsents, 'M-73'],
	['reserveBase', reserveBases, 'P-02'],
	...(
		[
			['liabilityRisesWithShares', 'M-60'],
			['mostlyBusinesses', 'M-40'],
			['residenceRule', 'M-42'],
			['deathContinuation', 'M-45'],
			['investingMembers', 'M-07'],
			['investingVotes', 'M-07'],
			['paysBeforeFull', 'P-31'],
		] as const
	).map(([term, rule]) => [term, [true, false], rule] as const),
];

const lists: readonly (readonly ['exclusionReasons' | 'registerExtraFields', most: number, rule: string])[] = [
	['exclusionReasons', 300, 'M-46'],
	['registerExtraFields', 60, 'M-20'],
];
const longestList = 20;

function checkWords(terms: StatuteTerms): void {
	for (const [term, allowed, rule] of choices) {
		if (!allowed.includes(terms[term])) {
			throw new Refusal('invalid', 'statute.choice-unknown', { term }, { rule, field: `terms.${term}` });
		}
	}
	for (const [term, longest, rule] of lists) {
		const lines = terms[term];
		if (
			lines.length > longestList ||
			new Set(lines).size < lines.length ||
			lines.some((line) => line.trim() !== line || line === '' || line.length > longest)
		) {
			throw new Refusal(
				'invalid',
				'statute.list-unusable',
				{ most: longestList, longest },
				{ rule, field: `terms.${term}` },
			);
		}
	}
}

function checkMinimumCapital({ minimumCapital: minimum, payoutCapCents }: StatuteTerms): void {
	if (payoutCapCents !== null && !(Number.isSafeInteger(payoutCapCents) && payoutCapCents > 0)) {
		throw outOfBounds('payoutCapCents', 1, Number.MAX_SAFE_INTEGER, 'M-73');
	}
	if (minimum === null) return;
	if ('amountCents' in minimum) {
		if (Number.isSafeInteger(minimum.amountCents) && minimum.amountCents > 0) return;
		throw outOfBounds('minimumCapital', 1, Number.MAX_SAFE_INTEGER, 'M-72');
	}
	const share = decimalOf('minimumCapital', minimum.share, 'M-72');
	if (share.lte(0) || share.gt(1) || !capitalReferences.includes(minimum.of)) {
		throw outOfBounds('minimumCapital', '0', '1', 'M-72');
	}
}

function checkClauses(terms: StatuteTerms): void {
	if (terms.payoutConsent === 'board') {
		throw new Refusal('invalid', 'statute.payout-board-alone', {}, { rule: 'M-73', field: 'terms.payoutConsent' });
	}
	if (terms.transfer !== 'free' && (terms.noticeMonths > 60 || limitsPayout(terms))) {
		throw new Refusal('invalid', 'statute.transfer-must-be-free', {}, { rule: 'M-52', field: 'terms.transfer' });
	}
}

/**
 * Holds terms against the law: §§ 7, 7a, 8, 8a, 16, 20, 21a, 43, 46, 65, 68, 73, 76, 119, 121 GenG.
 * Refuses invalid `statute.out-of-bounds` {term, min, max}, `statute.choice-unknown` {term} and `statute.list-unusable`
 * {most, longest} with the rule and the field `terms.<term>`;
 * `statute.too-little-determined` {minCents} if less than a tenth of the share is due by amount and date (S-03);
 * `statute.payout-board-alone` if the board alone were to decide on payouts (M-73);
 * `statute.transfer-must-be-free` if transfers are narrowed although leaving takes more than five years or payouts are limited (M-52).
 */
export function checkTerms(terms: StatuteTerms): void {
	checkWords(terms);
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
	checkMinimumCapital(terms);
	checkClauses(terms);
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
