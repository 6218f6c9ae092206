// The run, first pair of eyes: computed for all members at once, stored with every step, nothing posted yet.
import { and, eq, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { statuteOn } from '../../statute/service.ts';
import { Refusal } from '../../values/refusal.ts';
import { type ComputedRun, computeRun, type DividendLine, type RunTotals } from '../rules/run.ts';
import { dividendProposals, dividendRuns, fiscalYears } from '../tables.ts';
import { baseDay, factsOf } from './facts.ts';
import { decider, lockRun, lockYear, type StoredYear } from './lock.ts';
import type { StoredProposal } from './propose.ts';

/** Lines that travel to the database in one statement: bounds memory, not correctness. */
const linesPerStatement = 5_000;

/** The adopted proposal of a year. Refuses conflict `dividends.not-resolved` {year}. */
export async function adoptedProposal(tx: Tx, year: number): Promise<StoredProposal> {
	const [row] = await tx
		.select()
		.from(dividendProposals)
		.where(and(eq(dividendProposals.year, year), eq(dividendProposals.state, 'adopted')));
	if (!row) throw new Refusal('conflict', 'dividends.not-resolved', { year }, { rule: 'P-05' });
	return row;
}

/**
 * Computes the run of a year from what is recorded now. Run again on the same records it gives the same content hash.
 * Refuses conflict `dividends.over-pot`, `dividends.no-base`; invalid `dividends.tax-law-unknown`; missing `statute.none-on-day`.
 */
export async function computedRun(
	tx: Tx,
	year: StoredYear,
	proposal: StoredProposal,
): Promise<ComputedRun & { withoutChurchAnswer: number }> {
	const { rate, potCents, payoutOn: inflowOn } = proposal;
	const { members, withoutChurchAnswer } = await factsOf(tx, year, inflowOn);
	const { terms } = await statuteOn(tx, inflowOn);
	const run = computeRun(members, {
		dividend: rate === null ? { amountCents: potCents } : { rate },
		potCents,
		baseOn: baseDay(year),
		firstYear: year.firstYear,
		inflowOn,
		paysBeforeFull: terms.paysBeforeFull,
	});
	return { ...run, withoutChurchAnswer };
}

async function storeLines(tx: Tx, runId: string, inflowOn: string, lines: readonly DividendLine[]): Promise<void> {
	for (let from = 0; from < lines.length; from += linesPerStatement) {
		const chunk = lines.slice(from, from + linesPerStatement);
		const columnOf = (name: Exclude<keyof DividendLine, 'steps'>) => chunk.map((line) => line[name] ?? '').join(',');
		await tx.execute(sql`
			insert into dividend_lines (run_id, inflow_on, member_id, member_number, base_cents, gross_cents, exempt_cents, exempt_by,
				exemption_used_cents, taxable_cents, church_rate, capital_tax_cents, solidarity_cents, church_tax_cents, net_cents,
				credited_cents, paid_out_cents, steps)
			select ${runId}::uuid, ${inflowOn}::date, l.* from rows from (
				unnest(string_to_array(${columnOf('memberId')}, ',')::uuid[]), unnest(string_to_array(${columnOf('memberNumber')}, ',')::int[]),
				unnest(string_to_array(${columnOf('baseCents')}, ',')::bigint[]), unnest(string_to_array(${columnOf('grossCents')}, ',')::bigint[]),
				unnest(string_to_array(${columnOf('exemptCents')}, ',')::bigint[]), unnest(string_to_array(${columnOf('exemptBy')}, ',', '')),
				unnest(string_to_array(${columnOf('exemptionUsedCents')}, ',')::bigint[]), unnest(string_to_array(${columnOf('taxableCents')}, ',')::bigint[]),
				unnest(string_to_array(${columnOf('churchRate')}, ',')), unnest(string_to_array(${columnOf('capitalTaxCents')}, ',')::bigint[]),
				unnest(string_to_array(${columnOf('solidarityCents')}, ',')::bigint[]), unnest(string_to_array(${columnOf('churchTaxCents')}, ',')::bigint[]),
				unnest(string_to_array(${columnOf('netCents')}, ',')::bigint[]), unnest(string_to_array(${columnOf('creditedCents')}, ',')::bigint[]),
				unnest(string_to_array(${columnOf('paidOutCents')}, ',')::bigint[]),
				unnest(string_to_array(${chunk.map(({ steps }) => JSON.stringify(steps)).join('\n')}, E'\n')::json[])
			) l`);
	}
}

/** A run just prepared: what the second person will see and release. */
export interface PreparedRun {
	runId: string;
	contentHash: string;
	memberCount: number;
	totals: RunTotals;
	remainderCents: number;
	withoutChurchAnswer: number;
}

/**
 * Prepares the run of a resolved year: base by method A, part of the pot, deduction with the exemption order's calendar-year pot,
 * crediting and payout for every member (P-20 to P-31, T-10 to T-22). Of two at once one prepares, the other is refused.
 * Refuses forbidden `dividends.person-needed`; missing `dividends.year-unknown`; conflict `dividends.wrong-step` {year, state},
 * `dividends.not-resolved`, `dividends.over-pot`, `dividends.no-base`.
 */
export function prepareDividendRun(
	db: Database,
	{ by, at, key, year }: Command & { year: number },
): Promise<PreparedRun> {
	return write(db, { by, at, key }, async (tx, note) => {
		const preparedBy = decider(by);
		const closed = await lockYear(tx, year, 'prepareDividendRun');
		const proposal = await adoptedProposal(tx, year);
		const { lines, totals, remainderCents, contentHash, withoutChurchAnswer } = await computedRun(tx, closed, proposal);
		const facts = { contentHash, memberCount: lines.length, remainderCents, withoutChurchAnswer };
		const { payoutOn: inflowOn, id: proposalId } = proposal;
		const [made] = await tx
			.insert(dividendRuns)
			.values({ year, proposalId, inflowOn, ...facts, ...totals, preparedBy, preparedAt: at })
			.returning({ id: dividendRuns.id });
		if (!made) throw new Error('no run was stored');
		await storeLines(tx, made.id, inflowOn, lines);
		await tx.update(fiscalYears).set({ state: 'prepared' }).where(eq(fiscalYears.year, year));
		const after = { runId: made.id, inflowOn, ...facts, totals };
		note({ action: 'dividends.prepare-dividend-run', subject: `fiscal year ${year}`, after });
		return { runId: made.id, ...facts, totals };
	});
}

/**
 * Throws a prepared run away, so that it can be prepared anew from changed records; its lines stay on file.
 * Refuses forbidden `dividends.person-needed`; missing `dividends.run-unknown`; conflict `dividends.wrong-step`, `dividends.run-decided`.
 */
export function discardDividendRun(
	db: Database,
	{ by, at, key, runId }: Command & { runId: string },
): Promise<{ runId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const discardedBy = decider(by);
		const { year } = (await lockRun(tx, runId, 'discardDividendRun')).run;
		await tx
			.update(dividendRuns)
			.set({ state: 'discarded', discardedBy, discardedAt: at })
			.where(eq(dividendRuns.id, runId));
		await tx.update(fiscalYears).set({ state: 'resolved' }).where(eq(fiscalYears.year, year));
		note({ action: 'dividends.discard-dividend-run', subject: `fiscal year ${year}`, before: { runId } });
		return { runId };
	});
}
