// Whether register, shares, payments and books say the same: what each remembers by itself, held against the others.
import { sql } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { brokenHoldings } from '../../shares/service/holdings.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';

/** What does not agree. */
export const differences = ['sub-ledger', 'balance-out-of-bounds', 'claim', 'register', 'payment'] as const;
export type Difference = (typeof differences)[number];

/** Something that does not agree: for a member by number, or an account; cents or shares as `what` says. */
export interface Finding {
	what: Difference;
	/** member number; null: an account as a whole */
	number: number | null;
	account: string | null;
	/** what should stand there, and what does */
	expected: number;
	found: number;
	day: Day;
}

const most = 100;

/** Control accounts whose members' sub-ledgers add up to something else. */
function wrongSubLedgers(tx: Tx, day: Day): Promise<Finding[]> {
	return rowsOf(
		tx,
		sql`select 'sub-ledger' as what, null::int as number, a.number as account, coalesce(sum(p.cents), 0)::bigint as expected,
				coalesce(sum(p.cents) filter (where m.id is not null), 0)::bigint as found, ${day}::date as day
			from ledger_accounts a join postings p on p.account = a.number left join members m on m.id = p.member_id
			where a.per_member group by a.number
			having sum(p.cents) <> coalesce(sum(p.cents) filter (where m.id is not null), 0)`,
	);
}

/** Claims in the books that are not what is due less what is paid (S-04). */
function wrongClaims(tx: Tx, day: Day): Promise<Finding[]> {
	return rowsOf(
		tx,
		sql`with due as (select member_id, sum(amount_cents) as cents from share_dues where due_on <= ${day}::date group by member_id),
			booked as (
				select p.member_id, -coalesce(sum(p.cents) filter (where p.account = ${accounts.memberBalances}), 0) as paid,
					coalesce(sum(p.cents) filter (where p.account = ${accounts.shareClaims}), 0) as claimed
				from postings p join journal j on j.number = p.entry
				where p.account in (${accounts.memberBalances}, ${accounts.shareClaims}) and j.booked_on <= ${day}::date group by p.member_id
			), compared as (
				select coalesce(d.member_id, b.member_id) as member_id, greatest(coalesce(d.cents, 0) - coalesce(b.paid, 0), 0) as expected, coalesce(b.claimed, 0) as found
				from due d full join booked b using (member_id)
			)
			select 'claim' as what, m.number, ${accounts.shareClaims} as account, b.expected::bigint, b.found::bigint, ${day}::date as day
			from compared b join members m on m.id = b.member_id where b.expected <> b.found order by m.number limit ${most}`,
	);
}

/** Present members whose shares in the register are not those of their movements. */
function wrongRegister(tx: Tx, day: Day): Promise<Finding[]> {
	return rowsOf(
		tx,
		sql`with entered as (
				select e.member_id, sum(e.shares_change) as shares from register_events e
				where e.effective_on <= ${day}::date and e.kind <> 'reversed' and not exists (select from register_events r where r.reverses = e.id) group by e.member_id
			), moved as (select member_id, sum(count) as shares from share_movements where effective_on <= ${day}::date group by member_id)
			select 'register' as what, m.number, null::text as account, coalesce(v.shares, 0)::bigint as expected, coalesce(e.shares, 0)::bigint as found, ${day}::date as day
			from members m left join entered e on e.member_id = m.id left join moved v on v.member_id = m.id
			where m.joined_on <= ${day}::date and coalesce(m.left_on >= ${day}::date, true) and coalesce(e.shares, 0) <> coalesce(v.shares, 0)
			order by m.number limit ${most}`,
	);
}

/** Payments whose part on the shares is not what their entry in the books says. */
function wrongPayments(tx: Tx, day: Day): Promise<Finding[]> {
	return rowsOf(
		tx,
		sql`with posted as (
				select entry, member_id, -sum(cents) as cents from postings where account = ${accounts.memberBalances} group by entry, member_id
			)
			select 'payment' as what, m.number, ${accounts.memberBalances} as account, y.credited_cents::bigint as expected, coalesce(p.cents, 0)::bigint as found, y.value_on as day
			from payments y join members m on m.id = y.member_id left join posted p on p.entry = y.entry and p.member_id = y.member_id
			where y.value_on <= ${day}::date and coalesce(p.cents, 0) <> y.credited_cents order by m.number limit ${most}`,
	);
}

async function rowsOf(tx: Tx, query: ReturnType<typeof sql>): Promise<Finding[]> {
	const rows = await tx.execute<{ [K in keyof Finding]: Finding[K] }>(query);
	return [...rows];
}

/**
 * Holds everything that is remembered twice against each other, on the day of `at`: sub-ledgers and control accounts, balances and
 * shares, claims, register and movements, payments and their entries. At most a hundred findings of a kind; none if all is well.
 */
export function reconcileBooks(
	db: Database,
	{ by, at }: { by: Actor; at: Date },
): Promise<{ day: Day; findings: Finding[] }> {
	return transact(db, by, async (tx) => {
		const day = dayOf(at);
		const beyond = (await brokenHoldings(tx, day)).map(
			({ number, day: since }): Finding => ({
				...{
					what: 'balance-out-of-bounds',
					number,
					account: accounts.memberBalances,
					expected: 0,
					found: 0,
					day: since,
				},
			}),
		);
		const findings = [
			...(await wrongSubLedgers(tx, day)),
			...beyond,
			...(await wrongClaims(tx, day)),
			...(await wrongRegister(tx, day)),
			...(await wrongPayments(tx, day)),
		];
		return { day, findings };
	});
}
