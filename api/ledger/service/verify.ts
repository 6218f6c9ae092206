// Whether the books hold together: the journal's chain, every entry, sub-ledgers against control accounts.
import { and, asc, eq, gt, lte, sql } from 'drizzle-orm';
import { firstBreak, genesisHash, type Link } from '../../audit/rules.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { journal, journalHead, ledgerAccounts, postings } from '../tables.ts';

/** What a verification of the books found; `broken` names the first entry that does not hold and why. */
export interface LedgerReport {
	entries: number;
	headHash: string;
	lockedThrough: Day;
	broken: { number: number; reason: string } | null;
	/** control accounts with their balance and the sum of the members' sub-ledgers; equal unless broken */
	control: { account: string; balanceCents: number; membersCents: number }[];
}

/** Entries whose columns, postings or sum differ from what the chain says, the first of them. */
async function firstWrongEntry(tx: Tx, last: number): Promise<{ number: number; reason: string } | undefined> {
	const [wrong] = await tx.execute<{ number: number; reason: string }>(sql`
		with lines as (
			select entry, count(*) as n, sum(cents) as total,
				encode(sha256(convert_to(string_agg(line || '|' || account || '|' || coalesce(member_id::text, '') || '|' || cents, E'\n' order by line), 'UTF8')), 'hex') as hash
			from postings where entry <= ${last} group by entry
		)
		select j.number, case
			when l.entry is null or l.n < 2 then 'postings missing'
			when l.total <> 0 then 'not balanced'
			when l.hash is distinct from j.content -> 'postings' ->> 'sha256' or l.n <> (j.content -> 'postings' ->> 'count')::int then 'postings changed'
			else 'columns changed' end as reason
		from journal j left join lines l on l.entry = j.number
		where j.number <= ${last} and (l.entry is null or l.n < 2 or l.total <> 0
			or l.hash is distinct from j.content -> 'postings' ->> 'sha256' or l.n <> (j.content -> 'postings' ->> 'count')::int
			or j.booked_on::text is distinct from j.content ->> 'bookedOn' or j.kind is distinct from j.content ->> 'kind'
			or j.text is distinct from j.content ->> 'text' or j.reference is distinct from j.content ->> 'reference'
			or j.reverses::text is distinct from j.content ->> 'reverses' or j.recorded_at <> (j.content ->> 'recordedAt')::timestamptz)
		order by j.number limit 1`);
	return wrong;
}

/**
 * Recomputes the journal's chain, every entry's fingerprint and sum, and holds the sub-ledgers against their control accounts,
 * all up to the entry that was the last when it began.
 */
export function verifyLedger(db: Database, { by }: { by: Actor }): Promise<LedgerReport> {
	return transact(db, by, async (tx) => {
		const [head] = await tx
			.select({
				number: journalHead.number,
				hash: journalHead.hash,
				lockedThrough: journalHead.lockedThrough,
				last: sql<number>`(select coalesce(max(number), 0) from journal)`,
			})
			.from(journalHead);
		if (!head) throw new Error('the journal has no head');
		const control = await controlAccounts(tx, head.number);
		let after = { seq: 0, hash: genesisHash as Buffer };
		let broken: LedgerReport['broken'] = null;
		while (!broken) {
			const links = (await tx
				.select({
					seq: journal.number,
					content: sql<string>`${journal.content}::text`,
					previousHash: journal.previousHash,
					hash: journal.hash,
				})
				.from(journal)
				.where(and(gt(journal.number, after.seq), lte(journal.number, head.number)))
				.orderBy(asc(journal.number))
				.limit(5000)) as Link[];
			const found = firstBreak(after, links);
			if (found) broken = { number: found.seq, reason: found.reason };
			const last = links.at(-1);
			if (!last) break;
			after = { seq: last.seq, hash: last.hash };
		}
		const whole = head.number === after.seq && head.last === head.number && head.hash.equals(after.hash);
		if (!broken && !whole) broken = { number: after.seq + 1, reason: 'head' };
		broken ??= (await firstWrongEntry(tx, head.number)) ?? null;
		const unequal = control.find(({ balanceCents, membersCents }) => balanceCents !== membersCents);
		if (!broken && unequal) broken = { number: 0, reason: `control account ${unequal.account}` };
		return {
			entries: after.seq,
			headHash: after.hash.toString('hex'),
			lockedThrough: head.lockedThrough,
			broken,
			control,
		};
	});
}

async function controlAccounts(tx: Tx, last: number): Promise<LedgerReport['control']> {
	return tx
		.select({
			account: ledgerAccounts.number,
			balanceCents: sql<number>`coalesce(sum(${postings.cents}), 0)::bigint`.mapWith(Number),
			membersCents:
				sql<number>`coalesce(sum(${postings.cents}) filter (where ${postings.memberId} is not null), 0)::bigint`.mapWith(
					Number,
				),
		})
		.from(ledgerAccounts)
		.leftJoin(postings, and(eq(postings.account, ledgerAccounts.number), lte(postings.entry, last)))
		.where(eq(ledgerAccounts.perMember, true))
		.groupBy(ledgerAccounts.number)
		.orderBy(asc(ledgerAccounts.number));
}
