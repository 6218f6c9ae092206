// Agreements on paper: with another member, or with somebody who has to be admitted first.
import { eq, sql } from 'drizzle-orm';
import { type Command, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { applications, members } from '../../../members/tables.ts';
import { statuteOn } from '../../../statute/service.ts';
import { dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import type { TransferState } from '../../rules/transfer.ts';
import { shareTransfers } from '../../tables.ts';
import { lockMembers } from '../holdings.ts';
import { type Transfer, type TransferWish, giversSide, insertTransfer, lockedTransfer, takersSide } from './sides.ts';

/** Whom an agreement on paper names: a member, or the declaration to join of somebody who is to be admitted first. */
export type PaperAcquirer = { memberId: string } | { applicationId: string };

/**
 * Records an agreement on paper (§ 76 GenG, M-50), signed by both. With somebody who joins it waits for the admission.
 * Refuses missing `members.unknown`, `members.application-unknown`; conflict as `proposeTransfer`; invalid `shares.acquirer-self`,
 * `shares.acquirer-without-email`, and what `afterGiving` and `afterTaking` refuse.
 */
export function recordTransfer(
	db: Database,
	{
		by,
		at,
		key,
		fromMemberId,
		acquirer,
		wish,
		takes,
	}: Command & { fromMemberId: string; acquirer: PaperAcquirer; wish: TransferWish; takes?: number | undefined },
): Promise<{ transferId: string; state: TransferState }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const toMemberId = 'memberId' in acquirer ? acquirer.memberId : null;
		if (toMemberId === fromMemberId)
			throw new Refusal('invalid', 'shares.acquirer-self', {}, { rule: 'M-50', field: 'memberId' });
		const people = await lockMembers(tx, toMemberId === null ? [fromMemberId] : [fromMemberId, toMemberId]);
		const { version, terms } = await statuteOn(tx, dayOf(at));
		const over = await giversSide(tx, {
			memberId: fromMemberId,
			leftOn: people.get(fromMemberId)?.leftOn ?? null,
			...{ wish, terms, day: dayOf(at) },
		});
		const common = {
			...{
				fromMemberId,
				...over,
				form: 'paper' as const,
				statuteVersion: version,
				proposedAt: at,
				proposedBy: by.personId,
			},
		};
		let transferId: string;
		if (toMemberId === null) {
			transferId = await insertTransfer(tx, { ...common, toEmail: await emailOfApplication(tx, acquirer) });
		} else {
			if (people.get(toMemberId)?.leftOn) throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-51' });
			const draft = { ...common, amountCents: over.amountCents } as Transfer;
			const wanted = await takersSide(tx, { memberId: toMemberId, transfer: draft, takes, terms });
			transferId = await insertTransfer(tx, {
				...common,
				toMemberId,
				takes: wanted,
				acceptedAt: at,
				state: 'accepted',
			});
		}
		const state = toMemberId === null ? ('proposed' as const) : ('accepted' as const);
		note({
			action: 'shares.record-transfer',
			subject: `member ${people.get(fromMemberId)?.number}`,
			after: { transferId, ...over, state },
		});
		return { transferId, state };
	});
}

async function emailOfApplication(tx: Tx, acquirer: PaperAcquirer): Promise<string> {
	const id = 'applicationId' in acquirer ? acquirer.applicationId : '';
	const [found] = await tx.select().from(applications).where(eq(applications.id, id));
	if (!found) throw new Refusal('missing', 'members.application-unknown');
	const email = found.applicant.email?.trim().toLowerCase();
	if (!email)
		throw new Refusal('invalid', 'shares.acquirer-without-email', {}, { rule: 'M-50', field: 'applicationId' });
	return email;
}

/**
 * The board records that somebody who has joined accepts on paper what waited for the admission (M-50). Refuses missing
 * `shares.transfer-unknown`; conflict `shares.transfer-state` {state}, `shares.acquirer-not-admitted`; and what `afterTaking` refuses.
 */
export function recordAcceptance(
	db: Database,
	{ by, at, key, transferId, takes }: Command & { transferId: string; takes?: number | undefined },
): Promise<{ transferId: string; takes: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [seen] = await tx.select().from(shareTransfers).where(eq(shareTransfers.id, transferId));
		if (!seen) throw new Refusal('missing', 'shares.transfer-unknown');
		const memberId = seen.toMemberId ?? (await admittedUnder(tx, seen.toEmail ?? ''));
		if (memberId === null) throw new Refusal('conflict', 'shares.acquirer-not-admitted', {}, { rule: 'M-50' });
		const self = (await lockMembers(tx, [memberId])).get(memberId);
		const transfer = await lockedTransfer(tx, transferId, 'accept');
		if (self?.leftOn) throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-51' });
		const { terms } = await statuteOn(tx, dayOf(at));
		const wanted = await takersSide(tx, { memberId, transfer, takes, terms });
		await tx
			.update(shareTransfers)
			.set({ state: 'accepted', toMemberId: memberId, takes: wanted, acceptedAt: at })
			.where(eq(shareTransfers.id, transferId));
		note({
			action: 'shares.accept-transfer',
			subject: `member ${self?.number}`,
			after: { transferId, takes: wanted, onPaper: true },
		});
		return { transferId, takes: wanted };
	});
}

/** Who was admitted with that e-mail address, if exactly one was. */
async function admittedUnder(tx: Tx, email: string): Promise<string | null> {
	const found = await tx
		.select({ id: members.id })
		.from(members)
		.where(eq(sql`lower(${members.email})`, email))
		.limit(2);
	return found.length === 1 ? (found[0]?.id ?? null) : null;
}
