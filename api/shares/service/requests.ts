// Members ask for further shares in the portal; the board admits, rejects, or the member takes the wish back.
import { asc, desc, eq, inArray } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { type Clause, type ClauseId, declarationOf, requiredClauses } from '../../members/rules.ts';
import { basisOf, checkAfterDeclaration, checkResolutionDay, type Resolution } from '../../members/service/admit.ts';
import { checkPaperDay } from '../../members/rules/admission.ts';
import { recipientsOf } from '../../members/service/contact.ts';
import { ownMemberId } from '../../members/service/files.ts';
import { members } from '../../members/tables.ts';
import { notify } from '../../notices/service.ts';
import { cooperativeOf, statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import { type Day, dayOf } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { canRequest, checkFurther, type Holding, type RequestState, unpaidBeforeFurther } from '../rules.ts';
import { shareRequests } from '../tables.ts';
import { always, holdingsOn, lockMembers } from './holdings.ts';
import { subscribeShares } from './subscribe.ts';

const none: Holding = { shares: 0, nominalCents: 0, dueCents: 0, paidCents: 0 };

/** What a member may take and must declare for it. */
export interface FurtherTerms {
	statuteVersion: number;
	nominalCents: number;
	heldShares: number;
	/** how many more the statute allows */
	mostFurther: number;
	/** to be paid before anything further is admitted (M-12); 0: nothing in the way */
	unpaidCents: number;
	clauses: Clause[];
	/** the statute wants the declaration signed on paper */
	signature: boolean;
	/** the member's wish that waits for the board */
	openRequest: { id: string; count: number; declaredAt: string } | null;
	/** earlier wishes and what became of them, the latest first */
	decided: OwnRequest[];
}

/** A member's own declaration that is settled: admitted or rejected by a resolution, or taken back. */
export interface OwnRequest {
	id: string;
	count: number;
	state: RequestState;
	declaredAt: string;
	decidedAt: string;
	/** the board's resolution and its day; null if the member took the wish back */
	resolution: string | null;
}

/** What the acting member must declare today to take further shares. Refuses missing `members.no-membership`. */
export function readFurtherTerms(db: Database, { by, day }: { by: Actor; day: Day }): Promise<FurtherTerms> {
	return transact(db, by, async (tx) => {
		const memberId = ownMemberId(by);
		const { version, terms } = await statuteOn(tx, day);
		const holding = (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId) ?? none;
		const own = await tx
			.select()
			.from(shareRequests)
			.where(eq(shareRequests.memberId, memberId))
			.orderBy(desc(shareRequests.declaredAt))
			.limit(50);
		const open = own.find(({ state }) => state === 'declared');
		return {
			statuteVersion: version,
			nominalCents: terms.nominalCents,
			heldShares: holding.shares,
			mostFurther: Math.max(0, terms.maxShares - holding.shares),
			unpaidCents: unpaidBeforeFurther(holding),
			clauses: requiredClauses(terms, true),
			signature: terms.joiningForm === 'written',
			openRequest: open ? { id: open.id, count: open.count, declaredAt: open.declaredAt.toISOString() } : null,
			decided: own.flatMap(({ id, count, state, declaredAt, decidedAt, resolution }) =>
				decidedAt === null
					? []
					: [
							{
								...{ id, count, state, declaredAt: declaredAt.toISOString() },
								...{ decidedAt: decidedAt.toISOString(), resolution },
							},
						],
			),
		};
	});
}

/**
 * Takes the acting member's declaration to take further shares (M-10). Effective only when the board admits it.
 * Refuses missing `members.no-membership`; conflict `members.statute-changed`, `shares.request-open`, `shares.not-a-member`,
 * `shares.earlier-unpaid` (M-12); invalid `members.clause-missing`, `shares.limit-exceeded`, `shares.count-wrong`.
 */
export function requestShares(
	db: Database,
	{
		by,
		at,
		key,
		count,
		clauses,
		statuteVersion,
	}: Command & { count: number; clauses: readonly ClauseId[]; statuteVersion: number },
): Promise<{ requestId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const memberId = ownMemberId(by);
		const member = (await lockMembers(tx, [memberId])).get(memberId);
		if (member?.leftOn) throw new Refusal('conflict', 'shares.not-a-member', {}, { rule: 'M-10' });
		const { version, terms } = await statuteOn(tx, dayOf(at));
		if (version !== statuteVersion)
			throw new Refusal('conflict', 'members.statute-changed', { version }, { rule: 'M-02' });
		checkFurther(terms, (await holdingsOn(tx, { day: always, memberIds: [memberId] })).get(memberId) ?? none, count);
		const declaration = declarationOf(terms, clauses, at, true);
		const [made] = await tx
			.insert(shareRequests)
			.values({ memberId, count, declaration, statuteVersion: version, declaredAt: at })
			.onConflictDoNothing()
			.returning({ id: shareRequests.id });
		if (!made) throw new Refusal('conflict', 'shares.request-open');
		note({ action: 'shares.request', subject: `member ${member?.number}`, after: { count, statuteVersion: version } });
		return { requestId: made.id };
	});
}

async function openRequest(tx: Tx, requestId: string, verb: 'admit' | 'reject' | 'withdraw') {
	const [owner] = await tx
		.select({ memberId: shareRequests.memberId })
		.from(shareRequests)
		.where(eq(shareRequests.id, requestId));
	if (!owner) throw new Refusal('missing', 'shares.request-unknown');
	// The member first, as everywhere: two who work on the same member wait for each other in one order.
	await lockMembers(tx, [owner.memberId]);
	const [found] = await tx.select().from(shareRequests).where(eq(shareRequests.id, requestId)).for('update');
	if (!found) throw new Refusal('missing', 'shares.request-unknown');
	if (!canRequest(verb, found.state)) throw new Refusal('conflict', 'shares.request-decided');
	return found;
}

/** Takes the acting member's own open wish back. Refuses missing `shares.request-unknown`; conflict `shares.request-decided`. */
export function withdrawShareRequest(
	db: Database,
	{ by, at, key, requestId }: Command & { requestId: string },
): Promise<{ requestId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { memberId } = await openRequest(tx, requestId, 'withdraw');
		if (memberId !== ownMemberId(by)) throw new Refusal('missing', 'shares.request-unknown');
		await tx
			.update(shareRequests)
			.set({ state: 'withdrawn', decidedAt: at, decidedBy: by.personId })
			.where(eq(shareRequests.id, requestId));
		note({ action: 'shares.withdraw-request', subject: `share request ${requestId}` });
		return { requestId };
	});
}

/**
 * Admits a declaration for further shares by a resolution; the shares are effective on its day, and the member is told without delay
 * (§§ 15b(3), 15(2) GenG).
 * Refuses missing `shares.request-unknown`; conflict `shares.request-decided`, `shares.paper-missing`; invalid `members.resolution-day-wrong`,
 * `members.resolution-in-future`, `members.resolution-before-declaration`; and what `subscribeShares` refuses.
 */
export function admitShareRequest(
	db: Database,
	{ by, at, key, requestId, resolution }: Command & { requestId: string; resolution: Resolution },
): Promise<{ movementId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkResolutionDay(resolution, at);
		const { memberId, count, declaredAt, paperReceivedOn } = await openRequest(tx, requestId, 'admit');
		checkAfterDeclaration(resolution, declaredAt);
		const { terms } = await statuteOn(tx, resolution.on);
		if (terms.joiningForm === 'written' && paperReceivedOn === null)
			throw new Refusal('conflict', 'shares.paper-missing', {}, { rule: 'M-10' });
		const [movementId = ''] = await subscribeShares(tx, note, {
			...{ by, at, resolution },
			subscriptions: [{ memberId, count, kind: 'further', requestId }],
		});
		const decision = {
			state: 'admitted' as const,
			decidedAt: at,
			decidedBy: by.personId,
			resolution: basisOf(resolution),
		};
		await tx.update(shareRequests).set(decision).where(eq(shareRequests.id, requestId));
		await tell(tx, { at, memberId, template: 'further-shares', about: { count, on: resolution.on } });
		return { movementId };
	});
}

/**
 * Records that the signed paper has arrived, where the statute wants declarations in writing (§ 15b(1) GenG, M-10).
 * Refuses missing `shares.request-unknown`; conflict `shares.request-decided`; invalid `members.paper-day-wrong`.
 */
export function recordRequestPaper(
	db: Database,
	{ by, at, key, requestId, receivedOn }: Command & { requestId: string; receivedOn: Day },
): Promise<{ requestId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { declaredAt } = await openRequest(tx, requestId, 'admit');
		checkPaperDay(receivedOn, { at, declaredAt });
		await tx.update(shareRequests).set({ paperReceivedOn: receivedOn }).where(eq(shareRequests.id, requestId));
		note({ action: 'shares.record-paper', subject: `share request ${requestId}`, after: { receivedOn } });
		return { requestId };
	});
}

async function tell(
	tx: Tx,
	{
		at,
		memberId,
		template,
		about,
	}: {
		at: Date;
		memberId: string;
		template: 'further-shares' | 'further-shares-rejected';
		about: { count: number; on: Day };
	},
): Promise<void> {
	const to = (await recipientsOf(tx, [memberId])).get(memberId);
	if (!to) return;
	const { name: cooperative } = await cooperativeOf(tx);
	const values = { name: to.name, cooperative, ...about };
	await notify(tx, { at, to: to.email, template, values, locale: to.locale });
}

/**
 * Rejects a declaration for further shares and tells the member. Refuses missing `shares.request-unknown`; conflict `shares.request-decided`;
 * invalid `members.resolution-day-wrong`, `members.resolution-in-future`, `members.resolution-before-declaration`.
 */
export function rejectShareRequest(
	db: Database,
	{ by, at, key, requestId, resolution }: Command & { requestId: string; resolution: Resolution },
): Promise<{ requestId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		checkResolutionDay(resolution, at);
		const { memberId, count, declaredAt } = await openRequest(tx, requestId, 'reject');
		checkAfterDeclaration(resolution, declaredAt);
		const decision = {
			state: 'rejected' as const,
			decidedAt: at,
			decidedBy: by.personId,
			resolution: basisOf(resolution),
		};
		await tx.update(shareRequests).set(decision).where(eq(shareRequests.id, requestId));
		await tell(tx, { at, memberId, template: 'further-shares-rejected', about: { count, on: resolution.on } });
		note({ action: 'shares.reject-request', subject: `share request ${requestId}`, after: { resolution } });
		return { requestId };
	});
}

/** A declaration for further shares as the board sees it. */
export interface ShareRequestView {
	id: string;
	memberId: string;
	number: number;
	name: string;
	count: number;
	state: RequestState;
	can: { admit: boolean; reject: boolean };
	declaredAt: string;
	decidedAt: string | null;
	resolution: string | null;
	heldShares: number;
	/** what stands in the way of admission (M-12) */
	unpaidCents: number;
	/** the signed paper the statute wants has not arrived */
	paperMissing: boolean;
}

/** Declarations for further shares in a state, those that wait oldest first. */
export function listShareRequests(
	db: Database,
	{ by, day, state = 'declared' }: { by: Actor; day: Day; state?: RequestState },
): Promise<ShareRequestView[]> {
	return transact(db, by, async (tx) => {
		const written = (await statuteOn(tx, day)).terms.joiningForm === 'written';
		const rows = await tx
			.select({ request: shareRequests, number: members.number, name: members.sortName })
			.from(shareRequests)
			.innerJoin(members, eq(members.id, shareRequests.memberId))
			.where(inArray(shareRequests.state, [state]))
			.orderBy(state === 'declared' ? asc(shareRequests.declaredAt) : desc(shareRequests.decidedAt))
			.limit(200);
		const holdings = await holdingsOn(tx, { day: always, memberIds: rows.map(({ request }) => request.memberId) });
		return rows.map(({ request, number, name }) => {
			const holding = holdings.get(request.memberId) ?? none;
			return {
				...{ id: request.id, memberId: request.memberId, number, name, count: request.count, state: request.state },
				can: { admit: canRequest('admit', request.state), reject: canRequest('reject', request.state) },
				declaredAt: request.declaredAt.toISOString(),
				decidedAt: request.decidedAt?.toISOString() ?? null,
				resolution: request.resolution,
				heldShares: holding.shares,
				unpaidCents: unpaidBeforeFurther(holding),
				paperMissing: written && request.paperReceivedOn === null && request.state === 'declared',
			};
		});
	});
}
