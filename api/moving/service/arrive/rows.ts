// Rows on their way into the database: whole portions as JSON, ids made there.
import { sql } from 'drizzle-orm';
import type { Tx } from '../../../database/connect.ts';
import type { Arrival } from '../../rules/check.ts';

/** So many rows go to the database at a time. */
export const portion = 2_000;

/** Hands rows to an insert as JSON texts, a portion at a time. */
export async function inPortions<T>(rows: readonly T[], insert: (json: string) => Promise<unknown>): Promise<void> {
	for (let i = 0; i < rows.length; i += portion) await insert(JSON.stringify(rows.slice(i, i + portion)));
}

/** New ids from the database, in their order. */
export async function newIds(tx: Tx, count: number): Promise<string[]> {
	const rows = await tx.execute<{ id: string }>(sql`select uuidv7() as id from generate_series(1, ${count}::int)`);
	return rows.map(({ id }) => id).sort();
}

/** An arrival with the id of the member it becomes. */
export type Settler = Arrival & { id: string };

/** Bytes on their way through JSON. */
export const hex = (bytes: Buffer | null): string | null => bytes?.toString('hex') ?? null;
