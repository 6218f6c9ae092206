// When a dividend counts as received, when the withheld tax is due, and what a calendar year of inflows adds up to.
import { addDays, bankDayFrom, type Day, daysBetween, isBankDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type ExemptionOrder, exemptionRemainingCents } from './exemptions.ts';
import { taxParameters, taxParametersOn } from './parameters.ts';
import { type Holder, type Withholding, withhold } from './withholding.ts';

/** Days the resolution must leave between itself and the payout, so that payments can be prepared (T-07). */
export const payoutLeadDays = 7;

/**
 * The day of inflow (Zufluss): the payout day named in the resolution, else the day that law or statute fixes, else the day
 * after the resolution; weekends count (§ 44(2) EStG, T-07).
 */
export function inflowDay(resolvedOn: Day, payoutOn: Day | null = null, fixedOn: Day | null = null): Day {
	return payoutOn ?? fixedOn ?? addDays(resolvedOn, 1);
}

/**
 * The day on which the tax return (Tagesanmeldung) and the tax are due: the day of inflow, or the next bank day
 * (§ 44(1) S. 5 half-sentence 2 EStG, § 108(3) AO; T-40). National holidays on which banks work do not move it.
 */
export function capitalTaxDueOn(inflowOn: Day): Day {
	return bankDayFrom(inflowOn);
}

/**
 * Checks the payout day of a resolution: a bank day at least seven days ahead (T-07).
 * Refuses invalid `dividends.payout-not-bank-day` {payoutOn, nextBankDay}, `dividends.payout-too-early` {payoutOn, earliest}.
 */
export function checkPayoutDay(resolvedOn: Day, payoutOn: Day): void {
	const about = { rule: 'T-07', field: 'payoutOn' };
	if (daysBetween(resolvedOn, payoutOn) < payoutLeadDays) {
		const earliest = bankDayFrom(addDays(resolvedOn, payoutLeadDays));
		throw new Refusal('invalid', 'dividends.payout-too-early', { payoutOn, earliest }, about);
	}
	if (!isBankDay(payoutOn)) {
		const nextBankDay = bankDayFrom(payoutOn);
		throw new Refusal('invalid', 'dividends.payout-not-bank-day', { payoutOn, nextBankDay }, about);
	}
}

/** A dividend that reached or will reach a member on a day; amounts in cents. */
export interface DatedInflow {
	readonly day: Day;
	readonly grossCents: number;
	readonly notTaxableCents?: number;
	/** The member's tax standing on that day. */
	readonly holder: Holder;
}

/** A dated inflow with its deduction and what the exemption order has left for the rest of that year. */
export interface DatedWithholding {
	readonly day: Day;
	readonly withholding: Withholding;
	readonly remainingCents: number;
}

/**
 * Deducts from all inflows of one member in payment order: each calendar year has its own pot, used as it comes, nothing is
 * carried over (§ 44a(4b) S. 2 EStG, T-20, T-22). Same day: in the order given. `usedBefore` is what a year had used before
 * the first of them. The result is in payment order.
 */
export function withholdInPaymentOrder(
	inflows: readonly DatedInflow[],
	order: ExemptionOrder | null,
	usedBefore: Readonly<Record<string, number>> = {},
	table = taxParameters,
): DatedWithholding[] {
	const used = new Map(Object.entries(usedBefore));
	const inOrder = [...inflows].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
	return inOrder.map(({ day, ...inflow }) => {
		const year = day.slice(0, 4);
		const usedCents = used.get(year) ?? 0;
		const availableCents = order ? exemptionRemainingCents(order, day, usedCents) : 0;
		const withholding = withhold({ ...inflow, exemptionRemainingCents: availableCents }, taxParametersOn(day, table));
		used.set(year, usedCents + withholding.exemptionUsedCents);
		return { day, withholding, remainingCents: availableCents - withholding.exemptionUsedCents };
	});
}

/** One member's line of the yearly report of exempted income to the Federal Central Tax Office (BZSt), in cents. */
export interface ExemptedIncome {
	readonly byOrderCents: number;
	readonly byNoAssessmentCents: number;
}

/**
 * Exempted income of one member in a calendar year, by order and by certificate of no assessment; other certificates are
 * not reported (§ 45d(1) EStG, T-46).
 */
export function exemptedIncome(withholdings: readonly DatedWithholding[], year: number): ExemptedIncome {
	const ofYear = withholdings.filter(({ day }) => Number(day.slice(0, 4)) === year).map((dated) => dated.withholding);
	const sum = (by: Withholding['exemptBy']) =>
		ofYear.filter(({ exemptBy }) => exemptBy === by).reduce((total, { exemptCents }) => total + exemptCents, 0);
	return { byOrderCents: sum('exemption-order'), byNoAssessmentCents: sum('no-assessment') };
}
