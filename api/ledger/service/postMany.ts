// Many entries at once: chained one after the other like single ones, written in a few statements.
import { sql } from 'drizzle-orm';
import { linkHash } from '../../audit/rules.ts';
import type { Tx } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { checkPostings, entryContent } from '../rules.ts';
import { journalHead } from '../tables.ts';
import { type Entry, periodLocked, postEntry } from './post.ts';

const perStatement = 2_000;

/**
 * Posts entries in their order inside a transaction and answers their numbers; shapes, promises and refusals as `postEntry`. A thousand
 * payments of a bank statement take as many statements as one.
 */
export async function postEntries(
	tx: Tx,
	{ by, at, entries }: { by: Actor; at: Date; entries: readonly Entry[] },
): Promise<number[]> {
	const [only] = entries;
	if (only && entries.length === 1) return [await postEntry(tx, { by, at, entry: only })];
	const numbers: number[] = [];
	for (let i = 0; i < entries.length; i += perStatement)
		numbers.push(...(await postPart(tx, { by, at, entries: entries.slice(i, i + perStatement) })));
	return numbers;
}

async function postPart(
	tx: Tx,
	{ by, at, entries }: { by: Actor; at: Date; entries: readonly Entry[] },
): Promise<number[]> {
	for (const { bookedOn, postings } of entries) {
		if (!isDay(bookedOn)) throw new Refusal('invalid', 'ledger.day-wrong', {}, { field: 'bookedOn' });
		checkPostings(postings);
	}
	const [head] = await tx.select().from(journalHead).for('update');
	if (!head) throw new Error('the journal has no head');
	if (entries.some(({ bookedOn }) => bookedOn <= head.lockedThrough)) throw periodLocked(head.lockedThrough);
	let { number, hash } = head;
	const rows = entries.map(({ bookedOn, kind, text, reference = null, reverses = null, postings }) => {
		const facts = { bookedOn, kind, text, reference, reverses };
		const content = entryContent({ ...facts, recordedAt: at, by: by.personId ?? by.name, postings });
		const previousHash = hash;
		number++;
		hash = linkHash(number, previousHash, content);
		return { ...facts, number, content, previousHash: previousHash.toString('hex'), hash: hash.toString('hex') };
	});
	const lines = entries.flatMap(({ postings }, i) =>
		postings.map(({ account, memberId, cents }, j) => ({
			...{ entry: rows[i]?.number, line: j + 1, account, memberId: memberId ?? null, cents },
		})),
	);
	await tx.execute(sql`
		with head as (
			update journal_head set number = ${number}, hash = decode(${hash.toString('hex')}, 'hex') returning number
		), entry as (
			insert into journal (number, booked_on, recorded_at, kind, text, reference, reverses, content, previous_hash, hash)
			select e.number, e."bookedOn", ${at.toISOString()}::timestamptz, e.kind, e.text, e.reference, e.reverses, e.content::json,
				decode(e."previousHash", 'hex'), decode(e.hash, 'hex')
			from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as e(number bigint, "bookedOn" date, kind text, text text,
				reference text, reverses bigint, content text, "previousHash" text, hash text)
			order by e.number returning number
		)
		insert into postings (entry, line, account, member_id, cents)
		select p.entry, p.line, p.account, p."memberId", p.cents
		from jsonb_to_recordset(${JSON.stringify(lines)}::text::jsonb)
			as p(entry bigint, line int, account text, "memberId" uuid, cents bigint)`);
	return rows.map((row) => row.number);
}
