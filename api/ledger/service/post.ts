// Writing into the books: entries, reversals, closing days. One statement per entry, whatever its size.
import { asc, eq, inArray, sql } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { checkOwnEntry, checkPostings, entryContent, type Posting, reversed } from '../rules.ts';
import { journal, journalHead, ledgerAccounts, periodLocks, postings } from '../tables.ts';

/** An entry to be posted. `kind` says what caused it, `reference` names the voucher. */
export interface Entry {
	bookedOn: Day;
	kind: string;
	text: string;
	reference?: string | null;
	reverses?: number | null;
	postings: readonly Posting[];
}

/**
 * Posts one entry inside a transaction and answers its number: gapless, chained to the entry before, all postings in one insert
 * (tens of thousands are fine). The journal stays locked until the transaction ends, so post last and lock members before.
 * Accounts must exist; members' accounts need a member on every posting and others none (a database constraint).
 * Refuses invalid `ledger.too-few-postings`, `ledger.amount-wrong`, `ledger.not-balanced`, `ledger.day-wrong`;
 * conflict `ledger.period-locked` {lockedThrough}.
 */
export async function postEntry(tx: Tx, { by, at, entry }: { by: Actor; at: Date; entry: Entry }): Promise<number> {
	const { bookedOn, kind, text, reference = null, reverses = null } = entry;
	if (!isDay(bookedOn)) throw new Refusal('invalid', 'ledger.day-wrong', {}, { field: 'bookedOn' });
	checkPostings(entry.postings);
	const by_ = by.personId ?? by.name;
	const content = entryContent({
		bookedOn,
		recordedAt: at,
		by: by_,
		kind,
		text,
		reference,
		reverses,
		postings: entry.postings,
	});
	const accountList = entry.postings.map(({ account }) => account).join(',');
	const memberList = entry.postings.map(({ memberId }) => memberId ?? '').join(',');
	const centsList = entry.postings.map(({ cents }) => cents).join(',');
	const [posted] = await tx.execute<{ number: number }>(sql`
		with head as (
			update journal_head h set number = h.number + 1,
				hash = sha256(convert_to((h.number + 1)::text || E'\n' || encode(h.hash, 'hex') || E'\n' || ${content}::text, 'UTF8'))
			where h.locked_through < ${bookedOn}::date
			returning new.number, new.hash, old.hash as previous_hash
		), entry as (
			insert into journal (number, booked_on, recorded_at, kind, text, reference, reverses, content, previous_hash, hash)
			select number, ${bookedOn}::date, ${at.toISOString()}::timestamptz, ${kind}, ${text}, ${reference}, ${reverses}::bigint, ${content}::text::json, previous_hash, hash
			from head returning number
		), lines as (
			insert into postings (entry, line, account, member_id, cents)
			select entry.number, p.line, p.account, p.member_id, p.cents
			from entry, rows from (
				unnest(string_to_array(${accountList}, ',')),
				unnest(string_to_array(${memberList}, ',', '')::uuid[]),
				unnest(string_to_array(${centsList}, ',')::bigint[])
			) with ordinality as p(account, member_id, cents, line)
		)
		select number from entry`);
	if (posted) return posted.number;
	const [head] = await tx.select().from(journalHead);
	throw periodLocked(head?.lockedThrough ?? '');
}

/** The refusal of a day that is closed: conflict `ledger.period-locked` {lockedThrough} (B-50). */
export function periodLocked(lockedThrough: Day): Refusal {
	return new Refusal('conflict', 'ledger.period-locked', { lockedThrough }, { rule: 'B-50', field: 'bookedOn' });
}

/** The postings of an entry in their order. */
export async function postingsOf(tx: Tx, number: number): Promise<Posting[]> {
	return tx
		.select({ account: postings.account, memberId: postings.memberId, cents: postings.cents })
		.from(postings)
		.where(eq(postings.entry, number))
		.orderBy(asc(postings.line));
}

/**
 * Reverses an entry inside a transaction (Storno, never a deletion: B-50) and answers the number of the reversal.
 * Refuses missing `ledger.entry-unknown`; conflict `ledger.already-reversed`, `ledger.reversal-stands` (a reversal is not reversed),
 * `ledger.period-locked`.
 */
export async function reverseEntry(
	tx: Tx,
	{ by, at, number, bookedOn, text }: { by: Actor; at: Date; number: number; bookedOn: Day; text: string },
): Promise<number> {
	// The head's lock first: two reversals of the same entry come one after the other.
	await tx.select({ number: journalHead.number }).from(journalHead).for('update');
	const [original] = await tx.select().from(journal).where(eq(journal.number, number));
	if (!original) throw new Refusal('missing', 'ledger.entry-unknown');
	if (original.reverses !== null) throw new Refusal('conflict', 'ledger.reversal-stands');
	const [earlier] = await tx.select({ number: journal.number }).from(journal).where(eq(journal.reverses, number));
	if (earlier) throw new Refusal('conflict', 'ledger.already-reversed', { by: earlier.number });
	const lines = reversed(await postingsOf(tx, number));
	return postEntry(tx, {
		by,
		at,
		entry: { bookedOn, kind: 'reversal', text, reference: original.reference, reverses: number, postings: lines },
	});
}

async function refuseForeignAccounts(tx: Tx, lines: readonly Posting[]): Promise<void> {
	const numbers = [...new Set(lines.map(({ account }) => account))];
	const known = await tx.select().from(ledgerAccounts).where(inArray(ledgerAccounts.number, numbers));
	for (const account of numbers) {
		const found = known.find(({ number }) => number === account);
		if (!found) throw new Refusal('invalid', 'ledger.account-unknown', { account }, { field: 'postings' });
		if (found.perMember) throw new Refusal('invalid', 'ledger.account-of-members', { account }, { field: 'postings' });
	}
}

/**
 * Posts an entry by hand. Members' accounts are moved by shares, payments and dividends only.
 * Refuses invalid `ledger.account-unknown` {account}, `ledger.account-of-members` {account}, `ledger.day-in-future` and what `postEntry` refuses.
 */
export function postManualEntry(
	db: Database,
	{
		by,
		at,
		key,
		bookedOn,
		text,
		reference,
		lines,
	}: Command & { bookedOn: Day; text: string; reference: string | null; lines: readonly Posting[] },
): Promise<{ number: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		if (bookedOn > dayOf(at)) throw new Refusal('invalid', 'ledger.day-in-future', {}, { field: 'bookedOn' });
		await refuseForeignAccounts(tx, lines);
		const number = await postEntry(tx, {
			by,
			at,
			entry: { bookedOn, kind: 'manual', text, reference, postings: lines },
		});
		noteEntry(note, 'ledger.post', number, { bookedOn, text, lines });
		return { number };
	});
}

/**
 * Reverses an entry that was posted by hand, on a day of your choice.
 * Refuses invalid `ledger.day-in-future`, what `checkOwnEntry` refuses (others are undone where they were made) and what `reverseEntry`
 * refuses.
 */
export function reverseManualEntry(
	db: Database,
	{ by, at, key, number, bookedOn, text }: Command & { number: number; bookedOn: Day; text: string },
): Promise<{ number: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		if (bookedOn > dayOf(at)) throw new Refusal('invalid', 'ledger.day-in-future', {}, { field: 'bookedOn' });
		const [original] = await tx.select({ kind: journal.kind }).from(journal).where(eq(journal.number, number));
		if (original) checkOwnEntry(original.kind);
		const reversal = await reverseEntry(tx, { by, at, number, bookedOn, text });
		noteEntry(note, 'ledger.reverse', reversal, { bookedOn, text, reverses: number });
		return { number: reversal };
	});
}

function noteEntry(note: Note, action: string, number: number, after: unknown): void {
	note({ action, subject: `entry ${number}`, after });
}

/**
 * Closes all days up to and with `through`: nothing is posted there any more (Festschreibung, § 146(4) AO, B-50).
 * Refuses invalid `ledger.day-wrong`, `ledger.day-in-future`; conflict `ledger.already-locked` {lockedThrough}.
 */
export function lockPeriod(
	db: Database,
	{ by, at, key, through }: Command & { through: Day },
): Promise<{ lockedThrough: Day }> {
	return write(db, { by, at, key }, async (tx, note) => {
		if (!isDay(through)) throw new Refusal('invalid', 'ledger.day-wrong', {}, { field: 'through' });
		if (through >= dayOf(at)) throw new Refusal('invalid', 'ledger.day-in-future', {}, { field: 'through' });
		const [head] = await tx.select().from(journalHead).for('update');
		const before = head?.lockedThrough ?? '';
		if (through <= before) throw new Refusal('conflict', 'ledger.already-locked', { lockedThrough: before });
		await tx.update(journalHead).set({ lockedThrough: through });
		await tx.insert(periodLocks).values({ lockedThrough: through, lockedAt: at, lockedBy: by.personId });
		note({
			action: 'ledger.lock',
			subject: 'ledger',
			before: { lockedThrough: before },
			after: { lockedThrough: through },
		});
		return { lockedThrough: through };
	});
}
