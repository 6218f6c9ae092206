// From the year's result to what the assembly may decide on: legal reserve, board's reserves, balance-sheet profit, proposal.
import { ceilCent, Decimal, floorCent } from '../../values/money.ts';
import { Refusal } from '../../values/refusal.ts';

/** What the statute says about the legal reserve (gesetzliche Rücklage), § 7 Nr. 2 GenG. Rates are decimal texts. */
export interface ReserveRule {
	readonly rate: string;
	/** The year's result alone, or with what earlier years left (Jahresüberschuss + Gewinnvortrag − Verlustvortrag). */
	readonly base: 'result' | 'result-and-carried-forward';
	/** The reserve is full at this amount; null: never. */
	readonly capCents: number | null;
	/** The board may move up to half of the result to other reserves (§ 20 S. 2 GenG). */
	readonly boardMayReserve: boolean;
}

/** The closed year before its use is decided, amounts in cents. */
export interface YearResult {
	/** Jahresüberschuss, negative for a Jahresfehlbetrag. */
	readonly resultCents: number;
	/** Gewinnvortrag. */
	readonly profitForwardCents: number;
	/** Verlustvortrag, as a positive amount. */
	readonly lossForwardCents: number;
	readonly legalReserveBeforeCents: number;
	/** What the board moves to other reserves. */
	readonly boardReserveCents: number;
	/** Taken out of other reserves. */
	readonly releasedCents: number;
	/** Freely available reserves, which count against the distribution block. */
	readonly freeReservesCents: number;
	/** Gains that must stay: self-created intangibles, active deferred tax (Ausschüttungssperre), § 268(8) HGB. */
	readonly blockedCents: number;
}

/** The steps from the result to the balance-sheet profit (Bilanzgewinn), amounts in cents. */
export interface ProfitSteps {
	readonly legalReserveCents: number;
	readonly boardReserveMaximumCents: number;
	readonly boardReserveCents: number;
	readonly balanceSheetProfitCents: number;
	/** Most that may be distributed: never below 0, less what § 268(8) HGB blocks. */
	readonly distributableCents: number;
}

/** What goes to the legal reserve: rate × base, rounded up to the cent, until the cap is reached; 0 if the base is not positive (P-02). */
export function legalReserveCents(
	{ rate, base, capCents }: Pick<ReserveRule, 'rate' | 'base' | 'capCents'>,
	year: Pick<YearResult, 'resultCents' | 'profitForwardCents' | 'lossForwardCents' | 'legalReserveBeforeCents'>,
): number {
	const forwardCents = base === 'result' ? 0 : year.profitForwardCents - year.lossForwardCents;
	const baseCents = year.resultCents + forwardCents;
	if (baseCents <= 0) return 0;
	const wantedCents = ceilCent(new Decimal(baseCents).mul(rate));
	return capCents === null ? wantedCents : Math.max(0, Math.min(wantedCents, capCents - year.legalReserveBeforeCents));
}

/** Most that the board may move to other reserves: half of a positive result, rounded down (§ 20 S. 2 GenG, P-03). */
export function boardReserveMaximumCents(resultCents: number): number {
	return Math.max(0, floorCent(new Decimal(resultCents).div(2)));
}

/**
 * From the year's result to the balance-sheet profit and what of it may be distributed (P-01 to P-06; §§ 20, 48 GenG,
 * §§ 268(1), (8), 337 HGB).
 * Refuses invalid `dividends.board-reserve-not-in-statute`, `dividends.board-reserve-over-half` {maximumCents}.
 */
export function profitSteps(rule: ReserveRule, year: YearResult): ProfitSteps {
	const { resultCents, profitForwardCents, lossForwardCents, boardReserveCents, releasedCents } = year;
	const maximumCents = rule.boardMayReserve ? boardReserveMaximumCents(resultCents) : 0;
	const about = { rule: 'P-03', field: 'boardReserveCents' };
	if (boardReserveCents > 0 && !rule.boardMayReserve) {
		throw new Refusal('invalid', 'dividends.board-reserve-not-in-statute', {}, about);
	}
	if (boardReserveCents > maximumCents) {
		throw new Refusal('invalid', 'dividends.board-reserve-over-half', { maximumCents }, about);
	}
	const legalReserve = legalReserveCents(rule, year);
	const balanceSheetProfitCents =
		resultCents + profitForwardCents - lossForwardCents - legalReserve - boardReserveCents + releasedCents;
	const blockedCents = Math.max(0, year.blockedCents - year.freeReservesCents);
	return {
		legalReserveCents: legalReserve,
		boardReserveMaximumCents: maximumCents,
		boardReserveCents,
		balanceSheetProfitCents,
		distributableCents: Math.max(0, balanceSheetProfitCents - blockedCents),
	};
}

/** A proposed use of the balance-sheet profit: dividend by rate on balances, or by amount; plus other reserves. Cents. */
export interface Proposal {
	readonly dividend: { readonly rate: string } | { readonly amountCents: number };
	readonly toOtherReservesCents: number;
}

/** A proposal in figures: the dividend pot, and what is carried forward (Gewinnvortrag auf neue Rechnung). */
export interface ProposedUse {
	readonly dividendCents: number;
	readonly toOtherReservesCents: number;
	readonly carriedForwardCents: number;
}

/** The highest rate that fits, cut to four decimals ('0.0190'); '0.0000' without balances or profit (P-05). */
export function highestRate(distributableCents: number, balancesCents: number): string {
	if (balancesCents <= 0 || distributableCents <= 0) return '0.0000';
	return new Decimal(distributableCents).div(balancesCents).toDecimalPlaces(4, Decimal.ROUND_DOWN).toFixed(4);
}

/**
 * Checks a proposed use against the profit and puts it into figures (§§ 19, 20, 48(1) GenG; P-05, P-07).
 * `balancesCents` is the sum the rate applies to, `dividendCap` the statute's highest rate or null.
 * Refuses invalid `dividends.proposal-negative`, `dividends.rate-over-cap` {dividendCap},
 * `dividends.over-distributable` {dividendCents, distributableCents, highestRate}, `dividends.over-profit` {profitCents}.
 */
export function proposedUse(
	{ dividend, toOtherReservesCents }: Proposal,
	steps: Pick<ProfitSteps, 'balanceSheetProfitCents' | 'distributableCents'>,
	balancesCents: number,
	dividendCap: string | null = null,
): ProposedUse {
	const dividendCents =
		'rate' in dividend ? floorCent(new Decimal(balancesCents).mul(dividend.rate)) : dividend.amountCents;
	const profitCents = steps.balanceSheetProfitCents;
	const distributableCents = steps.distributableCents;
	const field = 'rate' in dividend ? 'rate' : 'amountCents';
	if (dividendCents < 0 || toOtherReservesCents < 0) {
		throw new Refusal('invalid', 'dividends.proposal-negative', {}, { rule: 'P-05', field });
	}
	// A resolved amount is measured by the same cap: the highest sum that a dividend at the cap would come to.
	const overCap =
		dividendCap !== null &&
		('rate' in dividend
			? new Decimal(dividend.rate).gt(dividendCap)
			: new Decimal(dividendCents).gt(new Decimal(balancesCents).mul(dividendCap)));
	if (overCap) throw new Refusal('invalid', 'dividends.rate-over-cap', { dividendCap }, { rule: 'P-07', field });
	if (dividendCents > distributableCents) {
		const values = { dividendCents, distributableCents, highestRate: highestRate(distributableCents, balancesCents) };
		throw new Refusal('invalid', 'dividends.over-distributable', values, { rule: 'P-05', field });
	}
	if (dividendCents + toOtherReservesCents > Math.max(0, profitCents)) {
		const values = { profitCents: Math.max(0, profitCents) };
		throw new Refusal('invalid', 'dividends.over-profit', values, { rule: 'P-05', field: 'toOtherReservesCents' });
	}
	return {
		dividendCents,
		toOtherReservesCents,
		carriedForwardCents: profitCents - dividendCents - toOtherReservesCents,
	};
}
