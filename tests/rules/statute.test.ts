// The statute's terms against the law: every bound, what depends on another term, and what older versions did not know.
import { describe, expect, test } from 'vitest';
import {
	completedTerms,
	liabilitySumCents,
	limitsPayout,
	type StatuteTerms,
	suggestedTerms,
} from '../../api/statute/rules.ts';
import { checkTerms } from '../../api/statute/rules/bounds.ts';

const terms = (changes: Partial<StatuteTerms>): StatuteTerms => ({ ...suggestedTerms, ...changes });

function refusalOf(changes: object): unknown {
	try {
		checkTerms(terms(changes as Partial<StatuteTerms>));
	} catch (error) {
		return error;
	}
	return undefined;
}

describe('bounds of the law', () => {
	test.each<[object, string, string, string]>([
		[{ liabilityCents: 49_999 }, 'statute.out-of-bounds', 'liabilityCents', 'M-60'],
		[{ liabilityCents: 0, furtherLiability: 'limited' }, 'statute.out-of-bounds', 'liabilityCents', 'M-60'],
		[{ entryFeeCents: -1 }, 'statute.out-of-bounds', 'entryFeeCents', 'S-05'],
		[{ noticeMonths: 2 }, 'statute.out-of-bounds', 'noticeMonths', 'M-40'],
		[{ noticeMonths: 72 }, 'statute.out-of-bounds', 'noticeMonths', 'M-40'],
		[{ noticeMonths: 121, mostlyBusinesses: true }, 'statute.out-of-bounds', 'noticeMonths', 'M-40'],
		[{ dividendClaimYears: 0 }, 'statute.out-of-bounds', 'dividendClaimYears', 'P-05'],
		[{ interestRate: '1.5' }, 'statute.out-of-bounds', 'interestRate', 'P-40'],
		[{ interestRate: 'viel' }, 'statute.out-of-bounds', 'interestRate', 'P-40'],
		[{ payoutCapCents: 0 }, 'statute.out-of-bounds', 'payoutCapCents', 'M-73'],
		[{ minimumCapital: { amountCents: 0 } }, 'statute.out-of-bounds', 'minimumCapital', 'M-72'],
		[{ minimumCapital: { share: '1.01', of: 'capital' } }, 'statute.out-of-bounds', 'minimumCapital', 'M-72'],
		[{ minimumCapital: { share: '0', of: 'capital' } }, 'statute.out-of-bounds', 'minimumCapital', 'M-72'],
		[{ minimumCapital: { share: '0.5', of: 'luck' } }, 'statute.out-of-bounds', 'minimumCapital', 'M-72'],
		[{ joiningForm: 'shouted' }, 'statute.choice-unknown', 'joiningForm', 'M-01'],
		[{ transfer: 'sold' }, 'statute.choice-unknown', 'transfer', 'M-52'],
		[{ residenceRule: 'yes' }, 'statute.choice-unknown', 'residenceRule', 'M-42'],
		[{ exclusionReasons: ['a', 'a'] }, 'statute.list-unusable', 'exclusionReasons', 'M-46'],
		[{ exclusionReasons: [''] }, 'statute.list-unusable', 'exclusionReasons', 'M-46'],
		[{ exclusionReasons: ['x'.repeat(301)] }, 'statute.list-unusable', 'exclusionReasons', 'M-46'],
		[
			{ registerExtraFields: Array.from({ length: 21 }, (_, i) => `Feld ${i}`) },
			'statute.list-unusable',
			'registerExtraFields',
			'M-20',
		],
		[{ payoutConsent: 'board' }, 'statute.payout-board-alone', 'payoutConsent', 'M-73'],
		[
			{ transfer: 'excluded', noticeMonths: 61, mostlyBusinesses: true },
			'statute.transfer-must-be-free',
			'transfer',
			'M-52',
		],
		[{ transfer: 'consent', payoutMonths: 12 }, 'statute.transfer-must-be-free', 'transfer', 'M-52'],
		[{ transfer: 'excluded', minimumCapital: { amountCents: 1 } }, 'statute.transfer-must-be-free', 'transfer', 'M-52'],
		[{ transfer: 'excluded', payoutCapCents: 1 }, 'statute.transfer-must-be-free', 'transfer', 'M-52'],
		[{ transfer: 'consent', payoutConsent: 'assembly' }, 'statute.transfer-must-be-free', 'transfer', 'M-52'],
	])('%j is refused with %s', (changes, code, term, rule) => {
		expect(refusalOf(changes)).toMatchObject({ code, field: `terms.${term}`, rule });
	});

	test.each<[Partial<StatuteTerms>]>([
		[{ noticeMonths: 3 }],
		[{ noticeMonths: 60 }],
		[{ noticeMonths: 120, mostlyBusinesses: true }],
		[{ liabilityCents: 0 }],
		[{ transfer: 'excluded' }],
		[{ transfer: 'consent' }],
		[{ minimumCapital: { share: '0.95', of: 'fixed-assets' }, payoutOrder: 'first-come' }],
		[{ payoutConsent: 'supervisory-board', payoutCapCents: 5_000_000 }],
		[{ interestRate: '0.02', dividendClaimYears: 5 }],
		[{ exclusionReasons: [] }],
	])('%j is lawful', (changes) => {
		expect(refusalOf(changes)).toBeUndefined();
	});

	test('payouts are limited by minimum capital, a cap, consent or a later day', () => {
		expect(limitsPayout(suggestedTerms)).toBe(false);
		expect(limitsPayout(terms({ payoutMonths: 7 }))).toBe(true);
	});
});

test('versions stored before a term was known are completed by what the law says', () => {
	const { transfer, noticeForm, exclusionReasons, dividendClaimYears, minimumCapital, ...older } = suggestedTerms;
	expect([transfer, noticeForm, dividendClaimYears, minimumCapital]).toEqual(['free', 'text', 3, null]);
	expect(exclusionReasons.length).toBeGreaterThan(0);
	expect(completedTerms(older)).toMatchObject({
		...{ transfer: 'free', noticeForm: 'text', exclusionReasons: [], dividendClaimYears: 3, minimumCapital: null },
		noticeMonths: older.noticeMonths,
	});
	expect(completedTerms({ ...older, transfer: 'consent' }).transfer).toBe('consent');
});

test('the liability sum grows with shares unless the statute rules it out (M-60)', () => {
	const once = { liabilityCents: 10_000, liabilityRisesWithShares: false };
	expect(liabilitySumCents({ ...once, liabilityRisesWithShares: true }, 5)).toBe(50_000);
	expect(liabilitySumCents(once, 5)).toBe(10_000);
	expect(liabilitySumCents(once, 0)).toBe(0);
});
