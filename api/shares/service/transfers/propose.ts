// The giver's part of a transfer: proposing to hand balance over, and taking that back.
import { eq, sql } from 'drizzle-orm';
import { type Command, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { localeOf } from '../../../members/service/contact.ts';
import { ownMemberId } from '../../../members/service/files.ts';
import { members } from '../../../members/tables.ts';
import { notify } from '../../../notices/service.ts';
import { cooperativeOf, statuteOn } from '../../../statute/service.ts';
import { dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { lockMembers } from '../holdings.ts';
import { type TransferWish, giversSide, insertTransfer, lockedTransfer, endTransfer } from './sides.ts';

/** Whom a giver means: a member by number and family name (or organisation), or somebody who joins, by e-mail address. */
export type Acquirer = { number: number; name: string } | { email: string };

async function meant(tx: Tx, acquirer: Acquirer): Promise<{ id: string; email: string | null; name: string } | null> {
	if ('email' in acquirer) return null;
	const name = acquirer.name.trim();
	const [row] = await tx.execute<{ id: string; email: string | null; name: string }>(
		sql`select id, email, name from member_meant(${acquirer.number}::int, ${name})`,
	);
	if (!row) throw new Refusal('invalid', 'shares.acquirer-unknown', {}, { rule: 'M-50', field: 'number' });
	return row;
}

/**
 * The acting member proposes to hand balance over to another member, or to somebody who joins (§ 76 GenG, M-50), in text form. Nothing
 * moves before the other side accepts and the board has entered it. Refuses missing `members.no-membership`; conflict
 * `shares.transfer-excluded` (M-52), `shares.exit-open` {until, receivedOn}, `shares.transfer-open`, `shares.not-a-member`;
 * invalid `shares.acquirer-unknown`, `shares.acquirer-self`, and what `afterGiving` refuses.
 */
export function proposeTransfer(
	db: Database,
	{ by, at, key, wish, acquirer }: Command & { wish: TransferWish; acquirer: Acquirer },
): Promise<{ transferId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const memberId = ownMemberId(by);
		const self = (await lockMembers(tx, [memberId])).get(memberId);
		const { version, terms } = await statuteOn(tx, dayOf(at));
		const over = await giversSide(tx, { memberId, leftOn: self?.leftOn ?? null, wish, terms, day: dayOf(at) });
		const [own] = await tx.select({ email: members.email }).from(members).where(eq(members.id, memberId));
		const to = await meant(tx, acquirer);
		const email = 'email' in acquirer ? acquirer.email.trim().toLowerCase() : null;
		if (to?.id === memberId || (email !== null && email === own?.email?.toLowerCase()))
			throw new Refusal(
				'invalid',
				'shares.acquirer-self',
				{},
				{ rule: 'M-50', field: email === null ? 'number' : 'email' },
			);
		const transferId = await insertTransfer(tx, {
			...{ fromMemberId: memberId, toMemberId: to?.id ?? null, toEmail: email, ...over, form: 'portal' },
			...{ statuteVersion: version, proposedAt: at, proposedBy: by.personId },
		});
		const recipient = email ?? to?.email;
		if (recipient) {
			const { name: cooperative } = await cooperativeOf(tx);
			const values = {
				name: to?.name ?? recipient,
				giver: self?.name ?? '',
				cooperative,
				shares: over.shares,
				amountCents: over.amountCents,
				joins: email === null ? ('no' as const) : ('yes' as const),
			};
			// Somebody who is no member yet is written to in the giver's language.
			const locale = await localeOf(tx, to?.id ?? memberId);
			await notify(tx, { at, to: recipient, template: 'transfer-proposed', values, locale });
		}
		note({ action: 'shares.propose-transfer', subject: `member ${self?.number}`, after: { transferId, ...over } });
		return { transferId };
	});
}

/** The giver takes the proposal back before it is entered. Refuses missing `shares.transfer-unknown`; conflict `shares.transfer-state` {state}. */
export function withdrawTransfer(
	db: Database,
	{ by, at, key, transferId }: Command & { transferId: string },
): Promise<{ transferId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const memberId = ownMemberId(by);
		await lockMembers(tx, [memberId]);
		const transfer = await lockedTransfer(tx, transferId, 'withdraw');
		if (transfer.fromMemberId !== memberId) throw new Refusal('missing', 'shares.transfer-unknown');
		return endTransfer(tx, note, { by, at, transferId, state: 'withdrawn', reason: 'withdrawn by the giver' });
	});
}
