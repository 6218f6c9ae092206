// Lines of bank statements go into the books: what the keys tell is booked, the rest waits for people (B-16, B-18).
import { sql } from 'drizzle-orm';
import type { Note } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Tx } from '../../database/connect.ts';
import { blindIndex, seal } from '../../database/sealed.ts';
import { journalHead } from '../../ledger/tables.ts';
import { lockMembers } from '../../shares/service/holdings.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { maskedIban } from '../../values/identifiers.ts';
import { matcherOf } from '../rules/matching.ts';
import { knownFor, lockFiles } from './known.ts';
import { bookDebits } from './outcomes/debits.ts';
import { bookIncoming } from './outcomes/incoming.ts';
import { type Booking, type Matched, type NewLine, type Outcome, open } from './outcomes/outcome.ts';
import { bookReturns } from './outcomes/returns.ts';
import { bookTransferReturns, bookTransfers } from './outcomes/transfers.ts';

/** The last closed day of the books. */
export async function lockedDay(tx: Tx): Promise<Day> {
	const [head] = await tx.select({ day: journalHead.lockedThrough }).from(journalHead);
	return head?.day ?? '1900-01-01';
}

/** Stores lines and books what the keys tell, inside a transaction. Answers how many were settled and how many wait. */
export async function bookLines(
	tx: Tx,
	note: Note,
	{ by, at, keys, lines }: { by: Actor; at: Date; keys: Keys; lines: readonly NewLine[] },
): Promise<{ booked: number; open: number }> {
	const today = dayOf(at);
	await lockFiles(tx, await knownFor(tx, lines, today));
	const known = await knownFor(tx, lines, today);
	const meaning = matcherOf(known);
	const matched = lines.map((line): Matched => ({ line, match: meaning(line) }));
	const memberIds = [
		...new Set([...known.debits, ...known.transfers, ...known.members.values()].map(({ memberId }) => memberId)),
	];
	if (memberIds.length > 0) await lockMembers(tx, memberIds);
	const context = { by, at, lockedThrough: await lockedDay(tx) };
	const outcomes = new Map<NewLine, Outcome>();
	for (const work of [bookDebits, bookIncoming, bookReturns, bookTransfers, bookTransferReturns]) {
		await work(tx, note, context, matched, outcomes);
	}
	await storeLines(tx, { by, at, keys, lines, outcomes });
	const states = lines.map((line) => (outcomes.get(line) ?? open()).state);
	const waiting = states.filter((state) => state === 'open').length;
	return { booked: states.length - waiting, open: waiting };
}

async function storeLines(
	tx: Tx,
	{
		by,
		at,
		keys,
		lines,
		outcomes,
	}: { by: Actor; at: Date; keys: Keys; lines: readonly NewLine[]; outcomes: Map<NewLine, Outcome> },
): Promise<void> {
	for (let i = 0; i < lines.length; i += 1_000) {
		const part = lines.slice(i, i + 1_000);
		const ids = await tx.execute<{ id: string }>(
			sql`select uuidv7() as id from generate_series(1, ${part.length}::int)`,
		);
		const rows = part.map((line, j) => {
			const id = ids[j]?.id ?? '';
			const { number, partyIban: iban, ...facts } = line;
			const { state, basis } = outcomes.get(line) ?? open();
			const sealed = iban && seal(keys, { table: 'statement_lines', column: 'party_iban', row: id }, iban);
			return {
				...{ ...facts, id, line: number, state, basis },
				...{ decidedAt: state === 'open' ? null : at.toISOString(), decidedBy: state === 'open' ? null : by.personId },
				partyIban: sealed?.toString('hex') ?? null,
				partyIbanBlind: iban && blindIndex(keys, iban).toString('hex'),
				partyIbanMasked: iban && maskedIban(iban),
			};
		});
		// Thousands of rows of two dozen columns: as one parameter many times faster than as one each.
		await tx.execute(sql`
			insert into statement_lines (id, statement_id, line, amount_cents, booked_on, value_on, bank_reference, end_to_end_id,
				mandate_reference, creditor_reference, batch_id, purpose, party_name, party_iban, party_iban_blind, party_iban_masked,
				bank_code, return_reason, original_cents, state, basis, decided_at, decided_by)
			select id, "statementId", line, "amountCents", "bookedOn", "valueOn", "bankReference", "endToEndId", "mandateReference",
				"creditorReference", "batchId", purpose, "partyName", decode("partyIban", 'hex'), decode("partyIbanBlind", 'hex'),
				"partyIbanMasked", "bankCode", "returnReason", "originalCents", state, basis, "decidedAt", "decidedBy"
			from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as l(id uuid, "statementId" uuid, line int, "amountCents" bigint,
				"bookedOn" date, "valueOn" date, "bankReference" text, "endToEndId" text, "mandateReference" text, "creditorReference" text,
				"batchId" text, purpose text, "partyName" text, "partyIban" text, "partyIbanBlind" text, "partyIbanMasked" text,
				"bankCode" text, "returnReason" text, "originalCents" bigint, state text, basis text, "decidedAt" timestamptz,
				"decidedBy" uuid)`);
		const bookings = part.flatMap((line, j) =>
			(outcomes.get(line)?.bookings ?? []).map((booking, k) => ({
				lineId: rows[j]?.id ?? '',
				part: k + 1,
				...booking,
			})),
		);
		await storeBookings(tx, bookings);
	}
}

/** Stores the parts of lines in one insert, because a trigger adds them up; one line may have ten thousand. */
export async function storeBookings(
	tx: Tx,
	bookings: readonly (Booking & { lineId: string; part: number })[],
): Promise<void> {
	if (bookings.length === 0) return;
	await tx.execute(sql`
		insert into line_bookings (line_id, part, amount_cents, kind, member_id, account, entry)
		select "lineId", part, "amountCents", kind, "memberId", account, entry
		from jsonb_to_recordset(${JSON.stringify(bookings)}::text::jsonb)
			as b("lineId" uuid, part int, "amountCents" bigint, kind text, "memberId" uuid, account text, entry bigint)`);
}
