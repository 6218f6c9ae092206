// Subscribing in a round otherwise than in the portal: on paper that the board enters, or with a declaration to join.
import { eq } from 'drizzle-orm';
import { type Command, type Note, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { type ClauseId, type Declaration, declarationOf } from '../../../members/rules.ts';
import { members } from '../../../members/tables.ts';
import { statuteOn } from '../../../statute/service.ts';
import { dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { arrivalOf, checkSubscription, phaseOf, refuseSettled } from '../../rules/rounds.ts';
import { roundSubscriptions } from '../../tables.ts';
import { readPaper, type SignedPaper } from '../paper.ts';
import { heldRound, putSubscription, tellSubscriber } from './subscribe.ts';

/**
 * Enters a subscription a member signed on paper, for a round that was open when the paper arrived and is not decided: it counts from the
 * end of the day it arrived. The member is told. Refuses missing `shares.round-unknown`, `members.unknown`; conflict `shares.round-not-open`,
 * `shares.round-decided`, `shares.round-cancelled`, `shares.not-a-member`; invalid `shares.signed-day-wrong`, `members.paper-day-wrong`,
 * `shares.round-below-floor` {min}, `shares.round-above-cap` {max}, `shares.limit-exceeded` {max, held, more}.
 */
export function enterSubscription(
	db: Database,
	{
		by,
		at,
		key,
		roundId,
		memberNumber,
		paper,
	}: Command & { roundId: string; memberNumber: number; paper: SignedPaper },
): Promise<{ subscriptionId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const round = await heldRound(tx, roundId);
		refuseSettled(phaseOf(round, at));
		const [found] = await tx.select({ id: members.id }).from(members).where(eq(members.number, memberNumber));
		if (!found) throw new Refusal('missing', 'members.unknown', {}, { field: 'memberNumber' });
		const { id: memberId } = found;
		const { count, signedOn, receivedOn } = paper;
		const { number, held, terms, version, declaration } = await readPaper(tx, { at, memberId, paper });
		const arrived = arrivalOf(receivedOn, round, at);
		checkSubscription({ ...round, phase: phaseOf(round, arrived) }, { count, held, maxShares: terms.maxShares });
		const { subscriptionId, before } = await putSubscription(tx, {
			at: arrived,
			roundId,
			memberId,
			count,
			declaration,
			version,
		});
		await tx
			.update(roundSubscriptions)
			.set({ paperReceivedOn: receivedOn, recordedBy: by.personId })
			.where(eq(roundSubscriptions.id, subscriptionId));
		await tellSubscriber(tx, { at, round, memberId, count, declaration, entered: true });
		note({
			...{ action: 'shares.enter-subscription', subject: `member ${number}` },
			...{ before, after: { roundId, count, signedOn, receivedOn } },
		});
		return { subscriptionId };
	});
}

/** What a joiner subscribes; `declared`: that the further shares are taken unconditionally (M-04). */
export interface ApplicantsSubscription {
	roundId: string;
	count: number;
	declared: boolean;
}

/**
 * What a joiner declares about further shares beside the declaration to join, in a round that is shown publicly; the sheet that is signed
 * holds both, each by itself (M-04). Refuses missing `shares.round-unknown`; conflict `shares.round-not-open`; invalid
 * `shares.round-below-floor`, `shares.round-above-cap`, `shares.limit-exceeded`, `members.clause-missing`.
 */
export async function declareFurther(
	tx: Tx,
	{
		at,
		sharesWanted,
		clauses,
		round: { roundId, count, declared },
	}: { at: Date; sharesWanted: number; clauses: readonly ClauseId[]; round: ApplicantsSubscription },
): Promise<NonNullable<Declaration['further']>> {
	const round = await heldRound(tx, roundId);
	if (!round.announced) throw new Refusal('missing', 'shares.round-unknown');
	const { terms } = await statuteOn(tx, dayOf(at));
	checkSubscription({ ...round, phase: phaseOf(round, at) }, { count, held: sharesWanted, maxShares: terms.maxShares });
	// The clauses of the declaration to join hold for the further shares too, but that these are taken is declared apart.
	const declaredToo = clauses.filter((id) => id !== 'unconditional');
	const accepted = declared ? [...declaredToo, 'unconditional' as const] : declaredToo;
	return { round: round.title, count, clauses: declarationOf(terms, accepted, at, true).clauses };
}

/**
 * Puts a joiner's subscription down. The declaration to join stands alone (M-04): whether anything is allotted does not change it. Where the
 * statute wants signatures, the one sheet covers both.
 */
export async function subscribeApplicant(
	tx: Tx,
	note: Note,
	{
		at,
		applicationId,
		roundId,
		further: { count, clauses },
		statuteVersion,
	}: {
		at: Date;
		applicationId: string;
		roundId: string;
		further: NonNullable<Declaration['further']>;
		statuteVersion: number;
	},
): Promise<void> {
	await tx.insert(roundSubscriptions).values({
		...{ roundId, applicationId, count, declaration: { declaredAt: at.toISOString(), clauses }, statuteVersion },
		...{ subscribedAt: at, changedAt: at },
	});
	note({
		action: 'shares.subscribe-to-round',
		subject: `application ${applicationId}`,
		after: { roundId, count },
	});
}
