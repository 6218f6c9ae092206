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
