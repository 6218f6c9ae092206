// What the audit remembers: every write as one link of a chain, and the answers already given to repeated requests.
import { sql } from 'drizzle-orm';
import { bigint, index, json, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../database/columns.ts';

/**
 * Append-only log. `content` is the exact JSON text that was hashed: { at, by, action, subject, before, after };
 * hash = sha256(seq ‖ '\n' ‖ previous hash as hex ‖ '\n' ‖ content).
 */
export const auditLog = pgTable(
	'audit_log',
	{
		seq: bigint({ mode: 'number' }).primaryKey(),
		content: json().notNull(),
		action: text().generatedAlwaysAs(sql`content ->> 'action'`).notNull(),
		subject: text().generatedAlwaysAs(sql`content ->> 'subject'`),
		previousHash: bytes().notNull(),
		hash: bytes().notNull(),
	},
	(t) => [index('audit_log_by_subject').on(t.subject)],
);

/** The end of the chain: one row; its lock puts writers in order. */
export const auditHead = pgTable('audit_head', {
	seq: bigint({ mode: 'number' }).primaryKey(),
	hash: bytes().notNull(),
});

/** Signed heads: what the chain's end was on a day, with a signature whose key is not in the database. */
export const auditSeals = pgTable('audit_seals', {
	seq: bigint({ mode: 'number' }).primaryKey(),
	hash: bytes().notNull(),
	signature: bytes().notNull(),
	sealedAt: instant().notNull(),
});

/** Answers to requests that carried an Idempotency-Key, per actor. */
export const idempotencyKeys = pgTable(
	'idempotency_keys',
	{
		actor: text().notNull(),
		key: text().notNull(),
		requestHash: bytes().notNull(),
		reply: json(),
		at: instant().notNull(),
	},
	(t) => [primaryKey({ columns: [t.actor, t.key] })],
);
