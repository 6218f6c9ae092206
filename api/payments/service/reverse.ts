// Payments undone: a reversal in the books, never a deletion (B-16, B-50).
import { eq } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { reverseEntry } from '../../ledger/service/post.ts';
import { balanceOf } from '../../ledger/service/read.ts';
import { settleClaims } from '../../shares/service/claims.ts';
import { always, lockMembers } from '../../shares/service/holdings.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { payments } from '../tables.ts';

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
