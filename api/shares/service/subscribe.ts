// Taking shares: with the admission of members, later on declaration or on paper; what falls due is claimed in the books.
import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import { createPerson, sendInvitation } from '../../accounts/service/people.ts';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { accounts, type Posting } from '../../ledger/rules.ts';
import { postEntry } from '../../ledger/service/post.ts';
import { journal, journalHead, postings } from '../../ledger/tables.ts';
import { type Admitted, admitMembers, basisOf, checkResolutionDay, type Resolution } from '../../members/service/admit.ts';
import { enterInRegister } from '../../members/service/register.ts';
import { notify } from '../../notices/service.ts';
import { cooperativeOf, statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { addDays, type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { type Change, checkFurther, checkLimit, claimCorrections, duesOf, type Holding } from '../rules.ts';
import { shareDues, shareMovements } from '../tables.ts';
import { always, holdingsOn, lockMembers } from './holdings.ts';

/** Shares to be taken by one member by one resolution. */
export interface Subscription {
	memberId: string;
	count: number;
	kind: 'admission' | 'further';
	requestId?: string;
}

const none: Holding = { shares: 0, nominalCents: 0, dueCents: 0, paidCents: 0 };

/**
 * Takes shares for members by one resolution, effective on its day, under the statute of that day: movements, dues, register, claims.
 * Refuses missing `members.unknown`; conflict `shares.not-a-member`, `shares.earlier-unpaid` {unpaidCents} (M-12);
 * invalid `shares.count-wrong`, `shares.limit-exceeded` {max, held, more} (M-10), `shares.below-mandatory`.
 */
export async function subscribeShares(
	tx: Tx,
	note: Note,
	{ by, at, resolution, subscriptions }: { by: Actor; at: Date; resolution: Resolution; subscriptions: readonly Subscription[] },
): Promise<string[]> {
	const { terms } = await statuteOn(tx, resolution.on);
	const memberIds = subscriptions.map(({ memberId }) => memberId);
	const locked = await lockMembers(tx, memberIds);
	const further = subscriptions.filter(({ kind }) => kind === 'further');
	const holdings = await holdingsOn(tx, { day: always, memberIds: further.map(({ memberId }) => memberId) });
	for (const { memberId, count, kind } of subscriptions) {
		const { joinedOn, leftOn } = locked.get(memberId) ?? { joinedOn: always, leftOn: null };
		if (joinedOn > resolution.on || leftOn !== null) throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-10' });
		if (kind === 'admission') checkLimit(terms, 0, count);
		else checkFurther(terms, holdings.get(memberId) ?? none, count);
	}
	const made = await tx
		.insert(shareMovements)
		.values(
			subscriptions.map(({ memberId, count, kind, requestId }) => ({
				...{ memberId, kind, count, nominalCents: count * terms.nominalCents, effectiveOn: resolution.on, recordedAt: at },
				...{ resolution: basisOf(resolution), requestId: requestId ?? null },
			})),
		)
		.returning({ id: shareMovements.id, memberId: shareMovements.memberId, count: shareMovements.count });
	const dues = made.flatMap(({ id, memberId, count }) =>
		duesOf(terms, count, resolution.on).map((due) => ({ ...due, movementId: id, memberId, recordedAt: at })),
	);
	if (dues.length > 0) await tx.insert(shareDues).values(dues);
	const changes = further.map(({ memberId, count }) => ({ memberId, effectiveOn: resolution.on, basis: basisOf(resolution), sharesChange: count }));
	await enterInRegister(tx, note, at, changes);
	for (const { memberId, count, kind } of subscriptions) {
		const member = locked.get(memberId)?.number;
		note({ action: 'shares.subscribe', subject: `member ${member}`, after: { count, kind, resolution, nominalCents: terms.nominalCents } });
	}
	if (dues.some(({ dueOn }) => dueOn <= dayOf(at))) await settleClaims(tx, { by, at, memberIds, from: resolution.on });
	return made.map(({ id }) => id);
}

async function changesOf(tx: Tx, memberIds: readonly string[]): Promise<Map<string, { dues: Change[]; paid: Change[]; claims: Change[] }>> {
	const all = new Map(memberIds.map((id) => [id, { dues: [] as Change[], paid: [] as Change[], claims: [] as Change[] }]));
	const dues = await tx.select().from(shareDues).where(inArray(shareDues.memberId, [...memberIds]));
	for (const { memberId, dueOn, amountCents } of dues) all.get(memberId)?.dues.push({ day: dueOn, cents: amountCents });
	const posted = await tx
		.select({ memberId: postings.memberId, account: postings.account, day: journal.bookedOn, cents: postings.cents })
		.from(postings)
		.innerJoin(journal, eq(journal.number, postings.entry))
		.where(and(inArray(postings.memberId, [...memberIds]), inArray(postings.account, [accounts.memberBalances, accounts.shareClaims])));
	for (const { memberId, account, day, cents } of posted) {
		const changes = all.get(memberId ?? '');
		if (account === accounts.shareClaims) changes?.claims.push({ day, cents });
		else changes?.paid.push({ day, cents: -cents });
	}
	return all;
}

/**
 * Brings the claims in the books of locked members to what they should be on every day from `from` until today: due less paid (S-04).
 * Days that are closed are made good on the first open day.
 */
export async function settleClaims(
	tx: Tx,
	{ by, at, memberIds, from }: { by: Actor; at: Date; memberIds: readonly string[]; from: Day },
): Promise<number[]> {
	const until = dayOf(at);
	const byDay = new Map<Day, Posting[]>();
	const corrections = [...(await changesOf(tx, memberIds))].flatMap(([memberId, changes]) =>
		claimCorrections(changes, from, until).map((correction) => ({ memberId, ...correction })),
	);
	if (corrections.length === 0) return [];
	const [head] = await tx.select().from(journalHead).for('update');
	const firstOpen = addDays(head?.lockedThrough ?? '1900-01-01', 1);
	for (const { memberId, day, cents } of corrections) {
		const bookedOn = day < firstOpen ? firstOpen : day;
		const lines = byDay.get(bookedOn) ?? [];
		lines.push({ account: accounts.shareClaims, memberId, cents }, { account: accounts.shareClaimsContra, memberId, cents: -cents });
		byDay.set(bookedOn, lines);
	}
	const numbers: number[] = [];
	for (const bookedOn of [...byDay.keys()].sort()) {
		const entry = { bookedOn, kind: 'share-claim', text: 'Fällige Einzahlungen auf Geschäftsanteile', postings: byDay.get(bookedOn) ?? [] };
		numbers.push(await postEntry(tx, { by, at, entry }));
	}
	return numbers;
}

/**
 * Claims what has fallen due until today and is not paid, for all members at once: a daily job. Answers the entries posted.
 */
export function claimDues(db: Database, { by, at, key }: Command): Promise<{ entries: number[]; members: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const day = dayOf(at);
		const wrong = await tx.execute<{ member_id: string; from_day: Day }>(sql`
			with due as (select member_id, sum(amount_cents) as cents, min(due_on) as first from share_dues where due_on <= ${day} group by member_id),
			booked as (
				select p.member_id, -coalesce(sum(p.cents) filter (where p.account = ${accounts.memberBalances}), 0) as paid,
					coalesce(sum(p.cents) filter (where p.account = ${accounts.shareClaims}), 0) as claimed
				from postings p join journal j on j.number = p.entry
				where p.account in (${accounts.memberBalances}, ${accounts.shareClaims}) and j.booked_on <= ${day} group by p.member_id
			)
			select d.member_id, d.first as from_day from due d left join booked b using (member_id)
			where greatest(d.cents - coalesce(b.paid, 0), 0) <> coalesce(b.claimed, 0)`);
		if (wrong.length === 0) return { entries: [], members: 0 };
		const memberIds = wrong.map(({ member_id }) => member_id);
		await lockMembers(tx, memberIds);
		const from = wrong.map(({ from_day }) => from_day).sort()[0] ?? day;
		const entries = await settleClaims(tx, { by, at, memberIds, from });
		note({ action: 'shares.claim-dues', subject: `${memberIds.length} members`, after: { entries } });
		return { entries, members: memberIds.length };
	});
}

/** A member admitted, and whether a portal account was made (not if the e-mail address already has one). */
export interface AdmissionReply {
	memberId: string;
	number: number;
	applicationId: string;
	account: boolean;
}

async function welcome(
	tx: Tx,
	note: Note,
	{ at, member, cooperative, joinedOn, invite }: { at: Date; member: Admitted; cooperative: string; joinedOn: Day; invite: Invitation | null },
): Promise<boolean> {
	const { memberId, name, email, locale, number, shares } = member;
	const values = { name, cooperative, number, shares, joinedOn };
	await notify(tx, { at, to: email, template: 'admission', values, locale, withheld: invite === null });
	if (!invite) return false;
	try {
		// A savepoint of its own: an address that already has an account does not stop the admission.
		await tx.transaction(async (inner) => {
			const personId = await createPerson(inner, note, { at, email, name, locale, roles: ['member'], memberId });
			await sendInvitation(inner, { personId, at, ...invite });
		});
		return true;
	} catch (error) {
		if (error instanceof Refusal && error.code === 'accounts.email-taken') return false;
		throw error;
	}
}

/** What an invitation to the portal needs. */
export interface Invitation {
	keys: Keys;
	publicUrl: string;
}

/**
 * Admits applicants by one resolution (M-01): numbers, register, shares, what falls due, notice to each (M-05), and with `invite` an
 * account for the portal. All or nothing; of two boards at the same second one wins. Refuses what `admitMembers` and
 * `subscribeShares` refuse.
 */
export function admitApplications(
	db: Database,
	{ by, at, key, keys, applicationIds, resolution, invite = null }: Command & { keys: Keys; applicationIds: readonly string[]; resolution: Resolution; invite?: Invitation | null },
): Promise<AdmissionReply[]> {
	return write(db, { by, at, key }, async (tx, note) => {
		const admitted = await admitMembers(tx, note, { by, at, keys, applicationIds, resolution });
		const subscriptions = admitted.map(({ memberId, shares }) => ({ memberId, count: shares, kind: 'admission' as const }));
		await subscribeShares(tx, note, { by, at, resolution, subscriptions });
		const { name: cooperative } = await cooperativeOf(tx);
		const replies: AdmissionReply[] = [];
		for (const member of admitted) {
			const account = await welcome(tx, note, { at, member, cooperative, joinedOn: resolution.on, invite });
			replies.push({ memberId: member.memberId, number: member.number, applicationId: member.applicationId, account });
		}
		return replies;
	});
}

/**
 * Takes further shares on a declaration on paper (§ 15b GenG, M-10, M-12), admitted by a resolution.
 * Refuses invalid `members.resolution-day-wrong`, `members.resolution-in-future` and what `subscribeShares` refuses.
 */
export function takeFurtherShares(
	db: Database,
	{ by, at, key, memberId, count, resolution }: Command & { memberId: string; count: number; resolution: Resolution },
): Promise<{ movementId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkResolutionDay(resolution, at);
		const [movementId = ''] = await subscribeShares(tx, note, { by, at, resolution, subscriptions: [{ memberId, count, kind: 'further' }] });
		return { movementId };
	});
}

/**
 * Undoes further shares that were entered by mistake, from their own effective day on (never the admission itself).
 * Refuses missing `shares.movement-unknown`; conflict `shares.already-reversed`, `shares.not-reversible`, `shares.paid-in` {paidCents}
 * if more is paid than the remaining shares take.
 */
export function reverseFurtherShares(
	db: Database,
	{ by, at, key, movementId, reason }: Command & { movementId: string; reason: string },
): Promise<{ movementId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const [found] = await tx.select().from(shareMovements).where(eq(shareMovements.id, movementId));
		if (!found) throw new Refusal('missing', 'shares.movement-unknown');
		if (found.kind !== 'further') throw new Refusal('conflict', 'shares.not-reversible');
		const { memberId, count, nominalCents, effectiveOn } = found;
		const number = (await lockMembers(tx, [memberId])).get(memberId)?.number;
		const [earlier] = await tx.select({ id: shareMovements.id }).from(shareMovements).where(eq(shareMovements.reverses, movementId));
		if (earlier) throw new Refusal('conflict', 'shares.already-reversed');
		const holding = (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId) ?? none;
		if (holding.paidCents > holding.nominalCents - nominalCents) {
			throw new Refusal('conflict', 'shares.paid-in', { paidCents: holding.paidCents }, { rule: 'S-01' });
		}
		const [made] = await tx
			.insert(shareMovements)
			.values({
				...{ memberId, kind: 'reversal' as const, count: -count, nominalCents: -nominalCents, effectiveOn, recordedAt: at },
				...{ resolution: reason, reverses: movementId },
			})
			.returning({ id: shareMovements.id });
		const reversalId = made?.id ?? '';
		const dues = await tx.select().from(shareDues).where(eq(shareDues.movementId, movementId));
		if (dues.length > 0) {
			await tx.insert(shareDues).values(
				dues.map(({ dueOn, amountCents }) => ({ movementId: reversalId, memberId, dueOn, amountCents: -amountCents, recordedAt: at })),
			);
		}
		await enterInRegister(tx, note, at, [{ memberId, effectiveOn, basis: reason, sharesChange: -count }]);
		await settleClaims(tx, { by, at, memberIds: [memberId], from: effectiveOn });
		note({ action: 'shares.reverse', subject: `member ${number}`, before: { movementId, count }, after: { reason } });
		return { movementId: reversalId };
	});
}

/**
 * What locked members' shares can still take from a day on, whatever was recorded before or after (0 ≤ paid ≤ nominal on every day).
 */
export async function changesOfRoom(tx: Tx, memberIds: readonly string[]): Promise<Map<string, Change[]>> {
	const rooms = new Map<string, Change[]>(memberIds.map((id) => [id, []]));
	const nominal = await tx
		.select({ memberId: shareMovements.memberId, day: shareMovements.effectiveOn, cents: shareMovements.nominalCents })
		.from(shareMovements)
		.where(inArray(shareMovements.memberId, [...memberIds]));
	const paid = await tx
		.select({ memberId: postings.memberId, day: journal.bookedOn, cents: postings.cents })
		.from(postings)
		.innerJoin(journal, eq(journal.number, postings.entry))
		.where(and(inArray(postings.memberId, [...memberIds]), eq(postings.account, accounts.memberBalances), lte(journal.bookedOn, always)));
	for (const { memberId, day, cents } of [...nominal, ...paid]) rooms.get(memberId ?? '')?.push({ day, cents });
	return rooms;
}
