// What a former member gets (Auseinandersetzung, § 73 GenG), when, and in which order if not all can be paid; a look at the coming years.
import { fiscalYearOf, type furtherLiabilities, type StatuteTerms } from '../../statute/rules.ts';
import { addDays, type Day } from '../../values/calendar.ts';
import { ceilCent, Decimal, splitByLargestRemainder } from '../../values/money.ts';
import { Refusal } from '../../values/refusal.ts';
import { monthsAfter } from './noticeDays.ts';

/**
 * The balance that leaves with shares that end: what the remaining shares cannot hold (§§ 67b, 73 GenG). All of it with all shares.
 */
export function leavingCents({ paidCents }: { paidCents: number }, remainingNominalCents: number): number {
	return Math.max(0, paidCents - remainingNominalCents);
}

/** The day by which the settlement is to be paid: so many months after the exit, six by law (§ 73(2) GenG, M-70). */
export function payoutDueOn(exitOn: Day, payoutMonths: number): Day {
	return monthsAfter(exitOn, payoutMonths);
}

/**
 * Each leaving balance's part of the loss that the balance sheet shows at the exit (§§ 19, 73(2) GenG, M-71), to the cent by largest
 * remainder over all balances; never more than the balance. `restCents`: the balances of those who stay.
 */
export function lossShares(lossCents: number, leaving: readonly number[], restCents: number): number[] {
	const total = leaving.reduce((sum, cents) => sum + cents, restCents);
	if (lossCents <= 0 || total <= 0) return leaving.map(() => 0);
	return splitByLargestRemainder(Math.min(lossCents, total), [...leaving, restCents]).slice(0, leaving.length);
}

/** What a former member is owed, or owes, at the exit, in cents. */
export interface SettlementResult {
	lossShareCents: number;
	payoutCents: number;
	/** the member's part of debts nothing covers; only where further payments (Nachschüsse) exist */
	owedByMemberCents: number;
}

/**
 * One member's settlement from balance and balance sheet (§ 73(2) GenG, M-70, M-71): the balance less its part of the loss; reserves are
 * not touched. What not even all balances cover is borne per head, and only where the statute knows further payments: up to the
 * liability sum, or without limit.
 */
export function settlementOf({
	balanceCents,
	totalBalancesCents,
	lossCents,
	furtherLiability,
	liabilitySumCents,
	heads,
}: {
	balanceCents: number;
	totalBalancesCents: number;
	lossCents: number;
	furtherLiability: (typeof furtherLiabilities)[number];
	liabilitySumCents: number;
	/** members at the exit, the one who leaves included */
	heads: number;
}): SettlementResult {
	const [lossShareCents = 0] = lossShares(lossCents, [balanceCents], totalBalancesCents - balanceCents);
	const uncoveredCents = Math.max(0, lossCents - totalBalancesCents);
	const perHead = heads > 0 ? ceilCent(new Decimal(uncoveredCents).div(heads)) : 0;
	const limits = { none: 0, limited: liabilitySumCents, unlimited: perHead };
	return {
		lossShareCents,
		payoutCents: balanceCents - lossShareCents,
		owedByMemberCents: Math.min(perHead, limits[furtherLiability]),
	};
}

/**
 * Whether a balance may be paid out: never during membership (§ 22(4) S. 1 GenG, S-06).
 * Refuses conflict `shares.still-a-member` {until}.
 */
export function checkNoLongerMember(exitOn: Day, day: Day): void {
	if (day <= exitOn) throw new Refusal('conflict', 'shares.still-a-member', { until: exitOn }, { rule: 'S-06' });
}

/** What nobody may do with a balance or an owed payment (§ 22(4), (5) GenG, S-06). */
export const forbiddenActs = [
	'payout-during-membership',
	'pledge',
	'waiver',
	'loan-for-shares',
	'set-off-by-member',
] as const;
export type ForbiddenAct = (typeof forbiddenActs)[number];

/** Always refuses: invalid `shares.forbidden-by-law` {act} (S-06). What is owed stays owed. */
export function refuseForbidden(act: ForbiddenAct): never {
	throw new Refusal('invalid', 'shares.forbidden-by-law', { act }, { rule: 'S-06' });
}

/** The least that balances must come to, in cents (Mindestkapital, § 8a GenG, M-72); null: no minimum. A share is rounded up. */
export function minimumCapitalCents(
	minimum: StatuteTerms['minimumCapital'],
	reference: { capitalCents: number; fixedAssetsCents: number },
): number | null {
	if (minimum === null) return null;
	if ('amountCents' in minimum) return minimum.amountCents;
	const base = minimum.of === 'capital' ? reference.capitalCents : reference.fixedAssetsCents;
	return ceilCent(new Decimal(base).mul(minimum.share));
}

/** What bounds a payout: capital before it, the minimum that must stay, what the year's cap leaves (null: no such bound). */
export interface PayoutBounds {
	capitalCents: number;
	minimumCents: number | null;
	capLeftCents: number | null;
	order: StatuteTerms['payoutOrder'];
}

/** Most that may be paid of claims that come to `wantedCents`. */
export function payableCents(
	wantedCents: number,
	{ capitalCents, minimumCents, capLeftCents }: Omit<PayoutBounds, 'order'>,
): number {
	const aboveMinimum = minimumCents === null ? wantedCents : Math.max(0, capitalCents - minimumCents);
	return Math.min(wantedCents, aboveMinimum, capLeftCents === null ? wantedCents : Math.max(0, capLeftCents));
}

/**
 * How much of each claim is paid now (M-72, M-73), claims in the order of the queue: all if there is enough; otherwise every claim its
 * part (largest remainder, ties to the earlier), or the first ones first. The rest is suspended (§ 8a(2) GenG).
 */
export function payNow(claims: readonly number[], bounds: PayoutBounds): { paid: number[]; suspended: number[] } {
	const wanted = claims.reduce((sum, cents) => sum + cents, 0);
	let left = payableCents(wanted, bounds);
	if (wanted === 0) return { paid: claims.map(() => 0), suspended: claims.map(() => 0) };
	const paid =
		bounds.order === 'pro-rata'
			? splitByLargestRemainder(left, claims)
			: claims.map((cents) => {
					const part = Math.min(cents, left);
					left -= part;
					return part;
				});
	return { paid, suspended: claims.map((cents, i) => cents - (paid[i] ?? 0)) };
}

/** A claim that is coming: from which exit, due when, how much. */
export interface ComingClaim {
	exitOn: Day;
	dueOn: Day;
	amountCents: number;
}

/** A fiscal year ahead, in cents: who leaves, what falls due, what can be paid, what stays suspended, what capital is left at its end. */
export interface ForecastYear {
	year: string;
	end: Day;
	exits: number;
	leavingCents: number;
	dueCents: number;
	payableCents: number;
	suspendedCents: number;
	capitalLeftCents: number;
}

/**
 * The coming fiscal years from the one of `day` on: claims known today under today's capital, without new members or results (M-72, M-73).
 * What is suspended in one year is due again in the next.
 */
export function forecast(
	claims: readonly ComingClaim[],
	{
		day,
		endMonth,
		years,
		capitalCents,
		minimumCents,
		capCents,
		paidThisYearCents = 0,
	}: {
		day: Day;
		endMonth: number;
		years: number;
		capitalCents: number;
		minimumCents: number | null;
		capCents: number | null;
		paidThisYearCents?: number;
	},
): ForecastYear[] {
	const result: ForecastYear[] = [];
	let capital = capitalCents;
	let suspended = 0;
	let year = fiscalYearOf(day, endMonth);
	for (let i = 0; i < years; i++) {
		const first = i === 0;
		const leaving = claims.filter(({ exitOn }) => exitOn <= year.end && (first || exitOn >= year.start));
		const falling = claims.filter(({ dueOn }) => dueOn <= year.end && (first || dueOn >= year.start));
		const due = falling.reduce((sum, { amountCents }) => sum + amountCents, 0);
		const capLeftCents = capCents === null ? null : capCents - (first ? paidThisYearCents : 0);
		const payable = payableCents(due + suspended, { capitalCents: capital, minimumCents, capLeftCents });
		suspended = due + suspended - payable;
		capital -= payable;
		result.push({
			...{ year: year.name, end: year.end, exits: leaving.length },
			leavingCents: leaving.reduce((sum, { amountCents }) => sum + amountCents, 0),
			...{ dueCents: due, payableCents: payable, suspendedCents: suspended, capitalLeftCents: capital },
		});
		year = fiscalYearOf(addDays(year.end, 1), endMonth);
	}
	return result;
}
