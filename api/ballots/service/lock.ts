// The ballot's row as a lock: casting holds it shared, opening and closing alone. The database's clock decides what was in time.
import { eq, sql } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { type BallotAct, type Majority, requireBallot } from '../rules.ts';
import { ballots } from '../tables.ts';

export type BallotRow = typeof ballots.$inferSelect;

/**
 * Inside the caller's transaction: locks the ballot until commit and checks that the act is possible.
 * Refuses: ballots.unknown (missing), ballots.wrong-state (conflict).
 */
export async function lockBallot(tx: Tx, ballotId: string, act: BallotAct): Promise<BallotRow> {
	const [ballot] = await tx.select().from(ballots).where(eq(ballots.id, ballotId)).for('update');
	if (!ballot) throw new Refusal('missing', 'ballots.unknown');
	requireBallot(act, ballot.state);
	return ballot;
}

/** Inside the caller's transaction: what time it is for a ballot. People go by the database's clock; the program itself, recording the past, by `at`. */
export async function clockFor(tx: Tx, { by, at }: { by: Actor; at: Date }): Promise<Date> {
	if (by.kind === 'system') return at;
	const [row] = await tx.execute<{ now: string }>(
		sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
	);
	return new Date(Number(row?.now));
}

/** The person who acts. Refuses: ballots.person-needed (forbidden) for devices and the program itself: four eyes are people's. */
export function personOf(by: Actor): string {
	if (by.personId === null) throw new Refusal('forbidden', 'ballots.person-needed');
	return by.personId;
}

/** The majority as the ballot's row holds it. */
export function majorityOf(ballot: BallotRow): Majority {
	const { rule, thresholdNumerator: numerator, thresholdDenominator: denominator, thresholdStrict: strict } = ballot;
	return {
		rule,
		threshold: { numerator, denominator, strict },
		setBy: ballot.thresholdSetBy,
		source: ballot.thresholdSource,
	};
}
