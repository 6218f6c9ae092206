// Claims in the books: what is due and not paid, on every day; and what shares can still take.
import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { accounts, type Posting } from '../../ledger/rules.ts';
import { postEntry } from '../../ledger/service/post.ts';
import { journal, journalHead, postings } from '../../ledger/tables.ts';
import type { Actor } from '../../values/actor.ts';
import { addDays, type Day, dayOf } from '../../values/calendar.ts';
import { type Change, claimCorrections } from '../rules.ts';
import { shareDues, shareMovements } from '../tables.ts';
import { always, lockMembers } from './holdings.ts';

async function changesOf(
	tx: Tx,
	memberIds: readonly string[],
): Promise<Map<string, { dues: Change[]; paid: Change[]; claims: Change[] }>> {
	const all = new Map(
		memberIds.map((id) => [id, { dues: [] as Change[], paid: [] as Change[], claims: [] as Change[] }]),
	);
	const dues = await tx
		.select()
		.from(shareDues)
		.where(inArray(shareDues.memberId, [...memberIds]));
	for (const { memberId, dueOn, amountCents } of dues) all.get(memberId)?.dues.push({ day: dueOn, cents: amountCents });
	const posted = await tx
		.select({ memberId: postings.memberId, account: postings.account, day: journal.bookedOn, cents: postings.cents })
		.from(postings)
		.innerJoin(journal, eq(journal.number, postings.entry))
		.where(
			and(
				inArray(postings.memberId, [...memberIds]),
				inArray(postings.account, [accounts.memberBalances, accounts.shareClaims]),
			),
		);
	for (const { memberId, account, day, cents } of posted) {
		const changes = all.get(memberId ?? '');
		if (account === accounts.shareClaims) changes?.claims.push({ day, cents });
		else changes?.paid.push({ day, cents: -cents });
	}
	return all;
}

/**
 * Brings the claims in the books of locked members to what they should be on every day from `from` until today: due less paid (S-04).
 * Days that are closed are made good on the first open day.
 */
export async function settleClaims(
	tx: Tx,
	{ by, at, memberIds, from }: { by: Actor; at: Date; memberIds: readonly string[]; from: Day },
): Promise<number[]> {
	const until = dayOf(at);
	const byDay = new Map<Day, Posting[]>();
	const corrections = [...(await changesOf(tx, memberIds))].flatMap(([memberId, changes]) =>
		claimCorrections(changes, from, until).map((correction) => ({ memberId, ...correction })),
	);
	if (corrections.length === 0) return [];
	const [head] = await tx.select().from(journalHead).for('update');
	const firstOpen = addDays(head?.lockedThrough ?? '1900-01-01', 1);
	for (const { memberId, day, cents } of corrections) {
		const bookedOn = day < firstOpen ? firstOpen : day;
		const lines = byDay.get(bookedOn) ?? [];
		lines.push(
			{ account: accounts.shareClaims, memberId, cents },
			{ account: accounts.shareClaimsContra, memberId, cents: -cents },
		);
		byDay.set(bookedOn, lines);
	}
	const numbers: number[] = [];
	for (const bookedOn of [...byDay.keys()].sort()) {
		const entry = {
			bookedOn,
			kind: 'share-claim',
			text: 'Fällige Einzahlungen auf Geschäftsanteile',
			postings: byDay.get(bookedOn) ?? [],
		};
		numbers.push(await postEntry(tx, { by, at, entry }));
	}
	return numbers;
}

/**
 * Claims what has fallen due until today and is not paid, for all members at once: a daily job. Answers the entries posted.
 */
export function claimDues(db: Database, { by, at, key }: Command): Promise<{ entries: number[]; members: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const day = dayOf(at);
		const wrong = await tx.execute<{ member_id: string; from_day: Day }>(sql`
			with due as (select member_id, sum(amount_cents) as cents, min(due_on) as first from share_dues where due_on <= ${day} group by member_id),
			booked as (
				select p.member_id, -coalesce(sum(p.cents) filter (where p.account = ${accounts.memberBalances}), 0) as paid,
					coalesce(sum(p.cents) filter (where p.account = ${accounts.shareClaims}), 0) as claimed
				from postings p join journal j on j.number = p.entry
				where p.account in (${accounts.memberBalances}, ${accounts.shareClaims}) and j.booked_on <= ${day} group by p.member_id
			)
			select d.member_id, d.first as from_day from due d left join booked b using (member_id)
			where greatest(d.cents - coalesce(b.paid, 0), 0) <> coalesce(b.claimed, 0)`);
		if (wrong.length === 0) return { entries: [], members: 0 };
		const memberIds = wrong.map(({ member_id }) => member_id);
		await lockMembers(tx, memberIds);
		const from = wrong.map(({ from_day }) => from_day).sort()[0] ?? day;
		const entries = await settleClaims(tx, { by, at, memberIds, from });
		note({ action: 'shares.claim-dues', subject: `${memberIds.length} members`, after: { entries } });
		return { entries, members: memberIds.length };
	});
}

/**
 * What locked members' shares can still take from a day on, whatever was recorded before or after (0 ≤ paid ≤ nominal on every day).
 */
export async function changesOfRoom(tx: Tx, memberIds: readonly string[]): Promise<Map<string, Change[]>> {
	const rooms = new Map<string, Change[]>(memberIds.map((id) => [id, []]));
	const nominal = await tx
		.select({ memberId: shareMovements.memberId, day: shareMovements.effectiveOn, cents: shareMovements.nominalCents })
		.from(shareMovements)
		.where(inArray(shareMovements.memberId, [...memberIds]));
	const paid = await tx
		.select({ memberId: postings.memberId, day: journal.bookedOn, cents: postings.cents })
		.from(postings)
		.innerJoin(journal, eq(journal.number, postings.entry))
		.where(
			and(
				inArray(postings.memberId, [...memberIds]),
				eq(postings.account, accounts.memberBalances),
				lte(journal.bookedOn, always),
			),
		);
	for (const { memberId, day, cents } of [...nominal, ...paid]) rooms.get(memberId ?? '')?.push({ day, cents });
	return rooms;
}
