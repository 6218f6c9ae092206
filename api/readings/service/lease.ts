// Who works on a source: one process at a time takes each source that is due; several sources are worked on at once, none waits for a slow one.
import { and, eq, inArray, isNull, lt, or } from 'drizzle-orm';
import type { Keys } from '../../config.ts';
import { type Database, transact } from '../../database/connect.ts';
import { seal, unseal } from '../../database/sealed.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import { excerpt } from '../rules.ts';
import type { Secrets, SourceKind } from '../sources/kinds.ts';
import { sources } from '../tables.ts';

/** A source as whoever works on it has it. */
export type LeasedSource = typeof sources.$inferSelect;

/**
 * Takes the sources of these kinds that are switched on and that nobody works on, until they are given back (keepLook) or `minutes` have
 * passed: then whoever had them is taken for dead. By name.
 */
export async function leaseSources(
	db: Database,
	{ by, at, kinds, minutes }: { by: Actor; at: Date; kinds: readonly SourceKind[]; minutes: number },
): Promise<LeasedSource[]> {
	const free = or(isNull(sources.busyUntil), lt(sources.busyUntil, at));
	const rows = await transact(db, by, (tx) =>
		tx
			.update(sources)
			.set({ busyUntil: new Date(at.getTime() + minutes * 60_000) })
			.where(and(inArray(sources.kind, [...kinds]), eq(sources.enabled, true), free))
			.returning(),
	);
	return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Works on each of a list, so many at once, and returns what came of each in their order. */
export async function atOnce<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
	const results: R[] = new Array(items.length);
	let next = 0;
	const lane = async () => {
		for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
	};
	await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
	return results;
}

/** What went wrong with a source, as its row keeps it: a refusal, or a fault nobody foresaw, which must not end the work on the others. */
export function problemOf(error: unknown): { code: string; values: RefusalValues } {
	if (error instanceof Refusal) return { code: error.code, values: error.values };
	const { name, message } = error instanceof Error ? error : new Error(String(error));
	return { code: 'readings.source-fault', values: { reason: excerpt(message || name) } };
}

const placeOf = (sourceId: string) => ({ table: 'sources', column: 'secret', row: sourceId });

/** The secrets of a source, sealed for its row. */
export function sealedSecrets(keys: Keys, sourceId: string, secrets: Secrets): Buffer {
	return seal(keys, placeOf(sourceId), JSON.stringify(secrets));
}

/** The secrets of a source in clear, for the connection alone. */
export function secretsOf(keys: Keys, { id, secret }: { id: string; secret: Buffer | null }): Secrets {
	return secret ? (JSON.parse(unseal(keys, placeOf(id), secret)) as Secrets) : {};
}
