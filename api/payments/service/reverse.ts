// Payments undone: a reversal in the books, never a deletion (B-16, B-50).
import { eq } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { accounts } from '../../ledger/rules.ts';
import { postEntry, reverseEntry } from '../../ledger/service/post.ts';
import { balanceOf } from '../../ledger/service/read.ts';
import { settleClaims } from '../../shares/service/claims.ts';
import { always, lockMembers } from '../../shares/service/holdings.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { payments } from '../tables.ts';
import { openSettlementCents, relieveSettlements } from './settlementRows.ts';

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

/**
 * What is done when the money of a payment was used since (paid out, left with a former member): nothing (it is refused), the member owes
 * it ('claim'), or the member's open settlement is reduced as far as it goes and the rest is owed ('settlement').
 */
export type UsedMoney = 'refuse' | 'claim' | 'settlement';

/** What of a payment is no longer on the accounts of a locked member it went to, by account. */
export async function usedSince(
	tx: Tx,
	{ memberId, creditedCents, overpaidCents }: { memberId: string; creditedCents: number; overpaidCents: number },
): Promise<{ account: string; cents: number }[]> {
	const used: { account: string; cents: number }[] = [];
	for (const [account, cents] of [
		[accounts.memberBalances, creditedCents],
		[accounts.overpayments, overpaidCents],
	] as const) {
		const leftCents = cents > 0 ? -(await balanceOf(tx, { account, memberId, on: always })) : 0;
		if (leftCents < cents) used.push({ account, cents: cents - Math.max(0, leftCents) });
	}
	return used;
}

/** Undoes a payment inside a transaction; shapes and refusals as `reversePayment`, but for `used` as it says. */
export async function undoPayment(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		paymentId,
		bookedOn,
		reason,
		used = 'refuse',
	}: { by: Actor; at: Date; paymentId: string; bookedOn: Day; reason: string; used?: UsedMoney | undefined },
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
	const gone = await usedSince(tx, payment);
	if (gone.length > 0 && used === 'refuse')
		throw new Refusal('conflict', 'payments.already-used', {}, { rule: 'B-16' });
	const text = `Storno Einzahlung: ${reason}`;
	const entry = await reverseEntry(tx, { by, at, number: payment.entry, bookedOn, text });
	await tx
		.update(payments)
		.set({ reversalEntry: entry, reversedAt: at, reversalReason: reason })
		.where(eq(payments.id, paymentId));
	const owed = gone.length > 0 ? await claimUsed(tx, { by, at, memberId, gone, used, bookedOn, reason }) : undefined;
	await settleClaims(tx, { by, at, memberIds: [memberId], from: bookedOn });
	note({
		action: 'payments.reverse',
		subject: `payment ${paymentId}`,
		before: { amountCents: payment.amountCents },
		after: { reason, entry, ...owed },
	});
	return { entry };
}

/** Money that was used since is owed by the member, or taken off the settlement first. */
async function claimUsed(
	tx: Tx,
	{
		by,
		at,
		memberId,
		gone,
		used,
		bookedOn,
		reason,
	}: {
		by: Actor;
		at: Date;
		memberId: string;
		gone: readonly { account: string; cents: number }[];
		used: UsedMoney;
		bookedOn: Day;
		reason: string;
	},
): Promise<{ setOffCents: number; claimedCents: number; claimEntry: number }> {
	const allCents = gone.reduce((sum, { cents }) => sum + cents, 0);
	const setOffCents = used === 'settlement' ? Math.min(allCents, await openSettlementCents(tx, memberId)) : 0;
	const claimedCents = allCents - setOffCents;
	const claimEntry = await postEntry(tx, {
		...{ by, at },
		entry: {
			...{ bookedOn, kind: 'returned-claim', text: `Forderung aus Rückgabe: ${reason}` },
			postings: [
				...(setOffCents > 0 ? [{ account: accounts.settlements, memberId, cents: setOffCents }] : []),
				...(claimedCents > 0 ? [{ account: accounts.memberFees, memberId, cents: claimedCents }] : []),
				...gone.map(({ account, cents }) => ({ account, memberId, cents: -cents })),
			],
		},
	});
	if (setOffCents > 0) {
		const relief = { memberId, kind: 'set-off' as const, amountCents: setOffCents, on: bookedOn, entry: claimEntry };
		await relieveSettlements(tx, { by, at, ...relief });
	}
	return { setOffCents, claimedCents, claimEntry };
}
