// Two agree that a balance goes over: the giver proposes, the acquirer accepts; or the board records an agreement on paper.
import { eq, sql } from 'drizzle-orm';
import { type Command, type Note, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { type ClauseId, declarationOf } from '../../../members/rules.ts';
import { ownMemberId } from '../../../members/service/files.ts';
import { applications, members } from '../../../members/tables.ts';
import { notify } from '../../../notices/service.ts';
import { limitsPayout, type StatuteTerms } from '../../../statute/rules.ts';
import { cooperativeOf, statuteOn } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { dayOf } from '../../../values/calendar.ts';
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
import { always, holdingsOn, lockMembers } from '../holdings.ts';

export type Transfer = typeof shareTransfers.$inferSelect;

/** Whom a giver means: a member by number and family name (or organisation), or somebody who joins, by e-mail address. */
export type Acquirer = { number: number; name: string } | { email: string };

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

/** Checks the giver's side and answers what exactly goes over. The giver is locked. */
async function giversSide(
	tx: Tx,
	{
		memberId,
		leftOn,
		wish,
		terms,
	}: { memberId: string; leftOn: string | null; wish: TransferWish; terms: StatuteTerms },
): Promise<{ whole: boolean; shares: number; amountCents: number }> {
	checkAllowed(terms);
	const [open] = await openExits(tx, memberId);
	if (open) {
		const values = { until: open.effectiveOn ?? '', receivedOn: open.receivedOn };
		throw new Refusal('conflict', 'shares.exit-open', values, { rule: 'M-50' });
	}
	if (leftOn !== null) throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-50' });
	await refuseOpenTransfer(tx, memberId);
	const held = (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId) ?? none;
	const shares = wish.shares === 'all' ? held.shares : wish.shares;
	const amountCents = wish.amountCents ?? amountOfShares(held, shares);
	afterGiving(held, { shares, amountCents }, terms);
	return { whole: shares === held.shares, shares, amountCents };
}

async function meant(tx: Tx, acquirer: Acquirer): Promise<{ id: string; email: string | null; name: string } | null> {
	if ('email' in acquirer) return null;
	const name = acquirer.name.trim();
	const [row] = await tx.execute<{ id: string; email: string | null; name: string }>(
		sql`select id, email, name from member_meant(${acquirer.number}::int, ${name})`,
	);
	if (!row) throw new Refusal('invalid', 'shares.acquirer-unknown', {}, { rule: 'M-50', field: 'number' });
	return row;
}

async function insertTransfer(tx: Tx, values: typeof shareTransfers.$inferInsert): Promise<string> {
	const [made] = await tx
		.insert(shareTransfers)
		.values(values)
		.onConflictDoNothing()
		.returning({ id: shareTransfers.id });
	if (!made) throw new Refusal('conflict', 'shares.transfer-open', {}, { rule: 'M-50' });
	return made.id;
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
		const over = await giversSide(tx, { memberId, leftOn: self?.leftOn ?? null, wish, terms });
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
			await notify(tx, { at, to: recipient, template: 'transfer-proposed', values, locale: 'de' });
		}
		note({ action: 'shares.propose-transfer', subject: `member ${self?.number}`, after: { transferId, ...over } });
		return { transferId };
	});
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

/** Not the giver, nor anybody who may see it for another reason: only whom the transfer names. Others are told there is none. */
async function checkMeant(tx: Tx, { toMemberId, toEmail }: Transfer, memberId: string): Promise<void> {
	if (toMemberId === memberId) return;
	const [self] = await tx.select({ email: members.email }).from(members).where(eq(members.id, memberId));
	if (toMemberId !== null || !self?.email || self.email.toLowerCase() !== toEmail)
		throw new Refusal('missing', 'shares.transfer-unknown');
}

async function takersSide(
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

async function end(
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
		return end(tx, note, { by, at, transferId, state: 'declined', reason: 'declined by the acquirer' });
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
		return end(tx, note, { by, at, transferId, state: 'withdrawn', reason: 'withdrawn by the giver' });
	});
}

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
			wish,
			terms,
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
