// Closing with four eyes: one person proposes it once time is up, another confirms, and the result is declared for good.
import { and, count, eq, ne, sum } from 'drizzle-orm';
import { agendaItemOf, lockAssembly, markAssemblyClosed } from '../../assemblies/service/lock.ts';
import { type Command, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { explainResult, type Result, type Tally } from '../rules.ts';
import { ballotEntitlements, ballotResults, ballots, ballotVotes } from '../tables.ts';
import { handOn } from './declared.ts';
import { clockFor, lockBallot, majorityOf, personOf } from './lock.ts';

/**
 * Proposes to close a ballot whose time is up by the database's clock. No vote counts afterwards.
 * Refuses: ballots.person-needed (forbidden), ballots.unknown (missing), ballots.wrong-state (conflict), ballots.still-running (conflict).
 */
export function proposeClosing(
	db: Database,
	{ by, at, key, ballotId }: Command & { ballotId: string },
): Promise<{ id: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const closingProposedBy = personOf(by);
		const ballot = await lockBallot(tx, ballotId, 'proposeClosing');
		if ((await clockFor(tx, { by, at })) < ballot.closesAt) {
			throw new Refusal('conflict', 'ballots.still-running', { closesAt: ballot.closesAt.toISOString() });
		}
		await tx
			.update(ballots)
			.set({ state: 'closing', closingProposedBy, closingProposedAt: at })
			.where(eq(ballots.id, ballotId));
		note({ action: 'ballots.propose-closing', subject: `ballot ${ballotId}` });
		return { id: ballotId };
	});
}

async function talliesOf(tx: Tx, ballotId: string): Promise<{ ordinary: Tally; investing: Tally; voters: number }> {
	const rows = await tx
		.select({
			choice: ballotVotes.choice,
			investing: ballotEntitlements.investing,
			weight: sum(ballotVotes.weight).mapWith(Number),
			voters: count(),
		})
		.from(ballotVotes)
		.innerJoin(
			ballotEntitlements,
			and(eq(ballotEntitlements.ballotId, ballotVotes.ballotId), eq(ballotEntitlements.memberId, ballotVotes.memberId)),
		)
		.where(eq(ballotVotes.ballotId, ballotId))
		.groupBy(ballotVotes.choice, ballotEntitlements.investing);
	const tallies = { ordinary: { yes: 0, no: 0, abstain: 0 }, investing: { yes: 0, no: 0, abstain: 0 }, voters: 0 };
	for (const { choice, investing, weight, voters } of rows) {
		tallies[investing ? 'investing' : 'ordinary'][choice] += weight;
		tallies.voters += voters;
	}
	return tallies;
}

/**
 * Confirms the proposed close: counts, stores the explained result for good, and hands the resolution on: on a dividend
 * proposal it decides the run (T-07).
 * Refuses: ballots.person-needed (forbidden), ballots.second-person-needed (forbidden) for the one who proposed it,
 * ballots.unknown (missing), ballots.wrong-state (conflict); and what recordResolution of the dividends refuses.
 */
export function confirmClosing(
	db: Database,
	{ by, at, key, ballotId }: Command & { ballotId: string },
): Promise<{ id: string; adopted: boolean; result: Result }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const closedBy = personOf(by);
		const ballot = await lockBallot(tx, ballotId, 'confirmClosing');
		if (ballot.closingProposedBy === closedBy) throw new Refusal('forbidden', 'ballots.second-person-needed');
		// First the state: votes can be read by people only once the ballot is closed.
		await tx.update(ballots).set({ state: 'closed', closedBy, closedAt: at }).where(eq(ballots.id, ballotId));
		const electors = await tx
			.select({ barred: ballotEntitlements.barred, n: count() })
			.from(ballotEntitlements)
			.where(eq(ballotEntitlements.ballotId, ballotId))
			.groupBy(ballotEntitlements.barred);
		const howMany = (barred: boolean): number => electors.find((row) => row.barred === barred)?.n ?? 0;
		const tallies = await talliesOf(tx, ballotId);
		const result = explainResult({
			...tallies,
			majority: majorityOf(ballot),
			eligible: howMany(false),
			barred: howMany(true),
		});
		const resolvedOn = dayOf(at);
		await tx.insert(ballotResults).values({ ballotId, adopted: result.adopted, resolvedOn, result, recordedAt: at });
		const { subject, proposalId } = await agendaItemOf(tx, ballot.agendaItemId);
		if (subject !== null) {
			const { adopted } = result;
			await handOn(tx, subject, { ballotId, proposalId, adopted, resolvedOn, payoutOn: ballot.payoutOn, by, at, note });
		}
		note({ action: 'ballots.confirm-closing', subject: `ballot ${ballotId}`, after: { resolvedOn, ...result } });
		return { id: ballotId, adopted: result.adopted, result };
	});
}

/** Ends an assembly in session once all its ballots are closed. Refuses: assemblies.unknown (missing), assemblies.wrong-state (conflict), ballots.unfinished (conflict). */
export function closeAssembly(
	db: Database,
	{ by, at, key, assemblyId }: Command & { assemblyId: string },
): Promise<{ id: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		await lockAssembly(tx, assemblyId, 'close');
		const [unfinished] = await tx
			.select({ n: count() })
			.from(ballots)
			.where(and(eq(ballots.assemblyId, assemblyId), ne(ballots.state, 'closed')));
		if (unfinished && unfinished.n > 0) throw new Refusal('conflict', 'ballots.unfinished', { ballots: unfinished.n });
		await markAssemblyClosed(tx, { assemblyId, at });
		note({ action: 'assemblies.close', subject: `assembly ${assemblyId}` });
		return { id: assemblyId };
	});
}
