// Payments of members as lists show them.
import { and, desc, eq, gte, lte, sql } from 'drizzle-orm';
import { type Database, transact } from '../../database/connect.ts';
import { members } from '../../members/tables.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { payments } from '../tables.ts';

/** A payment in a list. */
export interface PaymentLine {
	id: string;
	memberId: string;
	number: number;
	name: string;
	amountCents: number;
	creditedCents: number;
	overpaidCents: number;
	feeCents: number;
	valueOn: Day;
	purpose: string;
	bankReference: string;
	entry: number;
	reversedAt: string | null;
	reversalReason: string | null;
}

/** Payments newest value day first; of one member, or within days, if asked. Members reach their own only. */
export function listPayments(
	db: Database,
	{
		by,
		memberId,
		from,
		to,
		page = 1,
		pageSize = 50,
	}: {
		by: Actor;
		memberId?: string | undefined;
		from?: Day | undefined;
		to?: Day | undefined;
		page?: number;
		pageSize?: number;
	},
): Promise<{ total: number; sumCents: number; payments: PaymentLine[] }> {
	return transact(db, by, async (tx) => {
		const where = and(
			memberId === undefined ? undefined : eq(payments.memberId, memberId),
			from === undefined ? undefined : gte(payments.valueOn, from),
			to === undefined ? undefined : lte(payments.valueOn, to),
		);
		const [sums] = await tx
			.select({
				total: sql<number>`count(*)::int`,
				sumCents:
					sql<number>`coalesce(sum(${payments.amountCents}) filter (where ${payments.reversalEntry} is null), 0)::bigint`.mapWith(
						Number,
					),
			})
			.from(payments)
			.where(where);
		const rows = await tx
			.select({ payment: payments, number: members.number, name: members.sortName })
			.from(payments)
			.innerJoin(members, eq(members.id, payments.memberId))
			.where(where)
			.orderBy(desc(payments.valueOn), desc(payments.id))
			.limit(pageSize)
			.offset((page - 1) * pageSize);
		return {
			total: sums?.total ?? 0,
			sumCents: sums?.sumCents ?? 0,
			payments: rows.map(({ payment: p, number, name }) => ({
				...{ id: p.id, memberId: p.memberId, number, name, amountCents: p.amountCents, creditedCents: p.creditedCents },
				...{
					overpaidCents: p.overpaidCents,
					feeCents: p.feeCents,
					valueOn: p.valueOn,
					purpose: p.purpose,
					bankReference: p.bankReference,
					entry: p.entry,
				},
				...{ reversedAt: p.reversedAt?.toISOString() ?? null, reversalReason: p.reversalReason },
			})),
		};
	});
}
