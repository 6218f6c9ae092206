// Closing figures of a fiscal year, recorded by the board, and where each year stands.
import { and, desc, eq, inArray, lt, ne } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { resultBetween } from '../../ledger/service/read.ts';
import { holdingsOn } from '../../shares/service/holdings.ts';
import { cooperativeOf, statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { highestRate, profitSteps, type YearResult } from '../rules/profit.ts';
import {
	checkFigures,
	type FiscalYearState,
	type FiscalYearVerb,
	fiscalYearEnding,
	fiscalYearNumber,
	nextSteps,
	requireStep,
	reserveRuleOf,
} from '../rules/year.ts';
import { dividendProposals, dividendRuns, fiscalYears } from '../tables.ts';
import { balancesCentsOf } from './facts.ts';
import { decider, type StoredYear } from './lock.ts';
import { proposalView, type ProposalView } from './propose.ts';

/** What the board records of a closed year (P-01 to P-06), cents. `energyRevenueCents` is shown for information only. */
export interface ClosingFigures extends YearResult {
	readonly energyRevenueCents: number | null;
}

/** What the statute makes of the figures. */
export interface ProfitFacts {
	legalReserveCents: number;
	balanceSheetProfitCents: number;
	distributableCents: number;
}

const recordedYears = async (tx: Tx) => tx.select({ year: fiscalYears.year }).from(fiscalYears);

async function refuseWrongFirst(tx: Tx, year: number, firstYear: boolean): Promise<void> {
	const others = (await recordedYears(tx)).filter((row) => row.year !== year);
	if (firstYear && others.some((row) => row.year < year)) {
		throw new Refusal('conflict', 'dividends.first-year-not-first', { year }, { rule: 'P-20', field: 'firstYear' });
	}
}

/**
 * Records the closing figures of a fiscal year that has ended, or replaces them until a proposal is made (Jahresabschluss, P-01 to
 * P-06). `year` is the calendar year it ends in; `firstYear`: the cooperative began in it. The statute of the year's last day decides
 * the legal reserve. Refuses forbidden `dividends.person-needed`; invalid `dividends.year-not-over` {endOn}, `dividends.figure-negative`,
 * `dividends.carried-both-ways`, `dividends.board-reserve-over-statute`, `dividends.board-reserve-not-in-statute`,
 * `dividends.board-reserve-over-half`; conflict `dividends.wrong-step` {year, state}, `dividends.first-year-not-first`;
 * missing `statute.not-set-up`, `statute.none-on-day`.
 */
export function recordClosingFigures(
	db: Database,
	{ by, at, key, year, firstYear, figures }: Command & { year: number; firstYear: boolean; figures: ClosingFigures },
): Promise<{ year: number } & ProfitFacts> {
	return write(db, { by, at, key }, async (tx, note) => {
		const recordedBy = decider(by);
		const { start, end } = fiscalYearEnding(year, (await cooperativeOf(tx)).fiscalYearEndMonth);
		if (end >= dayOf(at)) throw new Refusal('invalid', 'dividends.year-not-over', { endOn: end }, { field: 'year' });
		const { energyRevenueCents, ...result } = figures;
		const { terms, version } = await statuteOn(tx, end);
		checkFigures(result, terms.boardReserveShare);
		let capitalCents = 0;
		for (const { nominalCents } of (await holdingsOn(tx, { day: end })).values()) capitalCents += nominalCents;
		const { legalReserveCents, balanceSheetProfitCents, distributableCents } = profitSteps(
			reserveRuleOf(terms, capitalCents),
			result,
		);
		await refuseWrongFirst(tx, year, firstYear);
		const profit = { legalReserveCents, balanceSheetProfitCents, distributableCents };
		const set = {
			...result,
			...profit,
			firstYear,
			energyRevenueCents,
			statuteVersion: version,
			recordedBy,
			recordedAt: at,
		};
		const made = await tx
			.insert(fiscalYears)
			.values({ year, startOn: start, endOn: end, ...set })
			.onConflictDoNothing({ target: fiscalYears.year })
			.returning({ year: fiscalYears.year });
		const [before] =
			made.length > 0 ? [] : await tx.select().from(fiscalYears).where(eq(fiscalYears.year, year)).for('update');
		if (before) {
			requireStep('recordClosingFigures', before);
			await tx.update(fiscalYears).set(set).where(eq(fiscalYears.year, year));
		}
		note({
			action: 'dividends.record-closing-figures',
			subject: `fiscal year ${year}`,
			...(before ? { before: figuresOf(before) } : {}),
			after: { ...figures, ...profit, firstYear },
		});
		return { year, ...profit };
	});
}

function figuresOf(row: StoredYear): ClosingFigures {
	const { resultCents, profitForwardCents, lossForwardCents, legalReserveBeforeCents, boardReserveCents } = row;
	const { releasedCents, freeReservesCents, blockedCents, energyRevenueCents } = row;
	return {
		resultCents,
		profitForwardCents,
		lossForwardCents,
		legalReserveBeforeCents,
		boardReserveCents,
		releasedCents,
		freeReservesCents,
		blockedCents,
		energyRevenueCents,
	};
}

/** A fiscal year in the board's list: where it stands and what can be done next, the way forward first. */
export interface FiscalYearLine {
	year: number;
	startOn: Day;
	endOn: Day;
	state: FiscalYearState;
	resultCents: number | null;
	potCents: number | null;
	grossCents: number | null;
	next: FiscalYearVerb[];
}

/** All fiscal years from the first recorded one to the last that has ended, newest first. Refuses missing `statute.not-set-up`. */
export function listFiscalYears(db: Database, { by, at }: { by: Actor; at: Date }): Promise<FiscalYearLine[]> {
	return transact(db, by, async (tx) => {
		const { fiscalYearEndMonth } = await cooperativeOf(tx);
		const rows = new Map((await tx.select().from(fiscalYears)).map((row) => [row.year, row]));
		const pots = await tx
			.select({ year: dividendProposals.year, potCents: dividendProposals.potCents })
			.from(dividendProposals)
			.where(inArray(dividendProposals.state, ['proposed', 'adopted']));
		const runs = await tx
			.select({ year: dividendRuns.year, grossCents: dividendRuns.grossCents })
			.from(dividendRuns)
			.where(ne(dividendRuns.state, 'discarded'));
		const last = fiscalYearNumber(dayOf(at), fiscalYearEndMonth) - 1;
		const first = Math.min(last, ...rows.keys());
		return Array.from({ length: last - first + 1 }, (_, i) => {
			const year = last - i;
			const row = rows.get(year);
			const { start, end } = fiscalYearEnding(year, fiscalYearEndMonth);
			const state = row?.state ?? 'open';
			return {
				year,
				startOn: row?.startOn ?? start,
				endOn: row?.endOn ?? end,
				state,
				resultCents: row?.resultCents ?? null,
				potCents: pots.find((pot) => pot.year === year)?.potCents ?? null,
				grossCents: runs.find((run) => run.year === year)?.grossCents ?? null,
				next: nextSteps(state),
			};
		});
	});
}

/** A fiscal year with everything the next step needs. Before the figures are in, `figures` and `profit` are null. */
export interface FiscalYearView {
	year: number;
	startOn: Day;
	endOn: Day;
	state: FiscalYearState;
	firstYear: boolean;
	next: FiscalYearVerb[];
	figures: ClosingFigures | null;
	profit: ProfitFacts | null;
	/** what the ledger says the year's result is (income less expenses), to compare */
	ledgerResultCents: number;
	/** what the year before carried forward with the remainder of its run; null if it was not decided here */
	expectedForwardCents: number | null;
	/** sum of the balances a rate applies to, and the highest rate that fits; null before the figures are in */
	balancesCents: number | null;
	highestRate: string | null;
	/** the statute's cap on the rate */
	dividendCapRate: string | null;
	proposals: ProposalView[];
	/** the run that stands, prepared or released */
	runId: string | null;
}

async function carriedFrom(tx: Tx, year: number): Promise<number | null> {
	const [before] = await tx
		.select({ carriedForwardCents: dividendProposals.carriedForwardCents, remainderCents: dividendRuns.remainderCents })
		.from(dividendProposals)
		.leftJoin(dividendRuns, and(eq(dividendRuns.proposalId, dividendProposals.id), eq(dividendRuns.state, 'released')))
		.where(and(eq(dividendProposals.year, year - 1), eq(dividendProposals.state, 'adopted')));
	return before ? before.carriedForwardCents + (before.remainderCents ?? 0) : null;
}

/**
 * One fiscal year for staff; years that have ended can be read before anything is recorded.
 * Refuses missing `dividends.year-unknown` {year}, `statute.not-set-up`.
 */
export function readFiscalYear(
	db: Database,
	{ by, at, year }: { by: Actor; at: Date; year: number },
): Promise<FiscalYearView> {
	return transact(db, by, async (tx) => {
		const { fiscalYearEndMonth } = await cooperativeOf(tx);
		const { start, end } = fiscalYearEnding(year, fiscalYearEndMonth);
		const [row] = await tx.select().from(fiscalYears).where(eq(fiscalYears.year, year));
		if (!row && end >= dayOf(at)) throw new Refusal('missing', 'dividends.year-unknown', { year });
		const [earlier] = await tx.select().from(fiscalYears).where(lt(fiscalYears.year, year)).limit(1);
		const state = row?.state ?? 'open';
		const balancesCents = row ? await balancesCentsOf(tx, row) : null;
		const proposals = await tx
			.select()
			.from(dividendProposals)
			.where(eq(dividendProposals.year, year))
			.orderBy(desc(dividendProposals.proposedAt), desc(dividendProposals.id));
		const [run] = await tx
			.select({ id: dividendRuns.id })
			.from(dividendRuns)
			.where(and(eq(dividendRuns.year, year), ne(dividendRuns.state, 'discarded')));
		const { balanceSheetProfitCents, distributableCents, legalReserveCents } = row ?? {};
		return {
			year,
			startOn: row?.startOn ?? start,
			endOn: row?.endOn ?? end,
			state,
			firstYear: row?.firstYear ?? !earlier,
			next: nextSteps(state),
			figures: row ? figuresOf(row) : null,
			profit:
				balanceSheetProfitCents === undefined || distributableCents === undefined || legalReserveCents === undefined
					? null
					: { legalReserveCents, balanceSheetProfitCents, distributableCents },
			ledgerResultCents: await resultBetween(tx, { start, end }),
			expectedForwardCents: await carriedFrom(tx, year),
			balancesCents,
			highestRate: balancesCents === null ? null : highestRate(distributableCents ?? 0, balancesCents),
			dividendCapRate: (await statuteOn(tx, end)).terms.dividendCapRate,
			proposals: proposals.map(proposalView),
			runId: run?.id ?? null,
		};
	});
}
