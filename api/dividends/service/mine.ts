// A member's own dividends: every year's way from the balance to the money on the account, step by step.
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { ownMemberId } from '../../members/service/files.ts';
import { payoutItems } from '../../payments/tables.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import type { LineStep } from '../rules/steps.ts';
import { dividendLines, dividendPayouts, dividendProposals, dividendRuns } from '../tables.ts';

/** A dividend in a member's list, cents. `rate` decimal text, null if an amount was resolved. */
export interface DividendSummary {
	year: number;
	/** day of payment, which is the day of inflow */
	inflowOn: Day;
	rate: string | null;
	baseCents: number;
	grossCents: number;
	taxCents: number;
	netCents: number;
	creditedCents: number;
	paidOutCents: number;
}

/** A member's dividend of one year with everything that explains it: the resolution, the steps with their rules, the payment. */
export interface DividendStatement extends DividendSummary {
	memberNumber: number;
	/** sum of all balances and what was distributed at most */
	balancesCents: number;
	potCents: number;
	exemptCents: number;
	/** what the exemption order gave */
	exemptionUsedCents: number;
	taxableCents: number;
	capitalTaxCents: number;
	solidarityCents: number;
	churchTaxCents: number;
	steps: LineStep[];
	resolution: { ballotId: string; resolvedOn: Day };
	/** transfers to the member's account; `executedOn` once the bank has paid. Empty while no account is known */
	payments: { amountCents: number; paymentOn: Day; executedOn: Day | null }[];
}

/** Lines of released runs of one member. A released run has an adopted proposal and an entry; the guards of the tables say so. */
function statements(tx: Tx, memberId: string) {
	return tx
		.select({ line: dividendLines, run: dividendRuns, proposal: dividendProposals })
		.from(dividendLines)
		.innerJoin(dividendRuns, and(eq(dividendRuns.id, dividendLines.runId), eq(dividendRuns.state, 'released')))
		.innerJoin(dividendProposals, eq(dividendProposals.id, dividendRuns.proposalId))
		.where(eq(dividendLines.memberId, memberId))
		.orderBy(desc(dividendRuns.year));
}

type Row = Awaited<ReturnType<typeof statements>>[number];

function summaryOf({ line, run, proposal }: Row): DividendSummary {
	const { baseCents, grossCents, netCents, creditedCents, paidOutCents } = line;
	return {
		...{ year: run.year, inflowOn: run.inflowOn, rate: proposal.rate },
		...{ baseCents, grossCents, taxCents: grossCents - netCents, netCents, creditedCents, paidOutCents },
	};
}

/** The acting member's dividends, newest first; only of released runs. Refuses missing `members.no-membership`. */
export function listMyDividends(db: Database, { by }: { by: Actor }): Promise<DividendSummary[]> {
	return transact(db, by, async (tx) => (await statements(tx, ownMemberId(by))).map(summaryOf));
}

async function statementOf(tx: Tx, memberId: string, year: number): Promise<DividendStatement> {
	const row = (await statements(tx, memberId)).find(({ run }) => run.year === year);
	if (!row) throw new Refusal('missing', 'dividends.no-dividend', { year });
	const { line, run, proposal } = row;
	const {
		memberNumber,
		exemptCents,
		exemptionUsedCents,
		taxableCents,
		capitalTaxCents,
		solidarityCents,
		churchTaxCents,
	} = line;
	return {
		...summaryOf(row),
		...{
			memberNumber,
			exemptCents,
			exemptionUsedCents,
			taxableCents,
			capitalTaxCents,
			solidarityCents,
			churchTaxCents,
		},
		...{ balancesCents: proposal.balancesCents, potCents: proposal.potCents, steps: [...line.steps] },
		resolution: { ballotId: proposal.ballotId ?? '', resolvedOn: proposal.resolvedOn ?? '' },
		payments: await tx
			.select({
				amountCents: payoutItems.amountCents,
				paymentOn: dividendPayouts.paymentOn,
				executedOn: sql<Day | null>`payout_item_executed_on(${payoutItems.fileId}, ${payoutItems.line})`,
			})
			.from(dividendPayouts)
			.innerJoin(payoutItems, eq(payoutItems.fileId, dividendPayouts.fileId))
			.where(
				and(
					eq(dividendPayouts.runId, run.id),
					eq(payoutItems.memberId, memberId),
					sql`payout_stands(${dividendPayouts.fileId})`,
				),
			)
			.orderBy(asc(dividendPayouts.fileId)),
	};
}

/** The acting member's dividend of a year, explained. Refuses missing `members.no-membership`, `dividends.no-dividend` {year}. */
export function readMyDividend(db: Database, { by, year }: { by: Actor; year: number }): Promise<DividendStatement> {
	return transact(db, by, async (tx) => statementOf(tx, ownMemberId(by), year));
}

/** A member's dividend of a year for staff, as the member sees it. Refuses missing `dividends.no-dividend` {year}. */
export function readMemberDividend(
	db: Database,
	{ by, memberId, year }: { by: Actor; memberId: string; year: number },
): Promise<DividendStatement> {
	return transact(db, by, (tx) => statementOf(tx, memberId, year));
}
