// Reading ballots: what a member still has to vote on, and one ballot with its turnout and, once closed, its result.
import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm';
import { agendaItems, assemblies } from '../../assemblies/tables.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { ballotEntitlements, ballotResults, ballots, ballotVotes } from '../tables.ts';
import { majorityOf } from './lock.ts';

async function select(tx: Tx, by: Actor, where: SQL | undefined) {
	const own = (table: typeof ballotEntitlements | typeof ballotVotes) =>
		and(eq(table.ballotId, ballots.id), by.memberId === null ? sql`false` : eq(table.memberId, by.memberId));
	const rows = await tx
		.select({
			ballot: ballots,
			assembly: { id: assemblies.id, title: assemblies.title, heldOn: assemblies.heldOn },
			item: {
				id: agendaItems.id,
				top: agendaItems.top,
				title: agendaItems.title,
				subject: agendaItems.subject,
				proposalId: agendaItems.proposalId,
			},
			turnout: sql<number>`ballot_turnout(${ballots.id})`,
			eligible: sql<number>`ballot_eligible(${ballots.id})`,
			inTime: sql<boolean>`clock_timestamp() >= ${ballots.opensAt} and clock_timestamp() < ${ballots.closesAt}`,
			barred: ballotEntitlements.barred,
			choice: ballotVotes.choice,
			receipt: ballotVotes.receipt,
			adopted: ballotResults.adopted,
			resolvedOn: ballotResults.resolvedOn,
			result: ballotResults.result,
		})
		.from(ballots)
		.innerJoin(assemblies, eq(assemblies.id, ballots.assemblyId))
		.innerJoin(agendaItems, eq(agendaItems.id, ballots.agendaItemId))
		.leftJoin(ballotEntitlements, own(ballotEntitlements))
		.leftJoin(ballotVotes, own(ballotVotes))
		.leftJoin(ballotResults, eq(ballotResults.ballotId, ballots.id))
		.where(where)
		.orderBy(desc(assemblies.startsAt), asc(agendaItems.top), asc(ballots.opensAt), asc(ballots.id))
		.limit(500);
	return rows.map(({ ballot, inTime, barred, choice, receipt, adopted, resolvedOn, result, ...rest }) => {
		const { id, question, text, textHash, payoutOn, opensAt, closesAt, state, electorateOn, electorateHash } = ballot;
		const entitled = barred === false;
		return {
			id,
			...rest,
			question,
			text,
			textHash,
			majority: majorityOf(ballot),
			payoutOn,
			opensAt: opensAt.toISOString(),
			closesAt: closesAt.toISOString(),
			state,
			electorateOn,
			electorateHash,
			/** about the asking member */
			mine: {
				entitled,
				barred: barred === true,
				choice,
				receipt,
				mayVote: entitled && choice === null && state === 'open' && inTime,
			},
			declared: result && adopted !== null && resolvedOn !== null ? { adopted, resolvedOn, result } : null,
		};
	});
}

/** A ballot as read: wording, majority, window, turnout as a count, the asker's own vote, the result once closed. */
export type BallotView = Awaited<ReturnType<typeof select>>[number];

/** The asking member's ballots, newest assembly first; those still to vote on say `mine.mayVote`. Refuses: ballots.members-only (forbidden). */
export async function listMyBallots(db: Database, { by }: { by: Actor }): Promise<BallotView[]> {
	if (by.memberId === null) throw new Refusal('forbidden', 'ballots.members-only');
	return transact(db, by, (tx) =>
		select(tx, by, sql`${ballots.state} = 'prepared' or ${ballotEntitlements.memberId} is not null`),
	);
}

/** All ballots of an assembly in the order of its agenda. */
export function listBallots(
	db: Database,
	{ by, assemblyId }: { by: Actor; assemblyId: string },
): Promise<BallotView[]> {
	return transact(db, by, (tx) => select(tx, by, eq(ballots.assemblyId, assemblyId)));
}

/** One ballot. Interim results are nowhere: `declared` is null until the close is confirmed. Refuses: ballots.unknown (missing). */
export async function readBallot(db: Database, { by, ballotId }: { by: Actor; ballotId: string }): Promise<BallotView> {
	const [ballot] = await transact(db, by, (tx) => select(tx, by, eq(ballots.id, ballotId)));
	if (!ballot) throw new Refusal('missing', 'ballots.unknown');
	return ballot;
}
