// The locks of dividends: a fiscal year's row, and the gate between a release and the tax data it computes with.
import { eq } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { type FiscalYearVerb, requireStep } from '../rules/year.ts';
import { dividendGate, dividendRuns, fiscalYears } from '../tables.ts';

/** A recorded fiscal year as stored. */
export type StoredYear = typeof fiscalYears.$inferSelect;
/** A run as stored. */
export type StoredRun = typeof dividendRuns.$inferSelect;

/** The person who acts. Refuses forbidden `dividends.person-needed`: the program and devices do not decide. */
export function decider(by: Actor): string {
	if (by.personId === null) throw new Refusal('forbidden', 'dividends.person-needed');
	return by.personId;
}

/**
 * Locks a recorded year in which something can be done. Refuses missing `dividends.year-unknown` {year};
 * conflict `dividends.wrong-step` {year, state}.
 */
export async function lockYear(tx: Tx, year: number, verb: FiscalYearVerb): Promise<StoredYear> {
	const [row] = await tx.select().from(fiscalYears).where(eq(fiscalYears.year, year)).for('update');
	if (!row) throw new Refusal('missing', 'dividends.year-unknown', { year });
	requireStep(verb, row);
	return row;
}

/** Locks the year of a run, then reads the run. Refuses missing `dividends.run-unknown`; conflict `dividends.wrong-step` {year, state}. */
export async function lockRun(
	tx: Tx,
	runId: string,
	verb: 'releaseDividendRun' | 'discardDividendRun',
): Promise<{ run: StoredRun; year: StoredYear }> {
	const [found] = await tx.select({ year: dividendRuns.year }).from(dividendRuns).where(eq(dividendRuns.id, runId));
	if (!found) throw new Refusal('missing', 'dividends.run-unknown');
	const year = await lockYear(tx, found.year, verb);
	const [run] = await tx.select().from(dividendRuns).where(eq(dividendRuns.id, runId));
	if (run?.state !== 'prepared') {
		throw new Refusal('conflict', 'dividends.run-decided', { year: found.year, state: run?.state ?? '' });
	}
	return { run, year };
}

/** Holds the gate until the transaction ends: tax data and releases pass one after the other. */
export async function holdGate(tx: Tx): Promise<void> {
	await tx.select({ one: dividendGate.one }).from(dividendGate).for('update');
}
