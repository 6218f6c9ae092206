// Every write of the product passes here: one transaction, one actor, one answer per idempotency key, one link in the audit chain.
import { createHash } from 'node:crypto';
import { and, desc, eq, gt, lt, lte, sql } from 'drizzle-orm';
import type { Keys } from '../config.ts';
import { type Database, type Tx, transact } from '../database/connect.ts';
import { blindIndex } from '../database/sealed.ts';
import type { Actor } from '../values/actor.ts';
import { Refusal } from '../values/refusal.ts';
import { firstBreak, genesisHash, type Link, linkHash } from './rules.ts';
import { auditHead, auditLog, auditSeals, idempotencyKeys } from './tables.ts';

/** Who acts and when; with `key` the same request gives the same answer however often it arrives. */
export interface Command {
	by: Actor;
	at: Date;
	key?: { key: string; requestHash: Buffer } | undefined;
}

/** What happened, for the log. `before` and `after` hold facts, never secrets in clear. */
export interface AuditEvent {
	/** feature.verb, as the service function is called: 'members.admit' */
	action: string;
	/** what it happened to: 'member 147', 'ballot 0198…' */
	subject: string;
	before?: unknown;
	after?: unknown;
}

/** Notes an event of the running write; it is written to the chain when the work is done. */
export type Note = (event: AuditEvent) => void;

/**
 * Runs a write: the work, its audit links and its idempotency record commit together or not at all.
 * The reply must be plain JSON. A repeated key with the same request gives the first reply without running the work again.
 * Refuses: request.key-reused (conflict) if the key came with another request.
 */
export function write<T>(db: Database, { by, at, key }: Command, work: (tx: Tx, note: Note) => Promise<T>): Promise<T> {
	return transact(db, by, async (tx) => {
		const owner = by.personId ?? by.name;
		if (key) {
			const claimed = await tx
				.insert(idempotencyKeys)
				.values({ actor: owner, key: key.key, requestHash: key.requestHash, at })
				.onConflictDoNothing()
				.returning({ key: idempotencyKeys.key });
			if (claimed.length === 0) return (await earlierReply(tx, owner, key)) as T;
		}
		const events: AuditEvent[] = [];
		const reply = await work(tx, (event) => events.push(event));
		if (key) {
			await tx
				.update(idempotencyKeys)
				.set({ reply: reply ?? null })
				.where(and(eq(idempotencyKeys.actor, owner), eq(idempotencyKeys.key, key.key)));
		}
		// Last, so that the chain's lock is held for a moment only.
		await append(tx, by, at, events);
		return reply;
	});
}

async function earlierReply(
	tx: Tx,
	owner: string,
	{ key, requestHash }: { key: string; requestHash: Buffer },
): Promise<unknown> {
	const [earlier] = await tx
		.select()
		.from(idempotencyKeys)
		.where(and(eq(idempotencyKeys.actor, owner), eq(idempotencyKeys.key, key)));
	if (!earlier?.requestHash.equals(requestHash))
		throw new Refusal('conflict', 'request.key-reused', {}, { field: 'Idempotency-Key' });
	return earlier.reply ?? undefined;
}

async function append(tx: Tx, by: Actor, at: Date, events: AuditEvent[]): Promise<void> {
	const contents = events.map((event) =>
		JSON.stringify({
			at: at.toISOString(),
			by: { kind: by.kind, person: by.personId, name: by.name, roles: by.roles },
			...event,
		}),
	);
	const [content] = contents;
	if (content === undefined) return;
	if (contents.length > 1) return appendMany(tx, contents);
	await tx.execute(sql`
		with head as (
			update audit_head h set seq = h.seq + 1,
				hash = sha256(convert_to((h.seq + 1)::text || E'\n' || encode(h.hash, 'hex') || E'\n' || ${content}::text, 'UTF8'))
			returning new.seq, new.hash, old.hash as previous_hash
		)
		insert into audit_log (seq, content, previous_hash, hash)
		select seq, ${content}::text::json, previous_hash, hash from head`);
}

/** Many links of one write: chained here, written in one statement each two thousand. */
async function appendMany(tx: Tx, contents: readonly string[]): Promise<void> {
	const [head] = await tx.select().from(auditHead).for('update');
	if (!head) throw new Error('the audit chain has no head');
	let { seq, hash } = head;
	for (let i = 0; i < contents.length; i += 2_000) {
		const links = contents.slice(i, i + 2_000).map((content) => {
			const previousHash = hash.toString('hex');
			seq++;
			hash = linkHash(seq, hash, content);
			return { seq, content, previousHash, hash: hash.toString('hex') };
		});
		await tx.execute(sql`
			insert into audit_log (seq, content, previous_hash, hash)
			select l.seq, l.content::json, decode(l."previousHash", 'hex'), decode(l.hash, 'hex')
			from jsonb_to_recordset(${JSON.stringify(links)}::text::jsonb) as l(seq bigint, content text, "previousHash" text, hash text)
			order by l.seq`);
	}
	await tx.update(auditHead).set({ seq, hash });
}

/** One line of the log as staff read it. */
export interface AuditEntry {
	seq: number;
	content: unknown;
	hash: string;
}

/** The newest entries before `before` (exclusive), newest first, at most `limit`; optionally only those of one action prefix. */
export function listAudit(
	db: Database,
	{
		by,
		before,
		action,
		limit = 50,
	}: { by: Actor; before?: number | undefined; action?: string | undefined; limit?: number },
): Promise<AuditEntry[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx
			.select({ seq: auditLog.seq, content: auditLog.content, hash: sql<string>`encode(${auditLog.hash}, 'hex')` })
			.from(auditLog)
			.where(
				and(
					before === undefined ? undefined : lt(auditLog.seq, before),
					action === undefined ? undefined : sql`starts_with(${auditLog.action}, ${action})`,
				),
			)
			.orderBy(desc(auditLog.seq))
			.limit(limit);
		return rows;
	});
}

/** What a verification found: how far the chain holds, its head (to be kept outside), and the first break if there is one. */
export interface ChainReport {
	links: number;
	headHash: string;
	/** signed heads that were compared */
	seals: number;
	broken: { seq: number; reason: string } | null;
}

const signatureOf = (keys: Keys, seq: number, hash: Buffer): Buffer =>
	blindIndex(keys, `audit head ${seq} ${hash.toString('hex')}`);

/**
 * Signs the chain's present head. Whoever rewrites the log and recomputes every hash cannot forge the signature:
 * its key is the installation's secret, not in the database.
 */
export function sealAuditChain(
	db: Database,
	{ by, at, keys }: Command & { keys: Keys },
): Promise<{ seq: number; headHash: string }> {
	return transact(db, by, async (tx) => {
		const [head] = await tx.select().from(auditHead);
		if (!head) throw new Error('the audit chain has no head');
		const { seq, hash } = head;
		await tx
			.insert(auditSeals)
			.values({ seq, hash, signature: signatureOf(keys, seq, hash), sealedAt: at })
			.onConflictDoNothing();
		return { seq, headHash: hash.toString('hex') };
	});
}

/** Recomputes the chain from the first link to the head it had when this began, and compares it with the head and every signed head. */
export function verifyAuditChain(db: Database, { by, keys }: { by: Actor; keys: Keys }): Promise<ChainReport> {
	return transact(db, by, async (tx) => {
		const [head] = await tx.select().from(auditHead);
		if (!head) throw new Error('the audit chain has no head');
		const seals = await tx.select().from(auditSeals).where(lte(auditSeals.seq, head.seq)).orderBy(auditSeals.seq);
		const report = (after: { seq: number; hash: Buffer }, broken: ChainReport['broken']): ChainReport => ({
			...{ links: after.seq, headHash: after.hash.toString('hex'), seals: seals.length, broken },
		});
		const sealed = new Map(seals.map((seal) => [seal.seq, seal]));
		let after = { seq: 0, hash: genesisHash as Buffer };
		for (;;) {
			const links = (await tx
				.select({
					seq: auditLog.seq,
					content: sql<string>`${auditLog.content}::text`,
					previousHash: auditLog.previousHash,
					hash: auditLog.hash,
				})
				.from(auditLog)
				.where(and(gt(auditLog.seq, after.seq), lte(auditLog.seq, head.seq)))
				.orderBy(auditLog.seq)
				.limit(5000)) as Link[];
			const broken = firstBreak(after, links);
			if (broken) return report({ seq: broken.seq - 1, hash: after.hash }, broken);
			const last = links.at(-1);
			if (!last) break;
			for (const { seq, hash } of links) {
				const seal = sealed.get(seq);
				if (seal && !(seal.hash.equals(hash) && seal.signature.equals(signatureOf(keys, seq, hash)))) {
					return report(last, { seq, reason: 'signed head' });
				}
			}
			after = { seq: last.seq, hash: last.hash };
		}
		const whole = head.seq === after.seq && head.hash.equals(after.hash);
		return report(after, whole ? null : { seq: after.seq + 1, reason: 'head' });
	});
}

/** Fingerprint of a request for its idempotency key: method, path and body. */
export function requestHashOf(method: string, path: string, body: unknown): Buffer {
	return createHash('sha256')
		.update(`${method}\n${path}\n${JSON.stringify(body ?? null)}`)
		.digest();
}
