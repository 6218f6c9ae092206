// The board enters a transfer: balance, shares and what falls due go over on one day, in register and books; or it refuses.
import { and, eq, gt, inArray } from 'drizzle-orm';
import { type Command, type Note, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { accounts } from '../../../ledger/rules.ts';
import { postEntry } from '../../../ledger/service/post.ts';
import { journal, postings } from '../../../ledger/tables.ts';
import { localesOf } from '../../../members/service/contact.ts';
import { basisOf, checkResolutionDay, type Resolution } from '../../../members/service/admit.ts';
import { enterInRegister, type RegisterChange } from '../../../members/service/register.ts';
import { members } from '../../../members/tables.ts';
import { notify } from '../../../notices/service.ts';
import { limitsPayout } from '../../../statute/rules.ts';
import { cooperativeOf, statuteOn } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { type Day, dayOf, isDay } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import type { Due, Holding } from '../../rules.ts';
import { duesOfLast } from '../../rules/lots.ts';
import { afterGiving, afterTransfer } from '../../rules/transfer.ts';
import { shareMovements, shareTransfers } from '../../tables.ts';
import { settleClaims } from '../claims.ts';
import { endedDues, lotMovements, writeDues } from '../exits/effect.ts';
import { always, holdingsOn, lockMembers } from '../holdings.ts';
import { checkAllowed, lockedTransfer, sharesUnderNotice, type Transfer } from './sides.ts';

const none: Holding = { shares: 0, nominalCents: 0, dueCents: 0, paidCents: 0 };

/** Refuses invalid `shares.transfer-day-wrong` {from}; and what `refuseLaterMovements` refuses. */
async function checkDay(
	tx: Tx,
	{ at, transfer, memberIds, on }: { at: Date; transfer: Transfer; memberIds: string[]; on: Day },
): Promise<void> {
	const from = dayOf(transfer.acceptedAt ?? transfer.proposedAt);
	const field = { rule: 'M-50', field: 'effectiveOn' };
	if (!isDay(on) || on > dayOf(at) || (transfer.form === 'portal' && on < from))
		throw new Refusal('invalid', 'shares.transfer-day-wrong', { from }, field);
	await refuseLaterMovements(tx, memberIds, on);
}

/** Refuses conflict `shares.later-movements` if shares or balances of these members moved after a day. */
export async function refuseLaterMovements(tx: Tx, memberIds: string[], on: Day): Promise<void> {
	const [moved] = await tx
		.select({ id: shareMovements.id })
		.from(shareMovements)
		.where(and(inArray(shareMovements.memberId, memberIds), gt(shareMovements.effectiveOn, on)))
		.limit(1);
	const [posted] = await tx
		.select({ entry: postings.entry })
		.from(postings)
		.innerJoin(journal, eq(journal.number, postings.entry))
		.where(
			and(
				inArray(postings.memberId, memberIds),
				eq(postings.account, accounts.memberBalances),
				gt(journal.bookedOn, on),
			),
		)
		.limit(1);
	if (moved || posted)
		throw new Refusal('conflict', 'shares.later-movements', {}, { rule: 'M-50', field: 'effectiveOn' });
}

/** Moves shares with what falls due on them from one member to another on a day; `gone`: their nominal value with the giver. */
export async function moveShares(
	tx: Tx,
	{
		at,
		transfer,
		to,
		takes,
		gone,
		basis,
		on,
		shareCents,
	}: {
		at: Date;
		transfer: Pick<Transfer, 'fromMemberId' | 'shares'>;
		to: string;
		takes: number;
		gone: number;
		basis: string;
		on: Day;
		shareCents: number;
	},
): Promise<void> {
	const { fromMemberId, shares } = transfer;
	const dues = duesOfLast(await lotMovements(tx, fromMemberId), shares);
	const common = { effectiveOn: on, recordedAt: at, resolution: basis };
	const insert = async (values: typeof shareMovements.$inferInsert, due: readonly Due[]) => {
		const [made] = await tx.insert(shareMovements).values(values).returning({ id: shareMovements.id });
		await writeDues(tx, { movementId: made?.id ?? '', memberId: values.memberId, at, dues: due });
	};
	await insert(
		{ ...common, memberId: fromMemberId, kind: 'transfer-out', count: -shares, nominalCents: -gone },
		endedDues(dues, on),
	);
	if (takes === 0) return;
	// What was to be paid on the shares goes with them; of fewer new shares only their part.
	const taken = dues.map(({ dueOn, amountCents }) => ({
		dueOn: dueOn < on ? on : dueOn,
		amountCents: Math.round((amountCents * Math.min(takes, shares)) / shares),
	}));
	await insert(
		{ ...common, memberId: to, kind: 'transfer-in', count: takes, nominalCents: Math.round(takes * shareCents) },
		taken,
	);
}

async function tell(
	tx: Tx,
	{
		at,
		memberIds,
		on,
		shares,
		amountCents,
	}: { at: Date; memberIds: readonly string[]; on: Day; shares: number; amountCents: number },
): Promise<void> {
	const { name: cooperative } = await cooperativeOf(tx);
	const rows = await tx
		.select()
		.from(members)
		.where(inArray(members.id, [...memberIds]));
	const locales = await localesOf(tx, memberIds);
	for (const { id, email, organisation, givenNames, familyName } of rows) {
		if (!email) continue;
		const values = {
			name: organisation ?? `${givenNames} ${familyName}`,
			cooperative,
			shares,
			amountCents,
			effectiveOn: on,
		};
		await notify(tx, { at, to: email, template: 'transfer-entered', values, locale: locales.get(id) ?? 'de' });
	}
}

async function carryOut(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		transfer,
		resolution,
		on,
		ending,
	}: { by: Actor; at: Date; transfer: Transfer; resolution: Resolution; on: Day; ending: number },
): Promise<number> {
	const { fromMemberId, toMemberId, takes } = transfer;
	if (toMemberId === null || takes === null)
		throw new Refusal('conflict', 'shares.transfer-state', { state: transfer.state });
	const memberIds = [fromMemberId, toMemberId];
	const { terms } = await statuteOn(tx, on);
	checkAllowed(terms);
	await checkDay(tx, { at, transfer, memberIds, on });
	const held = await holdingsOn(tx, { day: always, memberIds });
	const from = held.get(fromMemberId) ?? none;
	const to = held.get(toMemberId) ?? none;
	if (transfer.whole && from.shares !== transfer.shares)
		throw new Refusal('conflict', 'shares.transfer-outdated', {}, { rule: 'M-50' });
	// All means what it is on the day, also if something was paid since the agreement.
	const amountCents = transfer.whole ? from.paidCents : transfer.amountCents;
	const handover = { shares: transfer.shares, amountCents, takes };
	afterGiving(from, handover, { mandatoryShares: terms.mandatoryShares + ending });
	const after = afterTransfer(from, to, handover, terms);
	const basis = basisOf(resolution);
	const gone = from.nominalCents - after.from.nominalCents;
	await moveShares(tx, { at, transfer, to: toMemberId, takes, gone, basis, on, shareCents: terms.nominalCents });
	const changes: RegisterChange[] = [
		{
			memberId: fromMemberId,
			effectiveOn: on,
			basis,
			sharesChange: -transfer.shares,
			...(after.exit ? { left: true } : {}),
		},
		...(takes > 0 ? [{ memberId: toMemberId, effectiveOn: on, basis, sharesChange: takes }] : []),
	];
	await enterInRegister(tx, note, at, changes);
	if (after.exit) await tx.update(members).set({ leftOn: on }).where(eq(members.id, fromMemberId));
	await tell(tx, { at, memberIds, on, shares: transfer.shares, amountCents });
	const entry = await postEntry(tx, {
		...{ by, at },
		entry: {
			...{ bookedOn: on, kind: 'transfer', text: 'Übertragung von Geschäftsguthaben', reference: basis },
			postings: [
				{ account: accounts.memberBalances, memberId: fromMemberId, cents: amountCents },
				{ account: accounts.memberBalances, memberId: toMemberId, cents: -amountCents },
			],
		},
	});
	await settleClaims(tx, { by, at, memberIds, from: on });
	return entry;
}

/**
 * Enters an agreed transfer by a resolution (the consent where the statute wants one, and the admission of new shares): the balance moves
 * from one member's sub-ledger to the other's, shares and what falls due follow, the register says so; a giver of everything leaves on
 * that day without a settlement (§ 76 GenG, M-50 to M-52). Refuses missing `shares.transfer-unknown`; conflict `shares.transfer-state`
 * {state}, `shares.transfer-excluded`, `shares.exit-open` {until, receivedOn}, `shares.not-a-member`, `shares.transfer-outdated`,
 * `shares.later-movements`, `ledger.period-locked`; invalid `shares.transfer-day-wrong` {from}, `members.resolution-day-wrong`,
 * `members.resolution-in-future`, and what `afterTransfer` refuses.
 */
export function enterTransfer(
	db: Database,
	{
		by,
		at,
		key,
		transferId,
		resolution,
		effectiveOn,
	}: Command & { transferId: string; resolution: Resolution; effectiveOn: Day },
): Promise<{ transferId: string; entry: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkResolutionDay(resolution, at);
		const [seen] = await tx.select().from(shareTransfers).where(eq(shareTransfers.id, transferId));
		if (!seen) throw new Refusal('missing', 'shares.transfer-unknown');
		// Members before everything else, in one order, as everywhere.
		const people = await lockMembers(tx, [seen.fromMemberId, ...(seen.toMemberId ? [seen.toMemberId] : [])]);
		const transfer = await lockedTransfer(tx, transferId, 'enter');
		for (const { leftOn } of people.values())
			if (leftOn !== null) throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-50' });
		const ending = await sharesUnderNotice(tx, {
			...{ memberId: transfer.fromMemberId, all: transfer.whole, day: dayOf(at) },
		});
		const entry = await carryOut(tx, note, { by, at, transfer, resolution, on: effectiveOn, ending });
		await tx
			.update(shareTransfers)
			.set({
				state: 'entered',
				effectiveOn,
				decidedAt: at,
				decidedBy: by.personId,
				resolution: basisOf(resolution),
				entry,
			})
			.where(eq(shareTransfers.id, transferId));
		note({
			action: 'shares.enter-transfer',
			subject: `member ${people.get(transfer.fromMemberId)?.number}`,
			after: { transferId, to: people.get(transfer.toMemberId ?? '')?.number, effectiveOn, entry },
		});
		return { transferId, entry };
	});
}

/**
 * The board refuses a transfer: only where the statute ties transfers to consent, or where new shares would have to be admitted.
 * Refuses missing `shares.transfer-unknown`; conflict `shares.transfer-state` {state}, `shares.transfer-is-free` (M-52).
 */
export function refuseTransfer(
	db: Database,
	{ by, at, key, transferId, resolution }: Command & { transferId: string; resolution: Resolution },
): Promise<{ transferId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkResolutionDay(resolution, at);
		const [seen] = await tx.select().from(shareTransfers).where(eq(shareTransfers.id, transferId));
		if (!seen) throw new Refusal('missing', 'shares.transfer-unknown');
		await lockMembers(tx, [seen.fromMemberId, ...(seen.toMemberId ? [seen.toMemberId] : [])]);
		const transfer = await lockedTransfer(tx, transferId, 'refuse');
		const { terms } = await statuteOn(tx, dayOf(at));
		const needsConsent = terms.transfer !== 'free' && !limitsPayout(terms) && terms.noticeMonths <= 60;
		if (!needsConsent && (transfer.takes ?? 0) === 0)
			throw new Refusal('conflict', 'shares.transfer-is-free', {}, { rule: 'M-52' });
		await tx
			.update(shareTransfers)
			.set({ state: 'refused', decidedAt: at, decidedBy: by.personId, resolution: basisOf(resolution) })
			.where(eq(shareTransfers.id, transferId));
		note({ action: 'shares.refuse-transfer', subject: `transfer ${transferId}`, after: { resolution } });
		return { transferId };
	});
}
