// How a resolved dividend falls to the members, and whether it fills up their share or is paid out.
import { Decimal, floorCent, splitByLargestRemainder } from '../../values/money.ts';
import { Refusal } from '../../values/refusal.ts';

/** A member's balance (Geschäftsguthaben) as far as it takes part in the dividend, in cents. */
export interface MemberBase {
	readonly memberNumber: number;
	readonly baseCents: number;
}

/** One member's part of the dividend before tax. */
export interface MemberDividend extends MemberBase {
	readonly grossCents: number;
}

/** A whole resolution put into members' parts, in the order the bases came; what is left goes to the carry-forward. */
export interface Allocation {
	readonly dividends: readonly MemberDividend[];
	readonly totalCents: number;
	readonly remainderCents: number;
}

/**
 * The base of method A, the statutory key: the balance at the end of the previous financial year; in the cooperative's
 * first year the payments made in it (§ 19(1) S. 2 GenG, P-20).
 */
export function methodABaseCents(base: {
	readonly firstYear: boolean;
	readonly previousYearEndCents: number;
	readonly paidInYearCents: number;
}): number {
	return base.firstYear ? base.paidInYearCents : base.previousYearEndCents;
}

function allocated(dividends: readonly MemberDividend[], potCents: number): Allocation {
	const totalCents = dividends.reduce((sum, { grossCents }) => sum + grossCents, 0);
	return { dividends, totalCents, remainderCents: potCents - totalCents };
}

/**
 * Resolution of a rate ("3 %"): base × rate of each member, rounded down to the cent; the remainder to the pot goes to the
 * carry-forward (P-24). Without `potCents` the pot is the same rate of all balances together.
 * Refuses conflict `dividends.over-pot` {totalCents, potCents} if the parts come to more than the resolved pot.
 */
export function allocateByRate(bases: readonly MemberBase[], rate: string, potCents?: number): Allocation {
	const dividends = bases.map((member) => ({
		...member,
		grossCents: floorCent(new Decimal(member.baseCents).mul(rate)),
	}));
	const balancesCents = bases.reduce((sum, { baseCents }) => sum + baseCents, 0);
	const allocation = allocated(dividends, potCents ?? floorCent(new Decimal(balancesCents).mul(rate)));
	if (allocation.remainderCents < 0) {
		const { totalCents } = allocation;
		throw new Refusal('conflict', 'dividends.over-pot', { totalCents, potCents: potCents ?? 0 }, { rule: 'P-24' });
	}
	return allocation;
}

/**
 * Resolution of an amount ("1,000 euro"): in proportion to the bases by the largest remainder, equal remainders to the lower
 * member number, so that the sum is exact whatever order the members come in (P-25).
 * Refuses conflict `dividends.no-base` if there is an amount but no balance to divide it by.
 */
export function allocateByAmount(bases: readonly MemberBase[], amountCents: number): Allocation {
	if (amountCents === 0)
		return allocated(
			bases.map((member) => ({ ...member, grossCents: 0 })),
			0,
		);
	if (!bases.some(({ baseCents }) => baseCents > 0))
		throw new Refusal('conflict', 'dividends.no-base', {}, { rule: 'P-25' });
	const order = bases.map((_, i) => i).sort((a, b) => bases[a]!.memberNumber - bases[b]!.memberNumber);
	const parts = splitByLargestRemainder(
		amountCents,
		order.map((i) => bases[i]!.baseCents),
	);
	const grossCents = new Array<number>(bases.length).fill(0);
	order.forEach((i, place) => {
		grossCents[i] = parts[place]!;
	});
	return allocated(
		bases.map((member, i) => ({ ...member, grossCents: grossCents[i]! })),
		amountCents,
	);
}

/** Where a member stands when the dividend comes, in cents. */
export interface ShareStanding {
	/** The balance now (Geschäftsguthaben). */
	readonly balanceCents: number;
	/** What the balance can grow to: shares × nominal value (Geschäftsanteil). */
	readonly fullCents: number;
	/** The part of an earlier loss write-down that has not been filled up again. */
	readonly lossToRefillCents: number;
	/** The statute pays out before the share is full. */
	readonly paysBeforeFull: boolean;
}

/** What becomes of a net dividend. */
export interface CreditOrPayout {
	readonly creditedCents: number;
	readonly paidOutCents: number;
	readonly balanceAfterCents: number;
}

/**
 * Credits the net dividend to the balance until the share is full and pays out the rest (§ 19(1) S. 3 GenG, P-30). Where the
 * statute pays out earlier, a balance lowered by a loss is still filled up again first (§ 19(2) S. 2 GenG, P-31).
 */
export function creditOrPayout(netCents: number, standing: ShareStanding): CreditOrPayout {
	const { balanceCents, fullCents, lossToRefillCents, paysBeforeFull } = standing;
	const openCents = Math.max(0, fullCents - balanceCents);
	const creditedCents = Math.min(netCents, paysBeforeFull ? Math.min(openCents, lossToRefillCents) : openCents);
	return { creditedCents, paidOutCents: netCents - creditedCents, balanceAfterCents: balanceCents + creditedCents };
}
