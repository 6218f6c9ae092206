// The one entry that a dividend run makes in the books.
import { accounts, type Posting } from '../../ledger/rules.ts';
import type { ComputedRun } from './run.ts';

/** The year's figures as its use is posted, in cents. `carriedForwardCents` < 0: a loss that is carried forward. */
export interface UseOfProfit {
	readonly resultCents: number;
	readonly profitForwardCents: number;
	readonly lossForwardCents: number;
	readonly releasedCents: number;
	readonly legalReserveCents: number;
	/** by board and assembly together */
	readonly otherReservesCents: number;
	readonly carriedForwardCents: number;
}

/**
 * The one entry of a run (Ergebnisverwendung): the year's result and what was carried forward become reserves, carry-forward, balances
 * of members whose shares fill up, dividends to be paid, and tax owed to the tax office. Debit positive; sums to zero because
 * result + profit − loss forward + released = reserves + carried forward + gross, and gross = credited + paid out + taxes.
 */
export function postingsOfRun(use: UseOfProfit, { lines, totals }: Pick<ComputedRun, 'lines' | 'totals'>): Posting[] {
	const carried = use.carriedForwardCents;
	const own: Posting[] = [
		{ account: accounts.appropriation, cents: use.resultCents },
		{ account: accounts.profitCarried, cents: use.profitForwardCents - Math.max(0, carried) },
		{ account: accounts.lossCarried, cents: Math.max(0, -carried) - use.lossForwardCents },
		{ account: accounts.legalReserve, cents: -use.legalReserveCents },
		{ account: accounts.otherReserves, cents: use.releasedCents - use.otherReservesCents },
		{ account: accounts.withheldTax, cents: -totals.capitalTaxCents },
		{ account: accounts.withheldTax, cents: -totals.solidarityCents },
		{ account: accounts.withheldTax, cents: -totals.churchTaxCents },
	];
	const members = lines.flatMap(({ memberId, creditedCents, paidOutCents }): Posting[] => [
		{ account: accounts.memberBalances, memberId, cents: -creditedCents },
		{ account: accounts.dividendsPayable, memberId, cents: -paidOutCents },
	]);
	return [...own, ...members].flatMap(({ cents, ...posting }) => (cents === 0 ? [] : [{ ...posting, cents }]));
}
