// Both sides of a transfer: what may be handed over, what the acquirer's shares take, and the row under its lock.
import { eq } from 'drizzle-orm';
import type { Note } from '../../../audit/service.ts';
import type { Tx } from '../../../database/connect.ts';
import { limitsPayout, type StatuteTerms } from '../../../statute/rules.ts';
import type { Actor } from '../../../values/actor.ts';
import type { Day } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import type { Holding } from '../../rules.ts';
import {
	afterGiving,
	afterTaking,
	amountOfShares,
	canTransfer,
	sharesNeeded,
	type TransferState,
} from '../../rules/transfer.ts';
import { shareTransfers } from '../../tables.ts';
import { openExits, refuseOpenTransfer } from '../exits/facts.ts';
import { always, holdingsOn } from '../holdings.ts';
import { sharesMadeUntil } from '../split/made.ts';

/** A transfer as it is stored. */
export type Transfer = typeof shareTransfers.$inferSelect;

/** How much goes over: all, or so many shares with so much balance (the same part of it unless said otherwise). */
export interface TransferWish {
	shares: number | 'all';
	amountCents?: number | undefined;
}

const none: Holding = { shares: 0, nominalCents: 0, dueCents: 0, paidCents: 0 };

/**
 * Refuses conflict `shares.transfer-excluded` where the statute rules transfers out and may do so: not with a notice period of more
 * than five years, nor where payouts are limited (§ 76(2) GenG, M-52).
 */
export function checkAllowed(terms: StatuteTerms): void {
	if (terms.transfer === 'excluded' && terms.noticeMonths <= 60 && !limitsPayout(terms))
		throw new Refusal('conflict', 'shares.transfer-excluded', {}, { rule: 'M-52' });
}

/**
 * How many of the giver's shares end by a partial notice (§ 67b GenG): they are not to be given away, the mandatory number must be left
 * beside them (M-43, M-51). Refuses conflict `shares.exit-open` {until, receivedOn} if all of them end, or if all are to be given away.
 */
export async function sharesUnderNotice(
	tx: Tx,
	{ memberId, all, day }: { memberId: string; all: boolean; day: Day },
): Promise<number> {
	const open = await openExits(tx, memberId);
	const standing = open.find(({ shares }) => shares === null) ?? (all ? open[0] : undefined);
	if (standing) {
		const values = { until: standing.effectiveOn ?? '', receivedOn: standing.receivedOn };
		throw new Refusal('conflict', 'shares.exit-open', values, { rule: 'M-50' });
	}
	const made = await sharesMadeUntil(tx, day);
	return open.reduce((sum, { shares, recordedAt }) => sum + made(shares ?? 0, recordedAt), 0);
}

/** Checks the giver's side and answers what exactly goes over. The giver is locked. */
export async function giversSide(
	tx: Tx,
	{
		memberId,
		leftOn,
		wish,
		terms,
		day,
	}: { memberId: string; leftOn: string | null; wish: TransferWish; terms: StatuteTerms; day: Day },
): Promise<{ whole: boolean; shares: number; amountCents: number }> {
	checkAllowed(terms);
	const ending = await sharesUnderNotice(tx, { memberId, all: wish.shares === 'all', day });
	if (leftOn !== null) throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-50' });
	await refuseOpenTransfer(tx, memberId);
	const held = (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId) ?? none;
	const shares = wish.shares === 'all' ? held.shares : wish.shares;
	const amountCents = wish.amountCents ?? amountOfShares(held, shares);
	afterGiving(held, { shares, amountCents }, { mandatoryShares: terms.mandatoryShares + ending });
	return { whole: shares === held.shares, shares, amountCents };
}

/** Writes a transfer; one open transfer a giver. Refuses conflict `shares.transfer-open`. */
export async function insertTransfer(tx: Tx, values: typeof shareTransfers.$inferInsert): Promise<string> {
	const [made] = await tx
		.insert(shareTransfers)
		.values(values)
		.onConflictDoNothing()
		.returning({ id: shareTransfers.id });
	if (!made) throw new Refusal('conflict', 'shares.transfer-open', {}, { rule: 'M-50' });
	return made.id;
}

/** A transfer, locked, in a state that lets it be treated so. Refuses missing `shares.transfer-unknown`; conflict `shares.transfer-state` {state}. */
export async function lockedTransfer(
	tx: Tx,
	transferId: string,
	verb: 'accept' | 'decline' | 'withdraw' | 'enter' | 'refuse',
): Promise<Transfer> {
	const [found] = await tx.select().from(shareTransfers).where(eq(shareTransfers.id, transferId)).for('update');
	if (!found) throw new Refusal('missing', 'shares.transfer-unknown');
	if (!canTransfer(verb, found.state)) throw new Refusal('conflict', 'shares.transfer-state', { state: found.state });
	return found;
}

/** Checks the acquirer's side and answers how many new shares are taken, by default the fewest that give room. Refuses what `afterTaking` refuses. */
export async function takersSide(
	tx: Tx,
	{
		memberId,
		transfer,
		takes,
		terms,
	}: { memberId: string; transfer: Transfer; takes: number | undefined; terms: StatuteTerms },
): Promise<number> {
	const held = (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId) ?? none;
	const wanted = takes ?? sharesNeeded(held, transfer.amountCents, terms.nominalCents);
	afterTaking(held, { amountCents: transfer.amountCents, takes: wanted }, terms);
	return wanted;
}

/** Ends a transfer that is locked, for a reason, without anything moving. */
export async function endTransfer(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		transferId,
		state,
		reason,
	}: { by: Actor; at: Date; transferId: string; state: TransferState; reason: string },
): Promise<{ transferId: string }> {
	await tx
		.update(shareTransfers)
		.set({ state, decidedAt: at, decidedBy: by.personId, resolution: reason })
		.where(eq(shareTransfers.id, transferId));
	note({ action: 'shares.end-transfer', subject: `transfer ${transferId}`, after: { state, reason } });
	return { transferId };
}
