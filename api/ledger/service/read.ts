// Reading the books: balances on any day as known at any instant, and entries.
import { and, asc, desc, eq, gte, inArray, lt, lte, type SQL, sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import type { AccountKind, Posting } from '../rules.ts';
import { journal, ledgerAccounts, postings } from '../tables.ts';

/** Up to which booking day and, if given, as known at which instant; `from` leaves out earlier days. */
export interface Span {
	on: Day;
	from?: Day | undefined;
	knownAt?: Date | undefined;
}

/** The condition on the journal that a span means. */
export function within({ on, from, knownAt }: Span): SQL | undefined {
	return and(
		lte(journal.bookedOn, on),
		from === undefined ? undefined : gte(journal.bookedOn, from),
		knownAt === undefined ? undefined : lte(journal.recordedAt, knownAt),
	);
}

/** Balance of an account in cents, debit positive; of one member's sub-ledger if `memberId` is given. */
export async function balanceOf(
	tx: Tx,
	{ account, memberId, ...span }: Span & { account: string; memberId?: string },
): Promise<number> {
	const [row] = await tx
		.select({ cents: sql<number>`coalesce(sum(${postings.cents}), 0)::bigint`.mapWith(Number) })
		.from(postings)
		.innerJoin(journal, eq(journal.number, postings.entry))
		.where(
			and(
				eq(postings.account, account),
				memberId === undefined ? undefined : eq(postings.memberId, memberId),
				within(span),
			),
		);
	return row?.cents ?? 0;
}

/** Balances of every member (or the named ones) on an account, debit positive; members without postings are absent. */
export async function memberBalances(
	tx: Tx,
	{ account, memberIds, ...span }: Span & { account: string; memberIds?: readonly string[] },
): Promise<Map<string, number>> {
	if (memberIds?.length === 0) return new Map();
	const rows = await tx
		.select({ memberId: postings.memberId, cents: sql<number>`sum(${postings.cents})::bigint`.mapWith(Number) })
		.from(postings)
		.innerJoin(journal, eq(journal.number, postings.entry))
		.where(
			and(
				eq(postings.account, account),
				memberIds ? inArray(postings.memberId, [...memberIds]) : undefined,
				within(span),
			),
		)
		.groupBy(postings.memberId);
	return new Map(rows.map(({ memberId, cents }) => [memberId ?? '', cents]));
}

/** An account with what moved on it: debit and credit turnover and the balance, debit positive. */
export interface TrialLine {
	account: string;
	nameDe: string;
	nameEn: string;
	kind: AccountKind;
	perMember: boolean;
	debitCents: number;
	creditCents: number;
	balanceCents: number;
}

/** Turnover and balance of every account (Summen- und Saldenliste), also of those without movement. */
export async function trialBalance(tx: Tx, span: Span): Promise<TrialLine[]> {
	const moved = tx
		.select({
			account: postings.account,
			debit: sql<number>`sum(${postings.cents}) filter (where ${postings.cents} > 0)`.as('debit'),
			credit: sql<number>`-sum(${postings.cents}) filter (where ${postings.cents} < 0)`.as('credit'),
		})
		.from(postings)
		.innerJoin(journal, eq(journal.number, postings.entry))
		.where(within(span))
		.groupBy(postings.account)
		.as('moved');
	const rows = await tx
		.select({
			...{
				account: ledgerAccounts.number,
				nameDe: ledgerAccounts.nameDe,
				nameEn: ledgerAccounts.nameEn,
				kind: ledgerAccounts.kind,
			},
			perMember: ledgerAccounts.perMember,
			debitCents: sql<number>`coalesce(${moved.debit}, 0)::bigint`.mapWith(Number),
			creditCents: sql<number>`coalesce(${moved.credit}, 0)::bigint`.mapWith(Number),
		})
		.from(ledgerAccounts)
		.leftJoin(moved, eq(moved.account, ledgerAccounts.number))
		.orderBy(asc(ledgerAccounts.number));
	return rows.map((row) => ({ ...row, balanceCents: row.debitCents - row.creditCents }));
}

/** The trial balance for staff. */
export function readTrialBalance(db: Database, { by, ...span }: Span & { by: Actor }): Promise<TrialLine[]> {
	return transact(db, by, (tx) => trialBalance(tx, span));
}

/** What income less expenses left over between two days, in cents; a loss is negative. Entries of kind 'closing' do not count. */
export async function resultBetween(
	tx: Tx,
	{ start, end, knownAt }: { start: Day; end: Day; knownAt?: Date },
): Promise<number> {
	const [row] = await tx
		.select({ cents: sql<number>`coalesce(-sum(${postings.cents}), 0)::bigint`.mapWith(Number) })
		.from(postings)
		.innerJoin(journal, eq(journal.number, postings.entry))
		.innerJoin(ledgerAccounts, eq(ledgerAccounts.number, postings.account))
		.where(
			and(
				inArray(ledgerAccounts.kind, ['income', 'expense']),
				sql`${journal.kind} <> 'closing'`,
				within({ on: end, from: start, knownAt }),
			),
		);
	return row?.cents ?? 0;
}

/** The chart of accounts. */
export function listAccounts(
	db: Database,
	{ by }: { by: Actor },
): Promise<{ number: string; nameDe: string; nameEn: string; kind: AccountKind; perMember: boolean }[]> {
	return transact(db, by, (tx) => tx.select().from(ledgerAccounts).orderBy(asc(ledgerAccounts.number)));
}

/** An entry in a list; `amountCents` is the sum of its debits. */
export interface EntryLine {
	number: number;
	bookedOn: Day;
	recordedAt: string;
	kind: string;
	text: string;
	reference: string | null;
	reverses: number | null;
	amountCents: number;
}

const amountOf =
	sql<number>`(select coalesce(sum(p.cents), 0) from postings p where p.entry = ${journal.number} and p.cents > 0)::bigint`.mapWith(
		Number,
	);
const entryColumns = {
	number: journal.number,
	bookedOn: journal.bookedOn,
	recordedAt: journal.recordedAt,
	kind: journal.kind,
	text: journal.text,
	reference: journal.reference,
	reverses: journal.reverses,
	amountCents: amountOf,
};

function saying(search: string): SQL {
	const pattern = `%${search.trim().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
	return sql`(${journal.text} ilike ${pattern} or ${journal.reference} ilike ${pattern} or ${journal.number}::text = ${search.trim()})`;
}

/**
 * Entries newest first, those before number `before`; only those that touch an account or a member, lie in a
 * span of days, are of a kind or say something, if asked.
 */
export function listEntries(
	db: Database,
	{
		by,
		before,
		account,
		memberId,
		from,
		to,
		kind,
		search,
		limit = 50,
	}: {
		by: Actor;
		kind?: string | undefined;
		/** in text, voucher or number of the entry */
		search?: string | undefined;
		before?: number | undefined;
		account?: string | undefined;
		memberId?: string | undefined;
		from?: Day | undefined;
		to?: Day | undefined;
		limit?: number;
	},
): Promise<EntryLine[]> {
	return transact(db, by, async (tx) => {
		const touching = (condition: SQL) =>
			sql`exists (select from postings p where p.entry = ${journal.number} and ${condition})`;
		const rows = await tx
			.select(entryColumns)
			.from(journal)
			.where(
				and(
					before === undefined ? undefined : lt(journal.number, before),
					account === undefined ? undefined : touching(sql`p.account = ${account}`),
					memberId === undefined ? undefined : touching(sql`p.member_id = ${memberId}`),
					from === undefined ? undefined : gte(journal.bookedOn, from),
					to === undefined ? undefined : lte(journal.bookedOn, to),
					kind === undefined ? undefined : eq(journal.kind, kind),
					search === undefined ? undefined : saying(search),
				),
			)
			.orderBy(desc(journal.number))
			.limit(limit);
		return rows.map((row) => ({ ...row, recordedAt: row.recordedAt.toISOString() }));
	});
}

/** One entry with its postings (at most `most` of them; `postingCount` says how many there are). */
export interface EntryDetail extends EntryLine {
	reversedBy: number | null;
	hash: string;
	postingCount: number;
	postings: Posting[];
}

/** One entry. Refuses missing `ledger.entry-unknown`. */
export function readEntry(
	db: Database,
	{ by, number, most = 500 }: { by: Actor; number: number; most?: number },
): Promise<EntryDetail> {
	return transact(db, by, async (tx) => {
		const [row] = await tx
			.select({ ...entryColumns, hash: sql<string>`encode(${journal.hash}, 'hex')` })
			.from(journal)
			.where(eq(journal.number, number));
		if (!row) throw new Refusal('missing', 'ledger.entry-unknown');
		const [reversal] = await tx.select({ number: journal.number }).from(journal).where(eq(journal.reverses, number));
		const lines = await tx
			.select({ account: postings.account, memberId: postings.memberId, cents: postings.cents })
			.from(postings)
			.where(eq(postings.entry, number))
			.orderBy(asc(postings.line))
			.limit(most);
		const postingCount = await tx.$count(postings, eq(postings.entry, number));
		return {
			...row,
			recordedAt: row.recordedAt.toISOString(),
			reversedBy: reversal?.number ?? null,
			postingCount,
			postings: lines,
		};
	});
}
