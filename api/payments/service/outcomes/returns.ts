// Returned and refunded debits: the payment is reversed, the claim stands again (B-16).
import { and, eq } from 'drizzle-orm';
import type { Note } from '../../../audit/service.ts';
import type { Tx } from '../../../database/connect.ts';
import { accounts } from '../../../ledger/rules.ts';
import { postEntry } from '../../../ledger/service/post.ts';
import type { Actor } from '../../../values/actor.ts';
import type { Day } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { deskAccounts } from '../../rules/files.ts';
import type { BankLine } from '../../rules/statementLines.ts';
import { debitItems, payments } from '../../tables.ts';
import { closeWhenDone } from '../debitRelease.ts';
import { type UsedMoney, undoPayment } from '../reverse.ts';
import { type Booking, type Context, dayFor, type Matched, type NewLine, open, type Outcome } from './outcome.ts';

const mostChargesCents = 2_500;

/**
 * A returned or refunded debit, inside a transaction: the payment is reversed, the claim stands again, the banks' charges are an
 * expense (B-16). Answers the bookings, or null where people must look: the charges are unlikely, or the money was used since and `used` does
 * not say what then.
 */
export async function bookReturn(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		paymentId,
		line,
		on,
		used = 'refuse',
	}: { by: Actor; at: Date; paymentId: string; line: BankLine; on: Day; used?: UsedMoney | undefined },
): Promise<Booking[] | null> {
	const [payment] = await tx.select().from(payments).where(eq(payments.id, paymentId));
	if (!payment || payment.reversalEntry !== null) return null;
	const chargesCents = -line.amountCents - payment.amountCents;
	if (chargesCents < 0 || chargesCents > mostChargesCents) return null;
	const bookedOn = on < payment.valueOn ? payment.valueOn : on;
	const returned = line.returnReason ?? 'NARR';
	let entry: number;
	try {
		({ entry } = await undoPayment(tx, note, { by, at, paymentId, bookedOn, reason: `Rückgabe ${returned}`, used }));
	} catch (error) {
		if (error instanceof Refusal && error.code === 'payments.already-used') return null;
		throw error;
	}
	const { memberId, amountCents } = payment;
	const bookings: Booking[] = [{ amountCents: -amountCents, kind: 'debit-return', memberId, account: null, entry }];
	if (chargesCents > 0) {
		const text = `Gebühren der Rückgabe ${returned}`;
		const postings = [
			{ account: deskAccounts.bankCharges, cents: chargesCents },
			{ account: accounts.bank, cents: -chargesCents },
		];
		const charged = await postEntry(tx, {
			...{ by, at },
			entry: { bookedOn, kind: 'bank', text, reference: line.bankReference, postings },
		});
		bookings.push({
			amountCents: -chargesCents,
			kind: 'account',
			memberId: null,
			account: deskAccounts.bankCharges,
			entry: charged,
		});
	}
	const [item] = await tx
		.update(debitItems)
		.set({ returnedOn: bookedOn, returnReason: returned })
		.where(eq(debitItems.paymentId, paymentId))
		.returning({ fileId: debitItems.fileId });
	if (item) await closeWhenDone(tx, note, { by, at, fileId: item.fileId, on: bookedOn });
	return bookings;
}

/** Returned debits that name themselves. */
export async function bookReturns(
	tx: Tx,
	note: Note,
	context: Context,
	matched: readonly Matched[],
	outcomes: Map<NewLine, Outcome>,
) {
	const { by, at } = context;
	for (const { line, match } of matched) {
		if (match.kind !== 'debit-return') continue;
		const [item] = await tx
			.select({ paymentId: debitItems.paymentId, returnedOn: debitItems.returnedOn })
			.from(debitItems)
			.where(and(eq(debitItems.fileId, match.debit.fileId), eq(debitItems.line, match.debit.line)));
		if (item?.returnedOn) outcomes.set(line, open('booked-twice'));
		else if (!item?.paymentId) outcomes.set(line, open('debit-not-booked'));
		else {
			const on = dayFor(line, context);
			const bookings = await bookReturn(tx, note, { by, at, paymentId: item.paymentId, line, on });
			outcomes.set(line, bookings ? { state: 'booked', basis: match.key, bookings } : open('return-unclear'));
		}
	}
}
