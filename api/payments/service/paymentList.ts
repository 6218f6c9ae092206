// Payments of members as lists show them.
import { and, asc, desc, eq, gte, ilike, lte, or, type SQL, sql } from 'drizzle-orm';
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

/** What payments can be ordered by. */
export const paymentOrders = ['day', 'name', 'number', 'amount'] as const;

/** Which payments: of one member, within days, found by name, member number, purpose or bank reference; and in which order. */
export interface PaymentQuery {
	memberId?: string | undefined;
	from?: Day | undefined;
	to?: Day | undefined;
	search?: string | undefined;
	order?: (typeof paymentOrders)[number] | undefined;
	descending?: boolean | undefined;
}

const columnsOf = {
	day: payments.valueOn,
	name: members.sortName,
	number: members.number,
	amount: payments.amountCents,
};

function found(search: string): SQL | undefined {
	const like = `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`;
	return or(
		ilike(members.sortName, like),
		ilike(payments.purpose, like),
		ilike(payments.bankReference, `%${like.replaceAll(/\s/g, '')}%`),
		/^[0-9]{1,9}$/.test(search) ? eq(members.number, Number(search)) : undefined,
	);
}

/** Payments as asked for, newest value day first unless told otherwise. Members reach their own only. */
export function listPayments(
	db: Database,
	{
		by,
		memberId,
		from,
		to,
		search = '',
		order = 'day',
		descending = order === 'day',
		page = 1,
		pageSize = 50,
	}: PaymentQuery & { by: Actor; page?: number; pageSize?: number },
): Promise<{ total: number; sumCents: number; payments: PaymentLine[] }> {
	return transact(db, by, async (tx) => {
		const where = and(
			memberId === undefined ? undefined : eq(payments.memberId, memberId),
			from === undefined ? undefined : gte(payments.valueOn, from),
			to === undefined ? undefined : lte(payments.valueOn, to),
			search.trim() === '' ? undefined : found(search.trim()),
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
			.innerJoin(members, eq(members.id, payments.memberId))
			.where(where);
		const way = descending ? desc : asc;
		const rows = await tx
			.select({ payment: payments, number: members.number, name: members.sortName })
			.from(payments)
			.innerJoin(members, eq(members.id, payments.memberId))
			.where(where)
			.orderBy(way(columnsOf[order]), way(payments.id))
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
