// Money that comes in: booked onto the shares as far as they take it, each bank line once, undone only by a reversal.
import { and, desc, eq, gte, inArray, isNull, lte, sql } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { accounts, type Posting } from '../../ledger/rules.ts';
import { postEntry, reverseEntry } from '../../ledger/service/post.ts';
import { balanceOf, memberBalances } from '../../ledger/service/read.ts';
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
	const twice = references.find((reference, i) => references.indexOf(reference) !== i);
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
	const booked: BookedPayment[] = [];
	for (const [i, payment] of incoming.entries()) {
		const memberId = owners[i] ?? '';
		const one = { by, at, memberId, payment, room: rooms.get(memberId) ?? [], feesCents: fees.get(memberId) ?? 0 };
		const done = await book(tx, note, one);
		fees.set(memberId, one.feesCents - done.feeCents);
		booked.push(done);
	}
	const from = incoming.map(({ valueOn }) => valueOn).sort()[0] ?? dayOf(at);
	await settleClaims(tx, { by, at, memberIds, from });
	return booked;
}

async function book(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		memberId,
		payment,
		room,
		feesCents,
	}: { by: Actor; at: Date; memberId: string; payment: IncomingPayment; room: Change[]; feesCents: number },
): Promise<BookedPayment> {
	const { amountCents, valueOn, purpose, memberNumber } = payment;
	const bankReference = bankReferenceOf(payment.bankReference);
	const creditedCents = Math.min(amountCents, Math.max(0, leastFrom(room, valueOn)));
	const feeCents = Math.min(amountCents - creditedCents, Math.max(0, feesCents));
	const overpaidCents = amountCents - creditedCents - feeCents;
	room.push({ day: valueOn, cents: -creditedCents });
	const lines: Posting[] = [
		{ account: accounts.bank, cents: amountCents },
		...(creditedCents > 0 ? [{ account: accounts.memberBalances, memberId, cents: -creditedCents }] : []),
		...(feeCents > 0 ? [{ account: deskAccounts.reminderFees, memberId, cents: -feeCents }] : []),
		...(overpaidCents > 0 ? [{ account: accounts.overpayments, memberId, cents: -overpaidCents }] : []),
	];
	const entry = await postEntry(tx, {
		...{ by, at },
		entry: {
			bookedOn: valueOn,
			kind: 'payment',
			text: `Einzahlung Mitglied ${memberNumber}`,
			reference: bankReference,
			postings: lines,
		},
	});
	const [made] = await tx
		.insert(payments)
		.values({
			...{ memberId, amountCents, creditedCents, overpaidCents, feeCents, valueOn, purpose, bankReference, entry },
			...{ recordedAt: at, recordedBy: by.personId },
		})
		.onConflictDoNothing()
		.returning({ id: payments.id });
	if (!made) throw alreadyRecorded(bankReference);
	const after = { amountCents, creditedCents, feeCents, overpaidCents, valueOn, bankReference, entry };
	note({ action: 'payments.record', subject: `member ${memberNumber}`, after });
	return { paymentId: made.id, memberId, entry, creditedCents, feeCents, overpaidCents };
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

/**
 * Undoes a payment (wrong member, returned by the bank: B-16) by a reversal in the books; the bank line may then be booked again, and
 * what was due is claimed again. Refuses missing `payments.unknown`; conflict `payments.already-reversed`, `payments.already-used` if the
 * money was paid out since, `ledger.period-locked`; invalid `payments.day-wrong`, `payments.day-in-future`.
 */
export function reversePayment(
	db: Database,
	{ by, at, key, paymentId, bookedOn, reason }: Command & { paymentId: string; bookedOn: Day; reason: string },
): Promise<{ entry: number }> {
	return write(db, { by, at, key }, (tx, note) => undoPayment(tx, note, { by, at, paymentId, bookedOn, reason }));
}

/** Undoes a payment inside a transaction; shapes and refusals as `reversePayment`. */
export async function undoPayment(
	tx: Tx,
	note: Note,
	{ by, at, paymentId, bookedOn, reason }: { by: Actor; at: Date; paymentId: string; bookedOn: Day; reason: string },
): Promise<{ entry: number }> {
	const [known] = await tx.select({ memberId: payments.memberId }).from(payments).where(eq(payments.id, paymentId));
	if (!known) throw new Refusal('missing', 'payments.unknown');
	const { memberId } = known;
	await lockMembers(tx, [memberId]);
	const [payment] = await tx.select().from(payments).where(eq(payments.id, paymentId)).for('update');
	if (!payment || payment.reversalEntry !== null) throw new Refusal('conflict', 'payments.already-reversed');
	if (!isDay(bookedOn) || bookedOn < payment.valueOn)
		throw new Refusal('invalid', 'payments.day-wrong', {}, { field: 'bookedOn' });
	if (bookedOn > dayOf(at)) throw new Refusal('invalid', 'payments.day-in-future', {}, { field: 'bookedOn' });
	for (const [account, cents] of [
		[accounts.memberBalances, payment.creditedCents],
		[accounts.overpayments, payment.overpaidCents],
	] as const) {
		const leftCents = cents > 0 ? -(await balanceOf(tx, { account, memberId, on: always })) : 0;
		if (leftCents < cents) throw new Refusal('conflict', 'payments.already-used');
	}
	const text = `Storno Einzahlung: ${reason}`;
	const entry = await reverseEntry(tx, { by, at, number: payment.entry, bookedOn, text });
	await tx
		.update(payments)
		.set({ reversalEntry: entry, reversedAt: at, reversalReason: reason })
		.where(eq(payments.id, paymentId));
	await settleClaims(tx, { by, at, memberIds: [memberId], from: bookedOn });
	note({
		action: 'payments.reverse',
		subject: `payment ${paymentId}`,
		before: { amountCents: payment.amountCents },
		after: { reason, entry },
	});
	return { entry };
}

/** A payment in a list. */
export interface PaymentLine {
	id: string;
	memberId: string;
	number: number;
	name: string;
	amountCents: number;
	creditedCents: number;
	overpaidCents: number;
	feeCents: number;
	valueOn: Day;
	purpose: string;
	bankReference: string;
	entry: number;
	reversedAt: string | null;
	reversalReason: string | null;
}

/** Payments newest value day first; of one member, or within days, if asked. Members reach their own only. */
export function listPayments(
	db: Database,
	{
		by,
		memberId,
		from,
		to,
		page = 1,
		pageSize = 50,
	}: {
		by: Actor;
		memberId?: string | undefined;
		from?: Day | undefined;
		to?: Day | undefined;
		page?: number;
		pageSize?: number;
	},
): Promise<{ total: number; sumCents: number; payments: PaymentLine[] }> {
	return transact(db, by, async (tx) => {
		const where = and(
			memberId === undefined ? undefined : eq(payments.memberId, memberId),
			from === undefined ? undefined : gte(payments.valueOn, from),
			to === undefined ? undefined : lte(payments.valueOn, to),
		);
		const [sums] = await tx
			.select({
				total: sql<number>`count(*)::int`,
				sumCents:
					sql<number>`coalesce(sum(${payments.amountCents}) filter (where ${payments.reversalEntry} is null), 0)::bigint`.mapWith(
						Number,
					),
			})
			.from(payments)
			.where(where);
		const rows = await tx
			.select({ payment: payments, number: members.number, name: members.sortName })
			.from(payments)
			.innerJoin(members, eq(members.id, payments.memberId))
			.where(where)
			.orderBy(desc(payments.valueOn), desc(payments.id))
			.limit(pageSize)
			.offset((page - 1) * pageSize);
		return {
			total: sums?.total ?? 0,
			sumCents: sums?.sumCents ?? 0,
			payments: rows.map(({ payment: p, number, name }) => ({
				...{ id: p.id, memberId: p.memberId, number, name, amountCents: p.amountCents, creditedCents: p.creditedCents },
				...{
					overpaidCents: p.overpaidCents,
					feeCents: p.feeCents,
					valueOn: p.valueOn,
					purpose: p.purpose,
					bankReference: p.bankReference,
					entry: p.entry,
				},
				...{ reversedAt: p.reversedAt?.toISOString() ?? null, reversalReason: p.reversalReason },
			})),
		};
	});
}
