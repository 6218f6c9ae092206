// How a resolved dividend falls to the members, and whether it fills up their share or is paid out.
import { Decimal, floorCent, splitByLargestRemainder } from '../../values/money.ts';
import { Refusal } from '../../values/refusal.ts';

/** A member's balance (Geschäftsguthaben) as far as it takes part in the dividend, in cents. */
export interface MemberBase {
	readonly memberNumber: number;
	readonly baseCents: number;
	/** Cents × units of time by the methods B, C and D; then this decides, and `baseCents` is its mean for showing. */
	readonly unitCents?: number;
}

/** What a resolution may not go beyond, and how a base counts time. */
export interface AllocationTerms {
	/** units of a whole year by the method; 1 where it counts no time (A) */
	readonly unitsPerYear?: number;
	/** the statute's highest rate, a decimal text; null or left out: none (P-07) */
	readonly capRate?: string | null;
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

const sumOf = (cents: readonly number[]) => cents.reduce((sum, each) => sum + each, 0);

function allocated(bases: readonly MemberBase[], parts: readonly number[], potCents: number): Allocation {
	const totalCents = sumOf(parts);
	const dividends = bases.map(({ memberNumber, baseCents }, i) => ({ memberNumber, baseCents, grossCents: parts[i]! }));
	return { dividends, totalCents, remainderCents: potCents - totalCents };
}

const weightOf = ({ unitCents, baseCents }: MemberBase) => unitCents ?? baseCents;

const atRate = (weight: number, rate: string, unitsPerYear: number) =>
	floorCent(new Decimal(weight).mul(rate).div(unitsPerYear));

/**
 * Resolution of a rate ("3 %"): base × rate × time of each member, rounded down to the cent; the remainder to the pot goes to the
 * carry-forward (P-24). Without `potCents` the pot is the same rate of all balances together.
 * Refuses conflict `dividends.over-pot` {totalCents, potCents} if the parts come to more than the resolved pot;
 * invalid `dividends.rate-over-cap` {dividendCap} if the statute's highest rate is lower (P-07).
 */
export function allocateByRate(
	bases: readonly MemberBase[],
	rate: string,
	potCents?: number,
	{ unitsPerYear = 1, capRate = null }: AllocationTerms = {},
): Allocation {
	if (capRate !== null && new Decimal(rate).gt(capRate)) {
		throw new Refusal('invalid', 'dividends.rate-over-cap', { dividendCap: capRate }, { rule: 'P-07', field: 'rate' });
	}
	const parts = bases.map((member) => atRate(weightOf(member), rate, unitsPerYear));
	const allocation = allocated(bases, parts, potCents ?? atRate(sumOf(bases.map(weightOf)), rate, unitsPerYear));
	if (allocation.remainderCents < 0) {
		const { totalCents } = allocation;
		throw new Refusal('conflict', 'dividends.over-pot', { totalCents, potCents: potCents ?? 0 }, { rule: 'P-24' });
	}
	return allocation;
}

/** The places of members in the order of their numbers, which decides between equal remainders. */
function byNumber(members: readonly { readonly memberNumber: number }[]): number[] {
	return members.map((_, i) => i).sort((a, b) => members[a]!.memberNumber - members[b]!.memberNumber);
}

/**
 * Divides cents over members in proportion to their weights by the largest remainder, equal remainders to the lower member number; in
 * the order the members came (P-25). Throws RangeError for cents below zero or without any weight above zero.
 */
export function inProportion<M extends { readonly memberNumber: number }>(
	members: readonly M[],
	cents: number,
	weight: (member: M) => number,
): number[] {
	const parts = new Array<number>(members.length).fill(0);
	if (cents === 0) return parts;
	const order = byNumber(members);
	const split = splitByLargestRemainder(
		cents,
		order.map((i) => weight(members[i]!)),
	);
	order.forEach((i, place) => {
		parts[i] = split[place]!;
	});
	return parts;
}

// What a part has over its ceiling goes cent by cent to those with room, the largest bases first: the sum stays as it was.
function belowCeilings(bases: readonly MemberBase[], parts: readonly number[], ceilings: readonly number[]): number[] {
	const capped = parts.map((cents, i) => Math.min(cents, ceilings[i]!));
	const byWeight = byNumber(bases).sort((a, b) => weightOf(bases[b]!) - weightOf(bases[a]!));
	let left = sumOf(parts) - sumOf(capped);
	while (left > 0) {
		for (const i of byWeight) {
			if (left === 0 || capped[i]! >= ceilings[i]!) continue;
			capped[i] = capped[i]! + 1;
			left -= 1;
		}
	}
	return capped;
}

/**
 * Resolution of an amount ("1,000 euro"): in proportion to the bases by the largest remainder, equal remainders to the lower
 * member number, so that the sum is exact whatever order the members come in (P-25). Under a statute's highest rate a cent that would
 * lift a member above it goes to the next one below (P-07).
 * Refuses conflict `dividends.no-base` if there is an amount but no balance to divide it by; invalid `dividends.rate-over-cap`
 * {dividendCap} if the amount is more than all members may have at the highest rate.
 */
export function allocateByAmount(
	bases: readonly MemberBase[],
	amountCents: number,
	{ unitsPerYear = 1, capRate = null }: AllocationTerms = {},
): Allocation {
	if (amountCents > 0 && !bases.some((member) => weightOf(member) > 0)) {
		throw new Refusal('conflict', 'dividends.no-base', {}, { rule: 'P-25' });
	}
	const parts = inProportion(bases, amountCents, weightOf);
	if (capRate === null) return allocated(bases, parts, amountCents);
	const ceilings = bases.map((member) => atRate(weightOf(member), capRate, unitsPerYear));
	if (sumOf(ceilings) < amountCents) {
		const about = { rule: 'P-07', field: 'amountCents' };
		throw new Refusal('invalid', 'dividends.rate-over-cap', { dividendCap: capRate }, about);
	}
	return allocated(bases, belowCeilings(bases, parts, ceilings), amountCents);
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
