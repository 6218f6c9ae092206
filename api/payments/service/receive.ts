// Money that comes in: booked onto the shares as far as they take it, each bank line once.
import { and, inArray, isNull, sql } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import type { Entry } from '../../ledger/service/post.ts';
import { postEntries } from '../../ledger/service/postMany.ts';
import { memberBalances } from '../../ledger/service/read.ts';
import { members } from '../../members/tables.ts';
import { type Change, leastFrom } from '../../shares/rules.ts';
import { changesOfRoom, settleClaims } from '../../shares/service/claims.ts';
import { always, lockMembers } from '../../shares/service/holdings.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { bankReferenceOf, deskAccounts } from '../rules/files.ts';
import { payments } from '../tables.ts';

/** A payment of a member as it stands on the bank statement. */
export interface IncomingPayment {
	memberNumber: number;
	amountCents: number;
	/** value day (Wertstellung) */
	valueOn: Day;
	purpose: string;
	/** names the line of the bank statement; the same line is never booked twice */
	bankReference: string;
}

/** How a payment was booked. */
export interface BookedPayment {
	paymentId: string;
	memberId: string;
	entry: number;
	creditedCents: number;
	/** paid reminder fees */
	feeCents: number;
	overpaidCents: number;
}

async function membersByNumber(tx: Tx, numbers: readonly number[]): Promise<Map<number, string>> {
	const rows = await tx
		.select({ id: members.id, number: members.number })
		.from(members)
		.where(inArray(members.number, [...new Set(numbers)]));
	return new Map(rows.map(({ id, number }) => [number, id]));
}

function checkPayment({ amountCents, valueOn, bankReference }: IncomingPayment, at: Date): void {
	if (!Number.isSafeInteger(amountCents) || amountCents < 1)
		throw new Refusal('invalid', 'payments.amount-wrong', {}, { field: 'amountCents' });
	if (!isDay(valueOn)) throw new Refusal('invalid', 'payments.day-wrong', {}, { field: 'valueOn' });
	if (valueOn > dayOf(at)) throw new Refusal('invalid', 'payments.day-in-future', {}, { field: 'valueOn' });
	if (bankReferenceOf(bankReference) === '')
		throw new Refusal('invalid', 'payments.reference-needed', {}, { field: 'bankReference' });
}

async function refuseKnownLines(tx: Tx, incoming: readonly IncomingPayment[]): Promise<void> {
	const references = incoming.map(({ bankReference }) => bankReferenceOf(bankReference));
	const seen = new Set<string>();
	const twice = references.find((reference) => seen.size === seen.add(reference).size);
	const [known] = await tx
		.select({ bankReference: payments.bankReference })
		.from(payments)
		.where(and(inArray(payments.bankReference, references), isNull(payments.reversalEntry)))
		.limit(1);
	const bankReference = twice ?? known?.bankReference;
	if (bankReference !== undefined) throw alreadyRecorded(bankReference);
}

const alreadyRecorded = (bankReference: string) =>
	new Refusal('conflict', 'payments.already-recorded', { bankReference }, { rule: 'B-18', field: 'bankReference' });

/**
 * Books payments of members, several at once: bank to balance (Geschäftsguthaben) as far as the shares take it on the value day and
 * after, then open reminder fees, the rest is owed back (S-01, S-05); open claims go down with it. All or nothing. Refuses missing
 * `payments.member-unknown` {number}; conflict `payments.already-recorded` {bankReference}, `ledger.period-locked`; invalid
 * `payments.amount-wrong`, `payments.day-wrong`, `payments.day-in-future`, `payments.reference-needed`.
 */
export function recordPayments(
	db: Database,
	{ by, at, key, incoming }: Command & { incoming: readonly IncomingPayment[] },
): Promise<BookedPayment[]> {
	return write(db, { by, at, key }, (tx, note) => bookPayments(tx, note, { by, at, incoming }));
}

/** Books payments inside a transaction; shapes and refusals as `recordPayments`. */
export async function bookPayments(
	tx: Tx,
	note: Note,
	{ by, at, incoming }: { by: Actor; at: Date; incoming: readonly IncomingPayment[] },
): Promise<BookedPayment[]> {
	for (const payment of incoming) checkPayment(payment, at);
	const ids = await membersByNumber(
		tx,
		incoming.map(({ memberNumber }) => memberNumber),
	);
	const owners = incoming.map(({ memberNumber }) => {
		const memberId = ids.get(memberNumber);
		if (!memberId)
			throw new Refusal('missing', 'payments.member-unknown', { number: memberNumber }, { field: 'memberNumber' });
		return memberId;
	});
	await lockMembers(tx, owners);
	await refuseKnownLines(tx, incoming);
	const memberIds = [...new Set(owners)];
	const rooms = await changesOfRoom(tx, memberIds);
	const fees = await memberBalances(tx, { account: deskAccounts.reminderFees, memberIds, on: always });
	const divided = incoming.map((payment, i) => {
		const memberId = owners[i] ?? '';
		const feesCents = fees.get(memberId) ?? 0;
		const one = divide(payment, { memberId, room: rooms.get(memberId) ?? [], feesCents });
		fees.set(memberId, feesCents - one.feeCents);
		return one;
	});
	const booked = await bookDivided(tx, note, { by, at, divided });
	const from = incoming.map(({ valueOn }) => valueOn).sort()[0] ?? dayOf(at);
	await settleClaims(tx, { by, at, memberIds, from });
	return booked;
}

/** A payment with what its parts are for. */
type Divided = IncomingPayment & { memberId: string; creditedCents: number; feeCents: number; overpaidCents: number };

/** Onto the shares as far as they take it, then open fees, the rest is owed back; what it takes of the room is marked there. */
function divide(
	payment: IncomingPayment,
	{ memberId, room, feesCents }: { memberId: string; room: Change[]; feesCents: number },
): Divided {
	const { amountCents, valueOn } = payment;
	const creditedCents = Math.min(amountCents, Math.max(0, leastFrom(room, valueOn)));
	const feeCents = Math.min(amountCents - creditedCents, Math.max(0, feesCents));
	room.push({ day: valueOn, cents: -creditedCents });
	const overpaidCents = amountCents - creditedCents - feeCents;
	const bankReference = bankReferenceOf(payment.bankReference);
	return { ...payment, bankReference, memberId, creditedCents, feeCents, overpaidCents };
}

const entryOf = (payment: Divided): Entry => {
	const { memberId, memberNumber, amountCents, creditedCents, feeCents, overpaidCents, valueOn } = payment;
	return {
		...{ bookedOn: valueOn, kind: 'payment', text: `Einzahlung Mitglied ${memberNumber}` },
		reference: payment.bankReference,
		postings: [
			{ account: accounts.bank, cents: amountCents },
			...(creditedCents > 0 ? [{ account: accounts.memberBalances, memberId, cents: -creditedCents }] : []),
			...(feeCents > 0 ? [{ account: deskAccounts.reminderFees, memberId, cents: -feeCents }] : []),
			...(overpaidCents > 0 ? [{ account: accounts.overpayments, memberId, cents: -overpaidCents }] : []),
		],
	};
};

async function bookDivided(
	tx: Tx,
	note: Note,
	{ by, at, divided }: { by: Actor; at: Date; divided: readonly Divided[] },
): Promise<BookedPayment[]> {
	const entries = await postEntries(tx, { by, at, entries: divided.map(entryOf) });
	const rows = divided.map(({ memberNumber: _number, ...payment }, i) => ({ ...payment, entry: entries[i] }));
	const made = await tx.execute<{ id: string; entry: number }>(sql`
		insert into payments (member_id, amount_cents, credited_cents, overpaid_cents, fee_cents, value_on, purpose, bank_reference, entry,
			recorded_at, recorded_by)
		select p."memberId", p."amountCents", p."creditedCents", p."overpaidCents", p."feeCents", p."valueOn", p.purpose, p."bankReference",
			p.entry, ${at.toISOString()}::timestamptz, ${by.personId}::uuid
		from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as p("memberId" uuid, "amountCents" bigint, "creditedCents" bigint,
			"overpaidCents" bigint, "feeCents" bigint, "valueOn" date, purpose text, "bankReference" text, entry bigint)
		order by p.entry
		on conflict do nothing returning id, entry`);
	const ids = new Map(made.map(({ id, entry }) => [entry, id]));
	return divided.map((payment, i) => {
		const { memberId, memberNumber, amountCents, creditedCents, feeCents, overpaidCents, valueOn, bankReference } =
			payment;
		const entry = entries[i] ?? 0;
		const paymentId = ids.get(entry);
		if (paymentId === undefined) throw alreadyRecorded(bankReference);
		const after = { amountCents, creditedCents, feeCents, overpaidCents, valueOn, bankReference, entry };
		note({ action: 'payments.record', subject: `member ${memberNumber}`, after });
		return { paymentId, memberId, entry, creditedCents, feeCents, overpaidCents };
	});
}

/**
 * Books one payment; see recordPayments. Shapes and refusals are the same.
 */
export async function recordPayment(
	db: Database,
	{ payment, ...command }: Command & { payment: IncomingPayment },
): Promise<BookedPayment> {
	const [booked] = await recordPayments(db, { ...command, incoming: [payment] });
	if (!booked) throw new Error('the payment was not booked');
	return booked;
}
