// Lines of bank statements opened again: what they booked is reversed, never deleted, and people decide anew (B-50).
import { and, eq, isNull } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { reverseEntry } from '../../ledger/service/post.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { debitItems, lineBookings, payments, statementLines } from '../tables.ts';
import { lockedDay } from './lines.ts';
import { dayFor } from './outcomes/outcome.ts';
import { undoPayment } from './reverse.ts';
import { unrelieveSettlements } from './settlementRows.ts';

type Part = typeof lineBookings.$inferSelect;

/**
 * Opens a settled line again (Storno): payments and entries it made are reversed on its day (today if that is closed), what it noted is
 * taken back, the reason is kept. What hangs together with a file stays: debits, their returns and transfers of payment files. Refuses missing
 * `payments.bank-line-unknown`; conflict `payments.bank-line-open`, `payments.bank-line-stands` {kind}, `payments.already-used`.
 */
export function reopenBankLine(
	db: Database,
	{ by, at, key, lineId, reason }: Command & { lineId: string; reason: string },
): Promise<{ lineId: string; reversals: number[] }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [line] = await tx.select().from(statementLines).where(eq(statementLines.id, lineId)).for('update');
		if (!line) throw new Refusal('missing', 'payments.bank-line-unknown');
		if (line.state === 'open') throw new Refusal('conflict', 'payments.bank-line-open');
		const parts = await tx
			.select()
			.from(lineBookings)
			.where(and(eq(lineBookings.lineId, lineId), isNull(lineBookings.reopenedAt)));
		const lockedThrough = await lockedDay(tx);
		const own = dayFor(line, { at, lockedThrough });
		const on = own <= lockedThrough ? dayOf(at) : own;
		// A noted line booked nothing: it was only tied to what stood already.
		const reversals = line.state === 'booked' ? await takeBack(tx, note, { by, at, parts, on, reason }) : [];
		await tx
			.update(lineBookings)
			.set({ reopenedAt: at, reopenedBy: by.personId, reopenReason: reason })
			.where(and(eq(lineBookings.lineId, lineId), isNull(lineBookings.reopenedAt)));
		await tx
			.update(statementLines)
			.set({ state: 'open', basis: 'reopened', decidedAt: null, decidedBy: null })
			.where(eq(statementLines.id, lineId));
		note({
			action: 'payments.reopen-bank-line',
			subject: `bank line ${lineId}`,
			before: { state: line.state, basis: line.basis },
			after: { reason, reversals },
		});
		return { lineId, reversals };
	});
}

async function takeBack(
	tx: Tx,
	note: Note,
	{ by, at, parts, on, reason }: { by: Actor; at: Date; parts: readonly Part[]; on: Day; reason: string },
): Promise<number[]> {
	const bound = parts.find(({ kind }) => kind !== 'payment' && kind !== 'account' && kind !== 'liability');
	if (bound) throw new Refusal('conflict', 'payments.bank-line-stands', { kind: bound.kind }, { rule: 'B-50' });
	const reversals: number[] = [];
	const done = new Set<number>();
	for (const { kind, entry } of parts) {
		if (entry === null || done.has(entry)) continue;
		done.add(entry);
		if (kind === 'payment') {
			const reversal = await takePaymentBack(tx, note, { by, at, entry, on, reason });
			if (reversal !== null) reversals.push(reversal);
			continue;
		}
		const text = `Storno Bank: ${reason}`.slice(0, 200);
		const reversal = await reverseEntry(tx, { by, at, number: entry, bookedOn: on, text });
		await unrelieveSettlements(tx, { at, entry, reversal });
		reversals.push(reversal);
	}
	return reversals;
}

/** Reverses the payment of an entry; null if that was done before. */
async function takePaymentBack(
	tx: Tx,
	note: Note,
	{ by, at, entry, on, reason }: { by: Actor; at: Date; entry: number; on: Day; reason: string },
): Promise<number | null> {
	const [payment] = await tx
		.select({
			id: payments.id,
			reversalEntry: payments.reversalEntry,
			valueOn: payments.valueOn,
			fileId: debitItems.fileId,
		})
		.from(payments)
		.leftJoin(debitItems, eq(debitItems.paymentId, payments.id))
		.where(eq(payments.entry, entry));
	if (!payment || payment.reversalEntry !== null) return null;
	if (payment.fileId !== null)
		throw new Refusal('conflict', 'payments.bank-line-stands', { kind: 'debit' }, { rule: 'B-50' });
	const bookedOn = on < payment.valueOn ? payment.valueOn : on;
	const reversed = await undoPayment(tx, note, { by, at, paymentId: payment.id, bookedOn, reason });
	return reversed.entry;
}
