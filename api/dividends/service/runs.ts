// Runs as staff read them: totals, lines page by page, one member's calculation, and the figures of the tax return.
import { and, asc, eq, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { unseal } from '../../database/sealed.ts';
import { displayNameOf } from '../../members/rules.ts';
import { members } from '../../members/tables.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Decimal } from '../../values/money.ts';
import { Refusal } from '../../values/refusal.ts';
import { capitalTaxDueOn } from '../rules/inflow.ts';
import type { RunTotals } from '../rules/run.ts';
import { dividendLines, dividendPayouts, dividendRuns, taxAttributes } from '../tables.ts';
import { placeOfChurchKey } from './standing.ts';

/** A run with its sums; `mine`: prepared by the reader, who then cannot release it. */
export interface RunView {
	id: string;
	year: number;
	proposalId: string;
	state: 'prepared' | 'released' | 'discarded';
	inflowOn: Day;
	contentHash: string;
	memberCount: number;
	totals: RunTotals;
	remainderCents: number;
	withoutChurchAnswer: number;
	preparedAt: string;
	mine: boolean;
	releasedAt: string | null;
	journalEntry: number | null;
	payouts: { fileId: string; paymentOn: Day }[];
}

async function runOf(tx: Tx, runId: string) {
	const [run] = await tx.select().from(dividendRuns).where(eq(dividendRuns.id, runId));
	if (!run) throw new Refusal('missing', 'dividends.run-unknown');
	return run;
}

/** A run for staff. Refuses missing `dividends.run-unknown`. */
export function readDividendRun(db: Database, { by, runId }: { by: Actor; runId: string }): Promise<RunView> {
	return transact(db, by, async (tx) => {
		const run = await runOf(tx, runId);
		const { id, year, proposalId, state, inflowOn, contentHash, memberCount, remainderCents, withoutChurchAnswer } =
			run;
		const { baseCents, grossCents, exemptCents, taxableCents, capitalTaxCents, solidarityCents, churchTaxCents } = run;
		const { netCents, creditedCents, paidOutCents, journalEntry } = run;
		const payouts = await tx
			.select({ fileId: dividendPayouts.fileId, paymentOn: dividendPayouts.paymentOn })
			.from(dividendPayouts)
			.where(eq(dividendPayouts.runId, runId))
			.orderBy(asc(dividendPayouts.fileId));
		const taxes = { capitalTaxCents, solidarityCents, churchTaxCents };
		return {
			...{ id, year, proposalId, state, inflowOn, contentHash, memberCount, remainderCents, withoutChurchAnswer },
			totals: { baseCents, grossCents, exemptCents, taxableCents, ...taxes, netCents, creditedCents, paidOutCents },
			preparedAt: run.preparedAt.toISOString(),
			mine: run.preparedBy === by.personId,
			releasedAt: run.releasedAt?.toISOString() ?? null,
			...{ journalEntry, payouts },
		};
	});
}

/** A member's line in the list of a run. */
export interface RunLine {
	memberId: string;
	memberNumber: number;
	name: string;
	baseCents: number;
	grossCents: number;
	exemptCents: number;
	capitalTaxCents: number;
	solidarityCents: number;
	churchTaxCents: number;
	netCents: number;
	creditedCents: number;
	paidOutCents: number;
}

/** Lines of a run by member number, those after number `after`. Refuses missing `dividends.run-unknown`. */
export function listDividendLines(
	db: Database,
	{
		by,
		runId,
		after = 0,
		limit = 100,
	}: { by: Actor; runId: string; after?: number | undefined; limit?: number | undefined },
): Promise<RunLine[]> {
	return transact(db, by, async (tx) => {
		await runOf(tx, runId);
		const rows = await tx
			.select({ line: dividendLines, member: members })
			.from(dividendLines)
			.innerJoin(members, eq(members.id, dividendLines.memberId))
			.where(and(eq(dividendLines.runId, runId), sql`${dividendLines.memberNumber} > ${after}`))
			.orderBy(asc(dividendLines.memberNumber))
			.limit(limit);
		return rows.map(({ line, member: { organisation, familyName, givenNames } }) => {
			const { memberId, memberNumber, baseCents, grossCents, exemptCents, netCents } = line;
			const { capitalTaxCents, solidarityCents, churchTaxCents, creditedCents, paidOutCents } = line;
			return {
				...{ memberId, memberNumber, baseCents, grossCents, exemptCents, netCents },
				...{ capitalTaxCents, solidarityCents, churchTaxCents, creditedCents, paidOutCents },
				name: displayNameOf(
					organisation === null ? { familyName: familyName ?? '', givenNames: givenNames ?? '' } : { organisation },
				),
			};
		});
	});
}

/**
 * What goes into the capital income tax return of a run (Kapitalertragsteuer-Anmeldung, T-40 to T-42): due on the day of inflow or the
 * next bank day; the tax in full euro, rounded down, the difference is other income; church tax by community (six-digit key).
 */
export interface TaxReturn {
	runId: string;
	year: number;
	inflowOn: Day;
	dueOn: Day;
	grossCents: number;
	exemptCents: number;
	taxableCents: number;
	capitalTaxCents: number;
	/** full euro, as declared */
	capitalTaxDeclaredCents: number;
	roundingGainCents: number;
	solidarityCents: number;
	churchTaxCents: number;
	churchTaxByCommunity: { communityKey: string; cents: number }[];
	payableCents: number;
	/** nothing is withheld: the return is due nevertheless and says why (T-42) */
	nothingWithheld: boolean;
}

async function churchTaxByCommunity(
	tx: Tx,
	keys: Keys,
	runId: string,
	year: number,
): Promise<TaxReturn['churchTaxByCommunity']> {
	const rows = await tx
		.select({
			memberId: dividendLines.memberId,
			cents: dividendLines.churchTaxCents,
			churchKey: taxAttributes.churchKey,
		})
		.from(dividendLines)
		.leftJoin(taxAttributes, and(eq(taxAttributes.memberId, dividendLines.memberId), eq(taxAttributes.year, year)))
		.where(and(eq(dividendLines.runId, runId), sql`${dividendLines.churchTaxCents} > 0`));
	const sums = new Map<string, number>();
	for (const { memberId, cents, churchKey } of rows) {
		const communityKey = churchKey ? unseal(keys, placeOfChurchKey(memberId, year), churchKey) : '';
		sums.set(communityKey, (sums.get(communityKey) ?? 0) + cents);
	}
	return [...sums]
		.map(([communityKey, cents]) => ({ communityKey, cents }))
		.sort((a, b) => (a.communityKey < b.communityKey ? -1 : 1));
}

/**
 * The figures of a run's tax return, for the board. Opens the sealed community keys, which the audit log notes.
 * Refuses missing `dividends.run-unknown`; conflict `dividends.run-discarded`.
 */
export function readTaxReturn(
	db: Database,
	{ by, at, keys, runId }: Command & { keys: Keys; runId: string },
): Promise<TaxReturn> {
	return write(db, { by, at }, async (tx, note) => {
		const run = await runOf(tx, runId);
		if (run.state === 'discarded') throw new Refusal('conflict', 'dividends.run-discarded');
		const { year, inflowOn, grossCents, exemptCents, taxableCents, capitalTaxCents, solidarityCents, churchTaxCents } =
			run;
		const capitalTaxDeclaredCents = new Decimal(capitalTaxCents).div(100).floor().mul(100).toNumber();
		note({ action: 'dividends.read-tax-return', subject: `fiscal year ${year}`, after: { runId } });
		return {
			...{
				runId,
				year,
				inflowOn,
				grossCents,
				exemptCents,
				taxableCents,
				capitalTaxCents,
				solidarityCents,
				churchTaxCents,
			},
			dueOn: capitalTaxDueOn(inflowOn),
			capitalTaxDeclaredCents,
			roundingGainCents: capitalTaxCents - capitalTaxDeclaredCents,
			churchTaxByCommunity: await churchTaxByCommunity(tx, keys, runId, Number(inflowOn.slice(0, 4))),
			payableCents: capitalTaxDeclaredCents + solidarityCents + churchTaxCents,
			nothingWithheld: capitalTaxCents === 0,
		};
	});
}
