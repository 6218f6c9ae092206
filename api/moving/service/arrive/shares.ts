// Movements of shares and what falls due, as they were.
import { sql } from 'drizzle-orm';
import type { Tx } from '../../../database/connect.ts';
import type { Day } from '../../../values/calendar.ts';
import { inPortions, newIds, type Settler } from './rows.ts';

/** Movements of shares with their historical days, and what fell or falls due on them; `exits` names the last movement of who left. */
export async function insertShares(
	tx: Tx,
	settlers: readonly Settler[],
	at: Date,
	basis: string,
): Promise<{ movements: number; dues: number; exits: Map<string, string> }> {
	const ids = await newIds(
		tx,
		settlers.reduce((sum, { movements }) => sum + movements.length, 0),
	);
	let next = 0;
	const exitOf = new Map<string, string>();
	const dues: { movement_id: string; member_id: string; due_on: Day; amount_cents: number }[] = [];
	const rows = settlers.flatMap((settler) => {
		const own = settler.movements.map((movement) => ({ ...movement, id: ids[next++] ?? '' }));
		for (const { day, cents } of settler.dues) {
			if (cents === 0) continue;
			const movement = own.findLast(({ on, count }) => on <= day && count > 0) ?? own[0];
			dues.push({ movement_id: movement?.id ?? '', member_id: settler.id, due_on: day, amount_cents: cents });
		}
		const last = own.findLast(({ on, count }) => on === settler.leftOn && count < 0);
		if (last) exitOf.set(settler.id, last.id);
		return own.map(({ id, on, kind, count, nominalCents, basis: said }) => ({
			...{
				id,
				member_id: settler.id,
				kind,
				count,
				nominal_cents: nominalCents,
				effective_on: on,
				resolution: said ?? basis,
			},
		}));
	});
	await inPortions(rows, (json) =>
		tx.execute(sql`
			insert into share_movements (id, member_id, kind, count, nominal_cents, effective_on, recorded_at, resolution)
			select id, member_id, kind, count, nominal_cents, effective_on, ${at.toISOString()}::timestamptz, resolution
			from json_to_recordset(${json}::text::json) as r (id uuid, member_id uuid, kind text, count int, nominal_cents bigint, effective_on date, resolution text)`),
	);
	await inPortions(dues, (json) =>
		tx.execute(sql`
			insert into share_dues (movement_id, member_id, due_on, amount_cents, recorded_at)
			select movement_id, member_id, due_on, amount_cents, ${at.toISOString()}::timestamptz
			from json_to_recordset(${json}::text::json) as r (movement_id uuid, member_id uuid, due_on date, amount_cents bigint)`),
	);
	return { movements: rows.length, dues: dues.length, exits: exitOf };
}
