// The fiscal year as a guided sequence: what may be done in which state, and what statute and arithmetic make of the figures.
import { type Day, partsOf } from '../../values/calendar.ts';
import { Decimal, floorCent } from '../../values/money.ts';
import { Refusal } from '../../values/refusal.ts';
import { type FiscalYear, fiscalYearOf, type StatuteTerms } from '../../statute/rules.ts';
import type { ReserveRule, YearResult } from './profit.ts';

/**
 * Where a fiscal year stands: open (nothing recorded yet) · recorded (closing figures are in) · proposed (the board proposes a use) ·
 * resolved (the assembly adopted it) · prepared (the run is computed) · released (posted and on its way to the members).
 */
export const fiscalYearStates = ['open', 'recorded', 'proposed', 'resolved', 'prepared', 'released'] as const;
export type FiscalYearState = (typeof fiscalYearStates)[number];

/** What may be done with a fiscal year in which state; pages and services ask this table. */
export const fiscalYearCan = {
	recordClosingFigures: ['open', 'recorded'],
	proposeDividend: ['recorded'],
	withdrawProposal: ['proposed'],
	/** also an older proposal that the board took back: the assembly decides */
	recordResolution: ['recorded', 'proposed'],
	prepareDividendRun: ['resolved'],
	discardDividendRun: ['prepared'],
	releaseDividendRun: ['prepared'],
} as const satisfies Record<string, readonly FiscalYearState[]>;
export type FiscalYearVerb = keyof typeof fiscalYearCan;

/** What can be done next with a fiscal year, the way forward first. */
export function nextSteps(state: FiscalYearState): FiscalYearVerb[] {
	const forward: readonly FiscalYearVerb[] = [
		'releaseDividendRun',
		'prepareDividendRun',
		'recordResolution',
		'proposeDividend',
		'recordClosingFigures',
		'withdrawProposal',
		'discardDividendRun',
	];
	const possible = forward.filter((verb) => (fiscalYearCan[verb] as readonly string[]).includes(state));
	return state === 'recorded' ? ['proposeDividend', 'recordClosingFigures'] : possible;
}

/** Refuses conflict `dividends.wrong-step` {year, state} if that cannot be done with a year in this state. */
export function requireStep(verb: FiscalYearVerb, { year, state }: { year: number; state: FiscalYearState }): void {
	if (!(fiscalYearCan[verb] as readonly string[]).includes(state)) {
		throw new Refusal('conflict', 'dividends.wrong-step', { year, state });
	}
}

/** The fiscal year that ends in a calendar year. */
export function fiscalYearEnding(year: number, endMonth: number): FiscalYear {
	return fiscalYearOf(`${year}-${String(endMonth).padStart(2, '0')}-01`, endMonth);
}

/** The calendar year in which the fiscal year of a day ends: the year's number. */
export function fiscalYearNumber(day: Day, endMonth: number): number {
	return partsOf(fiscalYearOf(day, endMonth).end)[0];
}

/** The statute's words on reserves as the profit rules read them; `capitalCents` is the sum of all nominal values. */
export function reserveRuleOf(
	terms: Pick<StatuteTerms, 'reserveRate' | 'reserveBase' | 'reserveCap' | 'boardReserveShare'>,
	capitalCents: number,
): ReserveRule {
	const { reserveRate, reserveBase, reserveCap, boardReserveShare } = terms;
	return {
		rate: reserveRate,
		base: reserveBase === 'surplus' ? 'result' : 'result-and-carried-forward',
		capCents:
			'amountCents' in reserveCap
				? reserveCap.amountCents
				: floorCent(new Decimal(capitalCents).mul(reserveCap.shareOfCapital)),
		boardMayReserve: new Decimal(boardReserveShare).gt(0),
	};
}

/**
 * Holds closing figures against themselves and against the statute's share for the board's reserve (§ 20 S. 2 GenG, P-03).
 * Refuses invalid `dividends.figure-negative` with the field, `dividends.carried-both-ways` (profit and loss carried forward exclude
 * each other), `dividends.board-reserve-over-statute` {maximumCents}.
 */
export function checkFigures(figures: YearResult, boardReserveShare: string): void {
	for (const [field, cents] of Object.entries(figures)) {
		if (field !== 'resultCents' && cents < 0) throw new Refusal('invalid', 'dividends.figure-negative', {}, { field });
	}
	if (figures.profitForwardCents > 0 && figures.lossForwardCents > 0) {
		throw new Refusal('invalid', 'dividends.carried-both-ways', {}, { rule: 'P-04', field: 'lossForwardCents' });
	}
	const maximumCents = Math.max(0, floorCent(new Decimal(figures.resultCents).mul(boardReserveShare)));
	// A statute without any share is refused by the profit rules, in their words.
	if (new Decimal(boardReserveShare).gt(0) && figures.boardReserveCents > maximumCents) {
		const about = { rule: 'P-03', field: 'boardReserveCents' };
		throw new Refusal('invalid', 'dividends.board-reserve-over-statute', { maximumCents }, about);
	}
}
