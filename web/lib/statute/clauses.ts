// The statute in plain words: what holds, what the legal word means, where the law stands.
import { euros, monthName, number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { choiceText, minimumText } from './rows.ts';
import { percentText, type Terms } from './terms.ts';

/** One rule of the statute for everybody: its word, what holds, what the word means, the paragraph it rests on. */
export interface Clause {
	label: string;
	value: string;
	meaning: string;
	law: string;
}

/** Rules that belong together. */
export interface ClauseGroup {
	id: 'shares' | 'joining' | 'leaving' | 'payout' | 'surplus' | 'assembly';
	title: string;
	hint: string;
	clauses: Clause[];
}

const percent = (rate: string) => `${percentText(rate)}\u00a0%`;
const months = (count: number) => m.statute_months({ count });
const days = (count: number) => m.statute_days({ count });
const part = (fraction: string) => fraction.replace('/', '/\u200b');
const yesNo = (value: boolean) => (value ? m.statute_yes() : m.statute_no_plain());
const clause = (label: string, value: string, meaning: string, law: string): Clause => ({ label, value, meaning, law });

function shares(terms: Terms): Clause[] {
	return [
		clause(m.statute_nominal(), euros(terms.nominalCents), m.statute_why_nominal(), '§ 7 GenG'),
		clause(
			m.statute_count(),
			m.statute_count_range({ min: number(terms.mandatoryShares), max: number(terms.maxShares) }),
			m.statute_why_count(),
			'§ 7a GenG',
		),
		clause(
			m.statute_first_payment(),
			m.statute_first_payment_value({
				amount: euros(terms.firstPaymentCents),
				days: number(terms.firstPaymentDays),
			}),
			m.statute_why_first_payment(),
			'§ 7 GenG',
		),
		...(terms.instalmentCents > 0
			? [
					clause(
						m.statute_instalment(),
						m.statute_instalment_value({
							amount: euros(terms.instalmentCents),
							months: number(terms.instalmentMonths),
						}),
						m.statute_why_instalment(),
						'§ 7 GenG',
					),
				]
			: []),
		clause(
			m.statute_liability(),
			terms.liabilityCents === 0
				? m.statute_liability_none()
				: m.statute_liability_value({ amount: euros(terms.liabilityCents) }),
			terms.liabilityRisesWithShares ? m.statute_why_liability_rises() : m.statute_why_liability_once(),
			'§§ 119, 121 GenG',
		),
		clause(
			m.statute_further(),
			choiceText.furtherLiability(terms.furtherLiability),
			m.statute_why_further(),
			'§ 6 GenG',
		),
	];
}

function joining(terms: Terms): Clause[] {
	return [
		clause(m.statute_joining_form(), choiceText.form(terms.joiningForm), m.statute_why_form(), '§§ 15, 15b GenG'),
		clause(
			m.statute_entry_fee(),
			terms.entryFeeCents === 0 ? m.statute_entry_none() : euros(terms.entryFeeCents),
			m.statute_why_entry_fee(),
			m.statute_itself(),
		),
		clause(
			m.statute_investing(),
			terms.investingMembers
				? `${m.statute_investing_value({ who: choiceText.investingApproval(terms.investingApproval) })}; ${
						terms.investingVotes ? m.statute_investing_vote_apart() : m.statute_investing_vote_none()
					}`
				: m.statute_investing_none(),
			m.statute_why_investing(),
			'§ 8 GenG',
		),
		clause(
			m.statute_register_fields(),
			terms.registerExtraFields.length ? terms.registerExtraFields.join(', ') : m.statute_register_none(),
			m.statute_why_register(),
			'§ 30 GenG',
		),
	];
}

function leaving(terms: Terms, yearEndMonth: number | undefined): Clause[] {
	return [
		clause(
			m.statute_notice_plain(),
			m.statute_notice_value({ months: months(terms.noticeMonths) }),
			m.statute_why_notice(),
			'§ 65 GenG',
		),
		clause(m.statute_notice_form(), choiceText.form(terms.noticeForm), m.statute_why_form(), '§ 65 GenG'),
		...(yearEndMonth === undefined
			? []
			: [
					clause(
						m.setup_year_end(),
						m.statute_year_end({ month: monthName(yearEndMonth) }),
						m.statute_why_year_end(),
						'§ 65 GenG',
					),
				]),
		clause(m.statute_transfer(), choiceText.transfer(terms.transfer), m.statute_why_transfer(), '§ 76 GenG'),
		clause(m.statute_residence_plain(), yesNo(terms.residenceRule), m.statute_why_residence(), '§ 67 GenG'),
		clause(
			m.statute_death_plain(),
			terms.deathContinuation ? m.statute_death_goes_on() : m.statute_death_ends(),
			m.statute_why_death(),
			'§ 77 GenG',
		),
		clause(
			m.statute_exclusion(),
			terms.exclusionReasons.length ? terms.exclusionReasons.join('; ') : m.statute_exclusion_none(),
			m.statute_why_exclusion(),
			'§ 68 GenG',
		),
	];
}

function payout(terms: Terms): Clause[] {
	return [
		clause(
			m.statute_payout_plain(),
			m.statute_payout_value({ months: months(terms.payoutMonths) }),
			m.statute_why_payout(),
			'§ 73 GenG',
		),
		clause(m.statute_minimum_kind(), minimumText(terms.minimumCapital), m.statute_why_minimum(), '§ 8a GenG'),
		clause(
			m.statute_payout_cap(),
			terms.payoutCapCents === null ? m.statute_no_cap() : euros(terms.payoutCapCents),
			m.statute_why_payout_cap(),
			'§ 73 GenG',
		),
		...(terms.minimumCapital !== null || terms.payoutCapCents !== null
			? [
					clause(
						m.statute_payout_order(),
						choiceText.payoutOrder(terms.payoutOrder),
						m.statute_why_payout_order(),
						'§ 8a GenG',
					),
				]
			: []),
		clause(
			m.statute_payout_consent(),
			choiceText.payoutConsent(terms.payoutConsent),
			m.statute_why_payout_consent(),
			'§ 73 GenG',
		),
	];
}

function surplus(terms: Terms): Clause[] {
	return [
		clause(
			m.statute_reserve_plain(),
			m.statute_reserve_value({
				rate: percent(terms.reserveRate),
				base: terms.reserveBase === 'surplus' ? m.statute_reserve_surplus() : m.statute_reserve_carry(),
				cap:
					'amountCents' in terms.reserveCap
						? euros(terms.reserveCap.amountCents)
						: m.statute_cap_of_capital({ rate: percent(terms.reserveCap.shareOfCapital) }),
			}),
			m.statute_why_reserve(),
			'§ 7 GenG',
		),
		clause(
			m.statute_board_reserve_plain(),
			m.statute_board_reserve_value({ rate: percent(terms.boardReserveShare) }),
			m.statute_why_board_reserve(),
			'§ 20 GenG',
		),
		clause(m.statute_dividend_key(), m.statute_dividend_key_value(), m.statute_why_dividend(), '§ 19 GenG'),
		clause(
			m.statute_dividend_cap_plain(),
			terms.dividendCapRate === null ? m.statute_no_cap() : percent(terms.dividendCapRate),
			m.statute_why_dividend_cap(),
			m.statute_itself(),
		),
		clause(
			m.statute_before_full_plain(),
			terms.paysBeforeFull ? m.statute_yes() : m.statute_no(),
			m.statute_why_before_full(),
			'§ 19 GenG',
		),
		clause(
			m.statute_interest(),
			terms.interestRate === null ? m.statute_no_cap() : percent(terms.interestRate),
			m.statute_why_interest(),
			'§ 21a GenG',
		),
		clause(
			m.statute_claim_plain(),
			m.statute_claim_value({ count: terms.dividendClaimYears }),
			m.statute_why_claim(),
			'§§ 195, 199 BGB',
		),
	];
}

function assembly(terms: Terms): Clause[] {
	return [
		clause(
			m.statute_convening_plain(),
			m.statute_convening_value({ days: days(terms.conveningDays) }),
			m.statute_why_convening(),
			'§ 46 GenG',
		),
		clause(
			m.statute_announcement_plain(),
			m.statute_announcement_value({ days: days(terms.announcementDays) }),
			m.statute_why_announcement(),
			'§ 46 GenG',
		),
		clause(
			m.statute_ordinary(),
			m.statute_ordinary_value({ part: part(terms.ordinaryMajority) }),
			m.statute_why_ordinary(),
			'§ 43 GenG',
		),
		clause(
			m.statute_majority(),
			m.statute_majority_value({ part: part(terms.statuteMajority) }),
			m.statute_why_majority(),
			'§ 16 GenG',
		),
		clause(
			m.statute_proxies_plain(),
			m.statute_proxies_value({ count: terms.proxyLimit }),
			m.statute_why_proxies(),
			'§ 43 GenG',
		),
	];
}

/** The whole statute in plain words; `yearEndMonth` (1 to 12) is the month its fiscal year ends with. */
export function clausesOf(terms: Terms, yearEndMonth: number | undefined): ClauseGroup[] {
	return [
		{
			...{ id: 'shares', title: m.statute_card_shares(), hint: m.statute_card_shares_hint() },
			clauses: shares(terms),
		},
		{
			...{ id: 'joining', title: m.statute_group_joining(), hint: m.statute_card_joining_hint() },
			clauses: joining(terms),
		},
		{
			...{ id: 'leaving', title: m.statute_group_leaving(), hint: m.statute_card_leaving_hint() },
			clauses: leaving(terms, yearEndMonth),
		},
		{
			...{ id: 'payout', title: m.statute_group_payout(), hint: m.statute_card_payout_hint() },
			clauses: payout(terms),
		},
		{
			...{ id: 'surplus', title: m.statute_card_surplus(), hint: m.statute_card_surplus_hint() },
			clauses: surplus(terms),
		},
		{
			...{ id: 'assembly', title: m.statute_card_assembly(), hint: m.statute_card_assembly_hint() },
			clauses: assembly(terms),
		},
	];
}

/** A version of the statute with the days it held: `until` is null for the last one. */
export interface Span<V> {
	version: V;
	from: string;
	until: string | null;
}

/** Versions, newest first, with the last day each was in force. */
export function spansOf<V extends { validFrom: string }>(versions: readonly V[]): Span<V>[] {
	return versions.map((version, i) => {
		const next = versions[i - 1];
		return { version, from: version.validFrom, until: next ? dayBefore(next.validFrom) : null };
	});
}

function dayBefore(day: string): string {
	return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
