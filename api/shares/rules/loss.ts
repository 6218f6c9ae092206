// What a loss does to reserves and balances, and when the assembly must be called because of it.
import { Decimal, splitByLargestRemainder } from '../../values/money.ts';
import { Refusal } from '../../values/refusal.ts';

/**
 * Writes a loss down on balances, pro rata of what they were at the end of the previous fiscal year (§ 19(1) GenG, P-10, S-11): exact to
 * the cent by largest remainder, ties to the earlier. The number of shares stays. Refuses invalid `shares.loss-over-balances` {balancesCents}.
 */
export function writeDown(lossCents: number, balances: readonly number[]): number[] {
	const balancesCents = balances.reduce((sum, cents) => sum + cents, 0);
	if (!Number.isSafeInteger(lossCents) || lossCents < 0 || lossCents > balancesCents)
		throw new Refusal('invalid', 'shares.loss-over-balances', { balancesCents }, { rule: 'P-10', field: 'lossCents' });
	return lossCents === 0 ? balances.map(() => 0) : splitByLargestRemainder(lossCents, balances);
}

/**
 * What each member bears of a loss (P-10): pro rata of the balance at the end of the previous fiscal year, never more than the balance is
 * now; what somebody cannot bear any more, the others bear the same way. Exact to the cent by largest remainder, ties to the earlier.
 * Refuses invalid `shares.loss-over-balances` {balancesCents}.
 */
export function bearLoss(
	lossCents: number,
	members: readonly { readonly baseCents: number; readonly balanceCents: number }[],
): number[] {
	const most = members.map(({ baseCents, balanceCents }) => (baseCents > 0 ? Math.max(0, balanceCents) : 0));
	const borne = members.map(() => 0);
	let leftCents = lossCents;
	while (leftCents > 0) {
		const weights = members.map(({ baseCents }, i) => ((borne[i] ?? 0) < (most[i] ?? 0) ? baseCents : 0));
		if (weights.every((weight) => weight === 0)) {
			const balancesCents = most.reduce((sum, cents) => sum + cents, 0);
			throw new Refusal(
				'invalid',
				'shares.loss-over-balances',
				{ balancesCents },
				{ rule: 'P-10', field: 'lossCents' },
			);
		}
		for (const [i, cents] of splitByLargestRemainder(leftCents, weights).entries()) {
			const taken = Math.min(cents, (most[i] ?? 0) - (borne[i] ?? 0));
			borne[i] = (borne[i] ?? 0) + taken;
			leftCents -= taken;
		}
	}
	return borne;
}

/** What a loss can be covered from, in cents: as it stands in the books. */
export interface LossStanding {
	/** loss carried forward (Verlustvortrag) */
	carriedCents: number;
	legalReserveCents: number;
	otherReservesCents: number;
	balancesCents: number;
}

/**
 * Whether a resolution can be carried out: there is that much loss in the books, and each reserve reaches.
 * Refuses invalid `shares.loss-wrong`, `shares.loss-nothing`, `shares.loss-over-carried` {carriedCents},
 * `shares.loss-over-legal-reserve` {reserveCents}, `shares.loss-over-other-reserves` {reserveCents} (P-10).
 */
export function checkLossUse(use: Omit<LossUse, 'carriedForward'>, standing: LossStanding): void {
	const amounts = [use.fromLegalReserve, use.fromOtherReserves, use.fromBalances];
	const sum = amounts.reduce((total, cents) => total + cents, 0);
	const rule = 'P-10';
	if (amounts.some((cents) => !Number.isSafeInteger(cents) || cents < 0))
		throw new Refusal('invalid', 'shares.loss-wrong', {}, { rule, field: 'fromBalancesCents' });
	if (sum === 0) throw new Refusal('invalid', 'shares.loss-nothing', {}, { rule, field: 'fromBalancesCents' });
	const { carriedCents, legalReserveCents, otherReservesCents } = standing;
	if (sum > carriedCents)
		throw new Refusal('invalid', 'shares.loss-over-carried', { carriedCents }, { rule, field: 'fromBalancesCents' });
	if (use.fromLegalReserve > legalReserveCents) {
		const values = { reserveCents: legalReserveCents };
		throw new Refusal('invalid', 'shares.loss-over-legal-reserve', values, { rule, field: 'fromLegalReserveCents' });
	}
	if (use.fromOtherReserves > otherReservesCents) {
		const values = { reserveCents: otherReservesCents };
		throw new Refusal('invalid', 'shares.loss-over-other-reserves', values, { rule, field: 'fromOtherReservesCents' });
	}
}

/**
 * What of written-off losses has not been filled up again, after a member's events in order: a loss opens, a profit credited to the balance
 * closes (§ 19(1) S. 3, (2) S. 2 GenG, P-31). Never below zero.
 */
export function lossToRefill(events: readonly { lossCents: number; creditedCents: number }[]): number {
	return events.reduce((open, { lossCents, creditedCents }) => Math.max(0, open + lossCents - creditedCents), 0);
}

/** Where a loss goes, in cents. */
export interface LossUse {
	fromLegalReserve: number;
	fromOtherReserves: number;
	fromBalances: number;
	carriedForward: number;
}

/**
 * Covers a loss in the order the assembly decides (P-10): reserves as far as they reach, the legal reserve first since it exists for
 * that (§ 7 Nr. 2 GenG); what is left is written down on balances or carried forward.
 */
export function coverLoss(
	lossCents: number,
	{
		legalReserveCents,
		otherReservesCents,
		balancesCents,
	}: Record<'legalReserveCents' | 'otherReservesCents' | 'balancesCents', number>,
	rest: 'write-down' | 'carry-forward',
): LossUse {
	const fromLegalReserve = Math.min(lossCents, legalReserveCents);
	const fromOtherReserves = Math.min(lossCents - fromLegalReserve, otherReservesCents);
	const left = lossCents - fromLegalReserve - fromOtherReserves;
	const fromBalances = rest === 'write-down' ? Math.min(left, balancesCents) : 0;
	return { fromLegalReserve, fromOtherReserves, fromBalances, carriedForward: left - fromBalances };
}

/** Whether the assembly must be called without delay: the loss is more than half of all balances plus the reserves (§ 33(3) GenG, P-11). */
export function lossAlarm({
	lossCents,
	balancesCents,
	reservesCents,
}: Record<'lossCents' | 'balancesCents' | 'reservesCents', number>): { thresholdCents: Decimal; alarm: boolean } {
	const thresholdCents = new Decimal(balancesCents).div(2).plus(reservesCents);
	return { thresholdCents, alarm: new Decimal(lossCents).gt(thresholdCents) };
}
