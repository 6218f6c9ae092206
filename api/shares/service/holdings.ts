// The three numbers of every member on any day, as known at any instant; and the lock under which they change.
import { and, asc, eq, gt, inArray, lte, type SQL, sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { balanceOf, memberBalances } from '../../ledger/service/read.ts';
import { journal, postings } from '../../ledger/tables.ts';
import { displayNameOf, type MemberKind, type Name } from '../../members/rules.ts';
import { type MemberStanding, matches } from '../../members/service/search.ts';
import { members } from '../../members/tables.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { claimOf, type Holding } from '../rules.ts';
import { shareDues, shareMovements } from '../tables.ts';

/** Everything that is recorded, whatever its effective day. */
export const always: Day = '9999-12-31';
const nothing: Holding = { shares: 0, nominalCents: 0, dueCents: 0, paidCents: 0 };

/** On which day, known at which instant (all that is recorded if not given), of whom (everybody if not given). */
export interface HoldingQuery {
	day: Day;
	knownAt?: Date | undefined;
	memberIds?: readonly string[];
}

/** The three numbers of members (S-01); members without any are absent. */
export async function holdingsOn(tx: Tx, { day, knownAt, memberIds }: HoldingQuery): Promise<Map<string, Holding>> {
	if (memberIds?.length === 0) return new Map();
	const ids = memberIds && [...memberIds];
	const moved = await tx
		.select({
			memberId: shareMovements.memberId,
			shares: sql<number>`sum(${shareMovements.count})::int`,
			nominalCents: sql<number>`sum(${shareMovements.nominalCents})::bigint`.mapWith(Number),
		})
		.from(shareMovements)
		.where(
			and(
				lte(shareMovements.effectiveOn, day),
				knownAt && lte(shareMovements.recordedAt, knownAt),
				ids && inArray(shareMovements.memberId, ids),
			),
		)
		.groupBy(shareMovements.memberId);
	const due = await tx
		.select({
			memberId: shareDues.memberId,
			dueCents: sql<number>`sum(${shareDues.amountCents})::bigint`.mapWith(Number),
		})
		.from(shareDues)
		.where(
			and(
				lte(shareDues.dueOn, day),
				knownAt && lte(shareDues.recordedAt, knownAt),
				ids && inArray(shareDues.memberId, ids),
			),
		)
		.groupBy(shareDues.memberId);
	const paid = await memberBalances(tx, {
		account: accounts.memberBalances,
		on: day,
		knownAt,
		...(ids ? { memberIds: ids } : {}),
	});
	const holdings = new Map<string, Holding>();
	const add = (memberId: string, part: Partial<Holding>) =>
		holdings.set(memberId, { ...(holdings.get(memberId) ?? nothing), ...part });
	for (const { memberId, shares, nominalCents } of moved) add(memberId, { shares, nominalCents });
	for (const { memberId, dueCents } of due) add(memberId, { dueCents });
	for (const [memberId, cents] of paid) add(memberId, { paidCents: 0 - cents });
	return holdings;
}

/** A member with the three numbers, as dividend and settlement need it. */
export interface MemberBalance extends Holding {
	memberId: string;
	number: number;
	kind: MemberKind;
	investing: boolean;
}

/**
 * Every member who held shares or a balance on a day, by member number: the base of dividends (P-20) and settlements.
 * `paidCents` is the balance (Geschäftsguthaben) at the end of that day.
 */
export async function memberBalancesOn(tx: Tx, day: Day, knownAt?: Date): Promise<MemberBalance[]> {
	const holdings = await holdingsOn(tx, { day, knownAt });
	const rows = await tx
		.select({ memberId: members.id, number: members.number, kind: members.kind, investing: members.investing })
		.from(members)
		.orderBy(asc(members.number));
	return rows.flatMap((row) => {
		const holding = holdings.get(row.memberId);
		return holding && (holding.shares !== 0 || holding.paidCents !== 0) ? [{ ...row, ...holding }] : [];
	});
}

/**
 * Locks members (all if none are named) in the order of their ids: whoever changes shares or balances holds this lock until the
 * transaction ends, so the three numbers cannot move under the decision. Answers number and name of each. Refuses missing `members.unknown`.
 */
export async function lockMembers(
	tx: Tx,
	memberIds?: readonly string[],
): Promise<Map<string, { number: number; name: string; joinedOn: Day; leftOn: Day | null }>> {
	const wanted = memberIds && [...new Set(memberIds)];
	const rows = await tx
		.select()
		.from(members)
		.where(wanted && inArray(members.id, wanted))
		.orderBy(asc(members.id))
		.for('update');
	if (wanted && rows.length < wanted.length) throw new Refusal('missing', 'members.unknown');
	return new Map(
		rows.map((row) => [row.id, { number: row.number, name: rowName(row), joinedOn: row.joinedOn, leftOn: row.leftOn }]),
	);
}

function rowName(row: { familyName: string | null; givenNames: string | null; organisation: string | null }): string {
	const name: Name =
		row.organisation === null
			? { familyName: row.familyName ?? '', givenNames: row.givenNames ?? '' }
			: { organisation: row.organisation };
	return displayNameOf(name);
}

/** What changed a member's shares or balance, with what was held after it. */
export interface HoldingMovement {
	day: Day;
	/** 'admission', 'further', 'reversal' of shares; else the kind of the ledger entry: 'payment', 'dividend' … */
	kind: string;
	sharesChange: number;
	nominalChangeCents: number;
	paidChangeCents: number;
	/** resolution or voucher */
	basis: string | null;
	/** id of the share movement, null for ledger entries */
	movementId: string | null;
	after: { shares: number; nominalCents: number; paidCents: number };
}

/** A member's holding in full: the three numbers, what is open, and how it came about. */
export interface HoldingFile extends Holding {
	day: Day;
	memberId: string;
	number: number;
	name: string;
	/** due and not paid */
	claimCents: number;
	/** paid too much, owed back */
	overpaidCents: number;
	/** what falls due after `day` */
	upcoming: { dueOn: Day; amountCents: number }[];
	movements: HoldingMovement[];
}

type Moved = Omit<HoldingMovement, 'after'>;

async function movementsOf(tx: Tx, memberId: string, day: Day, knownAt: Date | undefined): Promise<HoldingMovement[]> {
	const shares = await tx
		.select()
		.from(shareMovements)
		.where(
			and(
				eq(shareMovements.memberId, memberId),
				lte(shareMovements.effectiveOn, day),
				knownAt && lte(shareMovements.recordedAt, knownAt),
			),
		)
		.orderBy(asc(shareMovements.effectiveOn), asc(shareMovements.id));
	const paid = await tx
		.select({ day: journal.bookedOn, kind: journal.kind, cents: postings.cents, basis: journal.reference })
		.from(postings)
		.innerJoin(journal, eq(journal.number, postings.entry))
		.where(
			and(
				eq(postings.memberId, memberId),
				eq(postings.account, accounts.memberBalances),
				lte(journal.bookedOn, day),
				knownAt && lte(journal.recordedAt, knownAt),
			),
		)
		.orderBy(asc(journal.bookedOn), asc(journal.number));
	const all: Moved[] = [
		...shares.map((m) => ({
			day: m.effectiveOn,
			kind: m.kind,
			sharesChange: m.count,
			nominalChangeCents: m.nominalCents,
			paidChangeCents: 0,
			basis: m.resolution,
			movementId: m.id,
		})),
		...paid.map((p) => ({
			...{ day: p.day, kind: p.kind, sharesChange: 0, nominalChangeCents: 0 },
			...{ paidChangeCents: -p.cents, basis: p.basis, movementId: null },
		})),
	];
	const after = { shares: 0, nominalCents: 0, paidCents: 0 };
	return all
		.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
		.map((movement) => {
			after.shares += movement.sharesChange;
			after.nominalCents += movement.nominalChangeCents;
			after.paidCents += movement.paidChangeCents;
			return { ...movement, after: { ...after } };
		});
}

/** One member's holding on a day, with movements and balances after each. Members reach their own only. Refuses missing `members.unknown`. */
export function readHolding(
	db: Database,
	{ by, memberId, day, knownAt }: { by: Actor; memberId: string; day: Day; knownAt?: Date | undefined },
): Promise<HoldingFile> {
	return transact(db, by, async (tx) => {
		const [member] = await tx.select().from(members).where(eq(members.id, memberId));
		if (!member) throw new Refusal('missing', 'members.unknown');
		const holding = (await holdingsOn(tx, { day, knownAt, memberIds: [memberId] })).get(memberId) ?? nothing;
		const overpaid = await balanceOf(tx, { account: accounts.overpayments, memberId, on: day, knownAt });
		const upcoming = await tx
			.select({
				dueOn: shareDues.dueOn,
				amountCents: sql<number>`sum(${shareDues.amountCents})::bigint`.mapWith(Number),
			})
			.from(shareDues)
			.where(
				and(eq(shareDues.memberId, memberId), gt(shareDues.dueOn, day), knownAt && lte(shareDues.recordedAt, knownAt)),
			)
			.groupBy(shareDues.dueOn)
			.having(sql`sum(${shareDues.amountCents}) <> 0`)
			.orderBy(asc(shareDues.dueOn));
		return {
			...{ day, memberId, number: member.number, name: rowName(member), ...holding },
			...{ claimCents: claimOf(holding), overpaidCents: 0 - overpaid, upcoming },
			movements: await movementsOf(tx, memberId, day, knownAt),
		};
	});
}

/** A member in the list of holdings. */
export interface HoldingLine extends Holding {
	memberId: string;
	number: number;
	name: string;
	claimCents: number;
}

/** Holdings on a day by member number, page by page, with the sums over all that match. */
export function listHoldings(
	db: Database,
	{
		by,
		day,
		knownAt,
		search,
		standing = 'present',
		owing = false,
		page = 1,
		pageSize = 50,
	}: HoldingQuery & {
		by: Actor;
		search?: string | undefined;
		standing?: MemberStanding;
		/** only who owes what is due */
		owing?: boolean;
		page?: number;
		pageSize?: number;
	},
): Promise<{ total: number; sums: Holding & { claimCents: number }; holdings: HoldingLine[] }> {
	return transact(db, by, async (tx) => {
		const where: SQL | undefined = and(lte(members.joinedOn, day), await matches(tx, search, day, standing));
		const rows = await tx.select().from(members).where(where).orderBy(asc(members.number));
		const holdings = await holdingsOn(tx, { day, knownAt });
		const lines = rows
			.map((row) => {
				const holding = holdings.get(row.id) ?? nothing;
				return { memberId: row.id, number: row.number, name: rowName(row), ...holding, claimCents: claimOf(holding) };
			})
			.filter(({ claimCents }) => !owing || claimCents > 0);
		const sums = { ...nothing, claimCents: 0 };
		for (const line of lines) for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += line[key];
		return { total: lines.length, sums, holdings: lines.slice((page - 1) * pageSize, page * pageSize) };
	});
}

/** Members whose numbers break 0 ≤ paid ≤ nominal or 0 ≤ shares on any day up to `day`: none, unless something went past the services. */
export async function brokenHoldings(tx: Tx, day: Day): Promise<{ number: number; day: Day }[]> {
	const rows = await tx.execute<{ number: number; day: Day }>(sql`
		with moved as (
			select member_id, effective_on as day, nominal_cents as nominal, count as shares, 0::bigint as paid from share_movements
			union all
			select p.member_id, j.booked_on, 0, 0, -p.cents from postings p join journal j on j.number = p.entry where p.account = ${accounts.memberBalances}
		), ended as (
			select member_id, day, sum(sum(nominal)) over w as nominal, sum(sum(shares)) over w as shares, sum(sum(paid)) over w as paid
			from moved where day <= ${day} group by member_id, day window w as (partition by member_id order by day)
		)
		select m.number, min(e.day) as day from ended e join members m on m.id = e.member_id
		where e.paid < 0 or e.paid > e.nominal or e.shares < 0 group by m.number order by m.number limit 100`);
	return [...rows];
}
