// Attempts, counted in the database before they are made: no restart, no second process and no burst gets around it.
import { eq, sql } from 'drizzle-orm';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { blindIndex } from '../../database/sealed.ts';
import { systemActor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { type Counted, emailKey, networkOf, type Pace, type PaceName, paces } from '../rules.ts';
import { throttles } from '../tables.ts';

const actor = systemActor('accounts.throttle');

/** A permitted attempt, already counted as if it failed. */
export interface Permit {
	/** it succeeded: the account starts afresh, network and everyone get this one back */
	succeeded: () => Promise<void>;
	/** it was no attempt at the secret after all: everybody gets it back */
	returned: () => Promise<void>;
	/** true if this attempt brought the account to its longest silence */
	last: boolean;
}

/**
 * Counts an attempt at `what` and permits it, or refuses it while one of its subjects is silenced: the account (an e-mail address,
 * known or not), the network of the address, everyone. Counting is one conditional statement per subject, so of any burst only as many pass as the pace allows.
 * Refuses: accounts.throttled (throttled) with retrySeconds; a refused attempt counts for nobody.
 */
export function throttle(
	db: Database,
	{
		at,
		keys,
		what,
		pace,
		account,
		address,
	}: { at: Date; keys: Keys; what: string; pace: PaceName; account?: string; address?: string },
): Promise<Permit> {
	const subject = (kind: Counted, of: string) => ({
		kind,
		key: blindIndex(keys, `throttle\n${what}\n${kind}\n${of}`),
		...paces[pace][kind],
	});
	// Always in this order, so that two attempts never wait for each other in a circle; the row everyone shares is held shortest.
	const subjects = [
		...(account === undefined ? [] : [subject('account', emailKey(account))]),
		...(address === undefined ? [] : [subject('network', networkOf(address))]),
		subject('everyone', ''),
	];
	const giveBack = (restart: boolean) =>
		transact(db, actor, async (tx) => {
			for (const { kind, key, free } of subjects) {
				if (restart && kind === 'account') await tx.delete(throttles).where(eq(throttles.key, key));
				else await uncount(tx, { key, at, free });
			}
		});
	return transact(db, actor, async (tx) => {
		let last = false;
		for (const { kind, key, ...rest } of subjects) {
			const attempts = await count(tx, { key, at, ...rest });
			if (attempts === undefined) {
				const [row] = await tx
					.select({ blockedUntil: throttles.blockedUntil })
					.from(throttles)
					.where(eq(throttles.key, key));
				const waitMs = (row?.blockedUntil.getTime() ?? 0) - at.getTime();
				throw new Refusal('throttled', 'accounts.throttled', { retrySeconds: Math.max(1, Math.ceil(waitMs / 1000)) });
			}
			if (kind === 'account') last = attempts === rest.free + rest.delaySeconds.length;
		}
		return { last, succeeded: () => giveBack(true), returned: () => giveBack(false) };
	});
}

async function count(
	tx: Tx,
	{ key, at, free, delaySeconds, windowSeconds }: Pace & { key: Buffer; at: Date },
): Promise<number | undefined> {
	const now = sql`${at.toISOString()}::timestamptz`;
	const fresh = sql`t.started_at < ${now} - make_interval(secs => ${windowSeconds})`;
	const attempts = sql`case when ${fresh} then 1 else t.attempts + 1 end`;
	const slowed = sql`least(${attempts} - ${free}, ${delaySeconds.length})`;
	const [row] = await tx.execute<{ attempts: number }>(sql`
		insert into throttles as t (key, attempts, started_at, blocked_until)
		values (${key}, 1, ${now}, ${now})
		on conflict (key) do update set
			attempts = ${attempts},
			started_at = case when ${fresh} then ${now} else t.started_at end,
			blocked_until = ${now} + make_interval(secs => case when ${slowed} < 1 then 0
				else split_part(${delaySeconds.join(',')}::text, ',', ${slowed})::int end)
		where t.blocked_until <= ${now}
		returning attempts`);
	return row?.attempts;
}

async function uncount(tx: Tx, { key, at, free }: { key: Buffer; at: Date; free: number }): Promise<void> {
	await tx
		.update(throttles)
		.set({
			attempts: sql`greatest(${throttles.attempts} - 1, 0)`,
			// A silence that other attempts brought about stays.
			blockedUntil: sql`case when ${throttles.attempts} - 1 <= ${free} then ${at.toISOString()}::timestamptz else ${throttles.blockedUntil} end`,
		})
		.where(eq(throttles.key, key));
}
