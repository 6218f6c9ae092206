// Account sheets (Kontoblatt): every movement of an account, or of one member on it, with the balance after each.
import { and, eq, sql } from 'drizzle-orm';
import { type Database, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { addDays, type Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { members } from '../../members/tables.ts';
import { ledgerAccounts, postings } from '../tables.ts';
import { balanceOf } from './read.ts';

/** A line of a sheet: what one entry moved on the account, and what stood there after it (debit positive). */
export interface SheetLine {
	entry: number;
	bookedOn: Day;
	kind: string;
	text: string;
	reference: string | null;
	/** the accounts on the other side, at most four */
	contra: string[];
	debitCents: number;
	creditCents: number;
	balanceCents: number;
}

/** An account sheet between two days; sums are of all its lines, also of those on other pages. */
export interface AccountSheet {
	account: string;
	nameDe: string;
	nameEn: string;
	perMember: boolean;
	member: { id: string; number: number; name: string } | null;
	openingCents: number;
	debitCents: number;
	creditCents: number;
	closingCents: number;
	total: number;
	lines: SheetLine[];
}

/**
 * The sheet of an account by booking day; of one member's sub-ledger if the member is named.
 * Refuses missing `ledger.account-missing`, `ledger.member-missing`.
 */
export function readAccountSheet(
	db: Database,
	{
		by,
		account,
		memberId: id,
		memberNumber,
		from,
		to,
		page = 1,
		pageSize = 100,
	}: {
		by: Actor;
		account: string;
		memberId?: string | undefined;
		/** the member by number instead */
		memberNumber?: number | undefined;
		from?: Day | undefined;
		to: Day;
		page?: number;
		pageSize?: number;
	},
): Promise<AccountSheet> {
	return transact(db, by, async (tx) => {
		const [known] = await tx.select().from(ledgerAccounts).where(eq(ledgerAccounts.number, account));
		if (!known) throw new Refusal('missing', 'ledger.account-missing');
		const wanted = id ? eq(members.id, id) : memberNumber ? eq(members.number, memberNumber) : undefined;
		const [member] = wanted
			? await tx.select({ id: members.id, number: members.number, name: members.sortName }).from(members).where(wanted)
			: [];
		const memberId = member?.id;
		if (wanted && !member) throw new Refusal('missing', 'ledger.member-missing');
		const openingCents = from
			? await balanceOf(tx, { account, ...(memberId ? { memberId } : {}), on: addDays(from, -1) })
			: 0;
		const mine = and(eq(postings.account, account), memberId ? eq(postings.memberId, memberId) : undefined);
		const rows = await tx.execute<{
			entry: number;
			booked_on: Day;
			kind: string;
			text: string;
			reference: string | null;
			contra: string[];
			debit: number;
			credit: number;
			moved: number;
			total: number;
			all_debit: number;
			all_credit: number;
		}>(sql`
			with lines as (
				select entry, coalesce(sum(cents) filter (where cents > 0), 0)::bigint as debit,
					coalesce(-sum(cents) filter (where cents < 0), 0)::bigint as credit
				from postings where ${mine} group by entry
			), shown as (
				select j.number as entry, j.booked_on, j.kind, j.text, j.reference, l.debit, l.credit,
					(sum(l.debit - l.credit) over (order by j.booked_on, j.number))::bigint as moved,
					(count(*) over ())::int as total, (sum(l.debit) over ())::bigint as all_debit, (sum(l.credit) over ())::bigint as all_credit
				from lines l join journal j on j.number = l.entry
				where j.booked_on <= ${to}::date and j.booked_on >= ${from ?? '1900-01-01'}::date
			)
			select s.*, array(select distinct p.account from postings p where p.entry = s.entry and p.account <> ${account} order by 1 limit 4) as contra
			from shown s order by s.booked_on, s.entry limit ${pageSize} offset ${(page - 1) * pageSize}`);
		// Nothing on this page may still mean something on another one.
		const [sums] = rows.length
			? rows
			: await tx.execute<{ total: number; all_debit: number; all_credit: number }>(sql`
				select count(distinct j.number)::int as total, coalesce(sum(cents) filter (where cents > 0), 0)::bigint as all_debit,
					coalesce(-sum(cents) filter (where cents < 0), 0)::bigint as all_credit
				from postings join journal j on j.number = postings.entry
				where ${mine} and j.booked_on <= ${to}::date and j.booked_on >= ${from ?? '1900-01-01'}::date`);
		const debitCents = sums?.all_debit ?? 0;
		const creditCents = sums?.all_credit ?? 0;
		return {
			account,
			...{ nameDe: known.nameDe, nameEn: known.nameEn, perMember: known.perMember, member: member ?? null },
			...{ openingCents, debitCents, creditCents, closingCents: openingCents + debitCents - creditCents },
			total: sums?.total ?? 0,
			lines: rows.map((row) => ({
				...{ entry: row.entry, bookedOn: row.booked_on, kind: row.kind, text: row.text, reference: row.reference },
				...{ contra: row.contra, debitCents: row.debit, creditCents: row.credit },
				balanceCents: openingCents + row.moved,
			})),
		};
	});
}
