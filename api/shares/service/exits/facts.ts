// What the day of an exit depends on: the member, the statute of the day of receipt, the shares held; and what stands in the way.
import { and, eq, inArray } from 'drizzle-orm';
import { type Database, type Tx, transact } from '../../../database/connect.ts';
import { ownMemberId } from '../../../members/service/files.ts';
import { members } from '../../../members/tables.ts';
import { cooperativeOf, statuteOn } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import type { Holding } from '../../rules.ts';
import { type Ending, type ExitCause, endingOf } from '../../rules/ending.ts';
import { leavingCents, payoutDueOn } from '../../rules/settlement.ts';
import { type ExitProof, exits, shareTransfers } from '../../tables.ts';
import { always, holdingsOn } from '../holdings.ts';

/** What somebody says about an exit: why, when it arrived, how many shares (partial notice), and the proofs its cause needs. */
export interface ExitWish extends ExitProof {
	cause: ExitCause;
	receivedOn: Day;
	shares?: number | undefined;
	letterSentOn?: Day | undefined;
}

/** An ending worked out for a member, with the statute it rests on and what would be paid out. */
export interface WorkedOut extends Ending {
	statuteVersion: number;
	heldShares: number;
	/** nominal value of the shares given up; null: all */
	nominalCents: number | null;
	/** balance that would leave, as it is today */
	leavingCents: number;
	/** by when it would be paid */
	payoutDueOn: Day | null;
}

const none: Holding = { shares: 0, nominalCents: 0, dueCents: 0, paidCents: 0 };

/**
 * Works out when a member's exit takes effect under the statute of the day of receipt. Refuses invalid `shares.exit-day-wrong`,
 * `shares.exit-day-in-future`, and what `endingOf` refuses.
 */
export async function workOut(
	tx: Tx,
	{ at, memberId, joinedOn, wish }: { at: Date; memberId: string; joinedOn: Day; wish: ExitWish },
): Promise<WorkedOut> {
	const { receivedOn, cause, shares } = wish;
	if (!isDay(receivedOn))
		throw new Refusal('invalid', 'shares.exit-day-wrong', {}, { rule: 'M-40', field: 'receivedOn' });
	if (receivedOn > dayOf(at))
		throw new Refusal('invalid', 'shares.exit-day-in-future', {}, { rule: 'M-40', field: 'receivedOn' });
	const { version, terms } = await statuteOn(tx, receivedOn);
	const { fiscalYearEndMonth: endMonth } = await cooperativeOf(tx);
	const holding = (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId) ?? none;
	const heldShares = holding.shares;
	const ending = endingOf({ ...wish, joinedOn, heldShares }, terms, { endMonth });
	const partial = cause === 'partial' && shares !== undefined && heldShares > 0;
	const nominalCents = partial ? Math.round((holding.nominalCents / heldShares) * shares) : null;
	return {
		...{ ...ending, statuteVersion: version, heldShares, nominalCents },
		leavingCents: leavingCents(holding, nominalCents === null ? 0 : holding.nominalCents - nominalCents),
		payoutDueOn: ending.effectiveOn && payoutDueOn(ending.effectiveOn, terms.payoutMonths),
	};
}

/** A member's open exits: of the whole membership and of some shares, at most one each. */
export async function openExits(tx: Tx, memberId: string): Promise<(typeof exits.$inferSelect)[]> {
	return tx
		.select()
		.from(exits)
		.where(and(eq(exits.memberId, memberId), eq(exits.state, 'given')));
}

/** Refuses conflict `shares.transfer-open` while the member has a transfer under way. */
export async function refuseOpenTransfer(tx: Tx, memberId: string): Promise<void> {
	const [open] = await tx
		.select({ id: shareTransfers.id })
		.from(shareTransfers)
		.where(and(eq(shareTransfers.fromMemberId, memberId), inArray(shareTransfers.state, ['proposed', 'accepted'])));
	if (open) throw new Refusal('conflict', 'shares.transfer-open', {}, { rule: 'M-50' });
}

async function joinedOnOf(tx: Tx, memberId: string): Promise<{ joinedOn: Day; leftOn: Day | null }> {
	const [member] = await tx.select().from(members).where(eq(members.id, memberId));
	if (!member) throw new Refusal('missing', 'members.unknown');
	return member;
}

/** What the page shows before an exit is confirmed: the exact day, every step to it, what is paid out by when, and the form it needs. */
export interface ExitPreview extends WorkedOut {
	noticeForm: 'text' | 'written';
}

/**
 * When an exit would take effect, and why; nothing is changed. Members ask about themselves.
 * Refuses missing `members.unknown`, `members.no-membership`; and what `workOut` refuses.
 */
export function previewExit(
	db: Database,
	{ by, at, memberId = ownMemberId(by), wish }: { by: Actor; at: Date; memberId?: string | undefined; wish: ExitWish },
): Promise<ExitPreview> {
	return transact(db, by, async (tx) => {
		const { joinedOn } = await joinedOnOf(tx, memberId);
		const worked = await workOut(tx, { at, memberId, joinedOn, wish });
		const { terms } = await statuteOn(tx, wish.receivedOn);
		return { ...worked, noticeForm: terms.noticeForm };
	});
}
