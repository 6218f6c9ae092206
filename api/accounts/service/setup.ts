// The one-time code that lets the first person in, and what may be forgotten after a while.
import { and, eq, gt, isNotNull, lt, or, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { minutesAfter, setupHours } from '../rules.ts';
import { accountLinks, persons, sessions, setupCodes, throttles } from '../tables.ts';
import { newCode, plainCode, tokenHash } from './secrets.ts';

/** True as long as nobody has an account: the cooperative is still to be set up. */
export function isEmpty(db: Database, { by }: { by: Actor }): Promise<boolean> {
	return transact(db, by, async (tx) => !(await anybody(tx)));
}

async function anybody(tx: Tx): Promise<boolean> {
	const [row] = await tx.select({ one: sql`1` }).from(persons).limit(1);
	return row !== undefined;
}

/** On a database without any account: a fresh code for the console, good for a day; earlier ones are void. Else undefined. Run as the program. */
export function setupCode(db: Database, { by, at }: Command): Promise<string | undefined> {
	return write(db, { by, at }, async (tx, note) => {
		if (await anybody(tx)) return undefined;
		const code = newCode(4);
		const row = { hash: tokenHash(plainCode(code)), expiresAt: minutesAfter(at, setupHours * 60) };
		await tx
			.insert(setupCodes)
			.values({ one: 1, ...row })
			.onConflictDoUpdate({ target: setupCodes.one, set: row });
		note({ action: 'accounts.setupCode', subject: 'set-up' });
		return code;
	});
}

/**
 * Spends the set-up code within the write that makes the first account; of two at the same second one gets through.
 * Count the attempt before (throttle, what 'setup'). Refuses: accounts.setup-done (conflict), accounts.setup-code-wrong (forbidden, field code).
 */
export async function checkSetupCode(tx: Tx, { code, at }: { code: string; at: Date }): Promise<void> {
	const spent = await tx
		.delete(setupCodes)
		.where(and(eq(setupCodes.hash, tokenHash(plainCode(code))), gt(setupCodes.expiresAt, at)))
		.returning({ one: setupCodes.one });
	if (await anybody(tx)) throw new Refusal('conflict', 'accounts.setup-done');
	if (spent.length === 0) throw new Refusal('forbidden', 'accounts.setup-code-wrong', {}, { field: 'code' });
}

const keepDays = 90;

/** Deletes sessions, links and counters that ended more than ninety (counters: two) days ago. For a daily job. Answers how many of each. */
export function forgetAccountTraces(
	db: Database,
	{ by, at }: { by: Actor; at: Date },
): Promise<{ sessions: number; links: number; counters: number }> {
	return transact(db, by, async (tx) => {
		const old = minutesAfter(at, -keepDays * 24 * 60);
		const goneSessions = await tx
			.delete(sessions)
			.where(or(lt(sessions.expiresAt, old), and(isNotNull(sessions.endedAt), lt(sessions.endedAt, old))))
			.returning({ id: sessions.id });
		const goneLinks = await tx
			.delete(accountLinks)
			.where(lt(accountLinks.expiresAt, old))
			.returning({ hash: accountLinks.hash });
		const counters = await tx
			.delete(throttles)
			.where(and(lt(throttles.startedAt, minutesAfter(at, -2 * 24 * 60)), lt(throttles.blockedUntil, at)))
			.returning({ key: throttles.key });
		return { sessions: goneSessions.length, links: goneLinks.length, counters: counters.length };
	});
}
