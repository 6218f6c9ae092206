// The acquirer's part of a transfer: accepting with the shares it needs, or declining.
import { eq } from 'drizzle-orm';
import { type Command, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { type ClauseId, declarationOf } from '../../../members/rules.ts';
import { ownMemberId } from '../../../members/service/files.ts';
import { members } from '../../../members/tables.ts';
import { statuteOn } from '../../../statute/service.ts';
import { dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { shareTransfers } from '../../tables.ts';
import { lockMembers } from '../holdings.ts';
import { type Transfer, lockedTransfer, takersSide, endTransfer } from './sides.ts';

/** Not the giver, nor anybody who may see it for another reason: only whom the transfer names. Others are told there is none. */
async function checkMeant(tx: Tx, { toMemberId, toEmail }: Transfer, memberId: string): Promise<void> {
	if (toMemberId === memberId) return;
	const [self] = await tx.select({ email: members.email }).from(members).where(eq(members.id, memberId));
	if (toMemberId !== null || !self?.email || self.email.toLowerCase() !== toEmail)
		throw new Refusal('missing', 'shares.transfer-unknown');
}

/**
 * The acting member accepts what was proposed, and declares to take the new shares it needs (§§ 15b, 76(5) GenG). The board enters it.
 * Refuses missing `members.no-membership`, `shares.transfer-unknown`; conflict `shares.transfer-state` {state}, `shares.not-a-member`,
 * `members.statute-changed` {version}, `shares.transfer-needs-paper` where further shares need a signature; invalid
 * `members.clause-missing` {clause}, and what `afterTaking` refuses.
 */
export function acceptTransfer(
	db: Database,
	{
		by,
		at,
		key,
		transferId,
		takes,
		clauses,
		statuteVersion,
	}: Command & { transferId: string; takes?: number | undefined; clauses: readonly ClauseId[]; statuteVersion: number },
): Promise<{ transferId: string; takes: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const memberId = ownMemberId(by);
		const self = (await lockMembers(tx, [memberId])).get(memberId);
		const transfer = await lockedTransfer(tx, transferId, 'accept');
		await checkMeant(tx, transfer, memberId);
		if (self?.leftOn) throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-51' });
		const { version, terms } = await statuteOn(tx, dayOf(at));
		if (version !== statuteVersion)
			throw new Refusal('conflict', 'members.statute-changed', { version }, { rule: 'M-02' });
		const wanted = await takersSide(tx, { memberId, transfer, takes, terms });
		if (wanted > 0 && terms.joiningForm === 'written')
			throw new Refusal('conflict', 'shares.transfer-needs-paper', {}, { rule: 'M-10' });
		const declaration = wanted > 0 ? declarationOf(terms, clauses, at, true) : null;
		await tx
			.update(shareTransfers)
			.set({ state: 'accepted', toMemberId: memberId, takes: wanted, declaration, acceptedAt: at })
			.where(eq(shareTransfers.id, transferId));
		note({ action: 'shares.accept-transfer', subject: `member ${self?.number}`, after: { transferId, takes: wanted } });
		return { transferId, takes: wanted };
	});
}

/** The acquirer declines. Refuses missing `shares.transfer-unknown`; conflict `shares.transfer-state` {state}. */
export function declineTransfer(
	db: Database,
	{ by, at, key, transferId }: Command & { transferId: string },
): Promise<{ transferId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const memberId = ownMemberId(by);
		const transfer = await lockedTransfer(tx, transferId, 'decline');
		await checkMeant(tx, transfer, memberId);
		if (transfer.toMemberId === null)
			await tx.update(shareTransfers).set({ toMemberId: memberId }).where(eq(shareTransfers.id, transferId));
		return endTransfer(tx, note, { by, at, transferId, state: 'declined', reason: 'declined by the acquirer' });
	});
}
