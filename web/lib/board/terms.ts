// The statute's terms as rows that can be compared, version by version.
import { euros, number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { percentText, type Terms } from '#lib/statute/terms.ts';

/** A term with its value in words. */
export interface TermRow {
	term: string;
	label: string;
	value: string;
}

const percent = (rate: string) => `${percentText(rate)}\u00a0%`;
const yesNo = (value: boolean) => (value ? m.board_yes() : m.board_no());

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
		[
			'furtherLiability',
			m.statute_further(),
			{ none: m.statute_further_none, limited: m.statute_further_limited, unlimited: m.statute_further_unlimited }[
				terms.furtherLiability
			](),
		],
		['noticeMonths', m.statute_notice(), number(terms.noticeMonths)],
		['payoutMonths', m.statute_payout(), number(terms.payoutMonths)],
		['investingMembers', m.statute_investing(), yesNo(terms.investingMembers)],
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
