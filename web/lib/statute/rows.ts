// The statute's terms as rows that can be compared, version by version.
import { euros, number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { percentText, type Terms } from './terms.ts';

/** A term with its value in words. */
export interface TermRow {
	term: string;
	label: string;
	value: string;
}

const percent = (rate: string) => `${percentText(rate)}\u00a0%`;
const yesNo = (value: boolean) => (value ? m.board_yes() : m.board_no());

const listed = (lines: readonly string[]) => (lines.length ? lines.join('; ') : m.board_none());
const form = (value: Terms['noticeForm']) => (value === 'text' ? m.statute_form_text() : m.statute_form_written());

/** The minimum capital (Mindestkapital) in words. */
export function minimumText(minimum: Terms['minimumCapital']): string {
	if (minimum === null) return m.statute_minimum_none();
	if ('amountCents' in minimum) return euros(minimum.amountCents);
	const rate = percent(minimum.share);
	return minimum.of === 'capital' ? m.statute_cap_of_capital({ rate }) : m.statute_minimum_of_assets({ rate });
}

/** Words for the statute's choices, by term and value. */
export const choiceText = {
	furtherLiability: (value: Terms['furtherLiability']) =>
		({ none: m.statute_further_none, limited: m.statute_further_limited, unlimited: m.statute_further_unlimited })[
			value
		](),
	transfer: (value: Terms['transfer']) =>
		({
			free: m.statute_transfer_free,
			consent: m.statute_transfer_consent,
			excluded: m.statute_transfer_excluded,
		})[value](),
	investingApproval: (value: Terms['investingApproval']) =>
		value === 'assembly' ? m.statute_approval_assembly() : m.statute_approval_supervisory(),
	payoutOrder: (value: Terms['payoutOrder']) =>
		value === 'pro-rata' ? m.statute_order_pro_rata() : m.statute_order_first_come(),
	payoutConsent: (value: Terms['payoutConsent']) =>
		({
			none: m.statute_consent_none,
			'supervisory-board': m.statute_consent_supervisory,
			assembly: m.statute_consent_assembly,
			board: m.statute_consent_board,
		})[value](),
	form,
};

/** All terms in the statute's order. */
export function termRows(terms: Terms): TermRow[] {
	const rows: [string, string, string][] = [
		['nominalCents', m.statute_nominal(), euros(terms.nominalCents)],
		['firstPaymentCents', m.statute_first_payment(), euros(terms.firstPaymentCents)],
		['firstPaymentDays', m.statute_first_days(), number(terms.firstPaymentDays)],
		['instalmentCents', m.statute_instalment(), euros(terms.instalmentCents)],
		['instalmentMonths', m.statute_instalment_months(), number(terms.instalmentMonths)],
		['mandatoryShares', m.statute_mandatory(), number(terms.mandatoryShares)],
		['maxShares', m.statute_max(), number(terms.maxShares)],
		['liabilityCents', m.statute_liability(), euros(terms.liabilityCents)],
		['liabilityRisesWithShares', m.statute_liability_rises(), yesNo(terms.liabilityRisesWithShares)],
		['furtherLiability', m.statute_further(), choiceText.furtherLiability(terms.furtherLiability)],
		['joiningForm', m.statute_joining_form(), form(terms.joiningForm)],
		['entryFeeCents', m.statute_entry_fee(), euros(terms.entryFeeCents)],
		['investingMembers', m.statute_investing(), yesNo(terms.investingMembers)],
		['investingApproval', m.statute_investing_approval(), choiceText.investingApproval(terms.investingApproval)],
		['investingVotes', m.statute_investing_votes(), yesNo(terms.investingVotes)],
		['registerExtraFields', m.statute_register_fields(), listed(terms.registerExtraFields)],
		['noticeMonths', m.statute_notice(), number(terms.noticeMonths)],
		['noticeForm', m.statute_notice_form(), form(terms.noticeForm)],
		['mostlyBusinesses', m.statute_businesses(), yesNo(terms.mostlyBusinesses)],
		['residenceRule', m.statute_residence(), yesNo(terms.residenceRule)],
		['transfer', m.statute_transfer(), choiceText.transfer(terms.transfer)],
		['deathContinuation', m.statute_death(), yesNo(terms.deathContinuation)],
		['exclusionReasons', m.statute_exclusion(), listed(terms.exclusionReasons)],
		['payoutMonths', m.statute_payout(), number(terms.payoutMonths)],
		['minimumCapital', m.statute_minimum_kind(), minimumText(terms.minimumCapital)],
		['payoutOrder', m.statute_payout_order(), choiceText.payoutOrder(terms.payoutOrder)],
		[
			'payoutCapCents',
			m.statute_payout_cap(),
			terms.payoutCapCents === null ? m.board_none() : euros(terms.payoutCapCents),
		],
		['payoutConsent', m.statute_payout_consent(), choiceText.payoutConsent(terms.payoutConsent)],
		['reserveRate', m.statute_reserve(), percent(terms.reserveRate)],
		[
			'reserveBase',
			m.statute_reserve_base(),
			terms.reserveBase === 'surplus' ? m.statute_reserve_surplus() : m.statute_reserve_carry(),
		],
		[
			'reserveCap',
			m.statute_cap_kind(),
			'amountCents' in terms.reserveCap
				? euros(terms.reserveCap.amountCents)
				: m.statute_cap_of_capital({ rate: percent(terms.reserveCap.shareOfCapital) }),
		],
		['boardReserveShare', m.statute_board_reserve(), percent(terms.boardReserveShare)],
		[
			'dividendCapRate',
			m.statute_dividend_cap(),
			terms.dividendCapRate === null ? m.board_none() : percent(terms.dividendCapRate),
		],
		['paysBeforeFull', m.statute_before_full(), yesNo(terms.paysBeforeFull)],
		['interestRate', m.statute_interest(), terms.interestRate === null ? m.board_none() : percent(terms.interestRate)],
		['dividendClaimYears', m.statute_claim_years(), number(terms.dividendClaimYears)],
		['conveningDays', m.statute_convening(), number(terms.conveningDays)],
		['announcementDays', m.statute_announcement(), number(terms.announcementDays)],
		['proxyLimit', m.statute_proxies(), number(terms.proxyLimit)],
		['ordinaryMajority', m.statute_ordinary(), terms.ordinaryMajority],
		['statuteMajority', m.statute_majority(), terms.statuteMajority],
	];
	return rows.map(([term, label, value]) => ({ term, label, value }));
}

/** What differs between two versions, as before and after. */
export function changedTerms(
	before: Terms,
	after: Terms,
): { term: string; label: string; before: string; after: string }[] {
	const old = new Map(termRows(before).map(({ term, value }) => [term, value]));
	return termRows(after)
		.filter(({ term, value }) => old.get(term) !== value)
		.map(({ term, label, value }) => ({ term, label, before: old.get(term) ?? m.board_none(), after: value }));
}
