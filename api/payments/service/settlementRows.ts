// What is owed on each settlement: by files, transfers made by hand and what was set off; and relieving settlements beside files.
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import { members } from '../../members/tables.ts';
import { settlements } from '../../shares/tables.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { settlementReliefs } from '../tables.ts';

/** A settlement with what was paid on it or set off, and what is on its way in files, in cents. */
export type SettlementRow = typeof settlements.$inferSelect & {
	number: number;
	name: string;
	paidCents: number;
	underwayCents: number;
};

/** Settlements in the order of the queue, of one member if asked. Members reach their own only. */
export async function settlementRows(tx: Tx, memberId?: string): Promise<SettlementRow[]> {
	const rows = await tx
		.select({ settlement: settlements, number: members.number, name: members.sortName })
		.from(settlements)
		.innerJoin(members, eq(members.id, settlements.memberId))
		.where(memberId === undefined ? undefined : eq(settlements.memberId, memberId))
		.orderBy(asc(settlements.exitOn), asc(settlements.receivedOn), asc(settlements.id));
	// Members do not see the files, but may know of their own transfers what became of them. What came back is owed again.
	const paid = await tx.execute<{ id: string; executed: number; waiting: number }>(sql`
		with paying as (
			select p.settlement_id, p.file_id, p.amount_cents, coalesce(p.line, (select min(i.line) from payout_items i where i.file_id = p.file_id and i.member_id = p.member_id)) as line
			from settlement_payouts p
		), fates as (
			select p.settlement_id, p.amount_cents, payout_item_executed_on(p.file_id, p.line) is not null as executed,
				payout_stands(p.file_id) and o.outcome is null as waiting
			from paying p left join payout_outcomes o on o.file_id = p.file_id and o.line = p.line
				left join payout_returns r on r.file_id = p.file_id and r.line = p.line
			where r.file_id is null
		)
		select settlement_id as id, coalesce(sum(amount_cents) filter (where executed), 0)::bigint as executed,
			coalesce(sum(amount_cents) filter (where waiting and not executed), 0)::bigint as waiting
		from fates group by settlement_id`);
	const relieved = await tx
		.select({
			id: settlementReliefs.settlementId,
			cents: sql<number>`sum(${settlementReliefs.amountCents})::bigint`.mapWith(Number),
		})
		.from(settlementReliefs)
		.where(isNull(settlementReliefs.reversalEntry))
		.groupBy(settlementReliefs.settlementId);
	const reliefs = new Map(relieved.map(({ id, cents }) => [id, cents]));
	const sums = new Map(
		paid.map(({ id, executed, waiting }) => [id, { executed: Number(executed), waiting: Number(waiting) }]),
	);
	return rows.map(({ settlement, number, name }) => ({
		...{ ...settlement, number, name },
		paidCents: (sums.get(settlement.id)?.executed ?? 0) + (reliefs.get(settlement.id) ?? 0),
		underwayCents: sums.get(settlement.id)?.waiting ?? 0,
	}));
}

/** What is owed on a settlement and in no file, in cents; nothing before it is determined. */
export const openOf = ({ balanceCents, lossShareCents, paidCents, underwayCents, voidedAt }: SettlementRow): number =>
	lossShareCents === null || voidedAt !== null ? 0 : balanceCents - lossShareCents - paidCents - underwayCents;

/** What a member's settlements are open by together, in cents. */
export async function openSettlementCents(tx: Tx, memberId: string): Promise<number> {
	return (await settlementRows(tx, memberId)).reduce((sum, row) => sum + Math.max(0, openOf(row)), 0);
}

/**
 * Takes an amount off a locked member's settlements, the oldest first, for an entry that is posted already; it must not be more than
 * `openSettlementCents`.
 */
export async function relieveSettlements(
	tx: Tx,
	{
		by,
		at,
		memberId,
		kind,
		amountCents,
		on,
		entry,
	}: {
		by: Actor;
		at: Date;
		memberId: string;
		kind: 'transfer' | 'set-off';
		amountCents: number;
		on: Day;
		entry: number;
	},
): Promise<void> {
	let left = amountCents;
	for (const row of await settlementRows(tx, memberId)) {
		const cents = Math.min(left, Math.max(0, openOf(row)));
		if (cents === 0) continue;
		left -= cents;
		await tx.insert(settlementReliefs).values({
			...{ settlementId: row.id, memberId, kind, amountCents: cents, relievedOn: on, entry },
			...{ recordedAt: at, recordedBy: by.personId },
		});
	}
	if (left > 0) throw new Error('more was taken off settlements than they are open by');
}

/** Puts back what an entry took off settlements; `reversal` is the entry that reverses it. */
export async function unrelieveSettlements(
	tx: Tx,
	{ at, entry, reversal }: { at: Date; entry: number; reversal: number },
): Promise<void> {
	await tx
		.update(settlementReliefs)
		.set({ reversalEntry: reversal, reversedAt: at })
		.where(and(eq(settlementReliefs.entry, entry), isNull(settlementReliefs.reversalEntry)));
}
