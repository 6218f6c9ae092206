// Setting a round and calling it off.
import { eq } from 'drizzle-orm';
import { type Command, write } from '../../../audit/service.ts';
import type { Database, Tx } from '../../../database/connect.ts';
import { checkPaperDay } from '../../../members/rules/admission.ts';
import { recipientsOf, recipientsWanting } from '../../../members/service/contact.ts';
import { applications } from '../../../members/tables.ts';
import { notify, notifyMany } from '../../../notices/service.ts';
import { cooperativeOf, statuteOn } from '../../../statute/service.ts';
import { clockOf, type Day, dayOf } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { type AllotmentRule, checkRound, phaseOf, type RoundTerms, refuseSettled } from '../../rules/rounds.ts';
import { roundSubscriptions, subscriptionRounds } from '../../tables.ts';
import { subscriptionsOf } from './standing.ts';

/** A round as the board sets it. */
export interface RoundInput extends RoundTerms {
	title: string;
	/** what the money is for */
	purpose: string;
	rule: AllotmentRule;
	/** shown publicly, where joiners may subscribe with their application */
	announced: boolean;
}

/**
 * Sets a subscription round (Zeichnungsrunde); if it is shown publicly, members who want to hear of rounds are told. Refuses invalid `shares.round-window-wrong`, `shares.round-volume-wrong` {max},
 * `shares.round-bounds-wrong` {max}.
 */
export function setRound(
	db: Database,
	{ by, at, key, round }: Command & { round: RoundInput },
): Promise<{ roundId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { terms } = await statuteOn(tx, dayOf(at));
		checkRound(round, { ...terms, at });
		const [made] = await tx
			.insert(subscriptionRounds)
			.values({ ...round, createdAt: at, createdBy: by.personId })
			.returning({ id: subscriptionRounds.id });
		const roundId = made?.id ?? '';
		if (round.announced) await announce(tx, at, round);
		note({ action: 'shares.set-round', subject: `round ${roundId}`, after: round });
		return { roundId };
	});
}

/** Tells every member who wants to hear of rounds about one that is shown publicly. */
export async function announce(tx: Tx, at: Date, { title, purpose, opensAt, closesAt }: RoundInput): Promise<void> {
	const { name: cooperative } = await cooperativeOf(tx);
	const values = {
		...{ cooperative, round: title, purpose, opensOn: dayOf(opensAt), opensClock: clockOf(opensAt) },
		...{ closesOn: dayOf(closesAt), closesClock: clockOf(closesAt) },
	};
	await notifyMany(tx, { at, template: 'round-announced', values }, await recipientsWanting(tx, 'round-news'));
}

/** A round locked for the board. Refuses missing `shares.round-unknown`. */
export async function lockedRound(tx: Tx, roundId: string): Promise<typeof subscriptionRounds.$inferSelect> {
	const [round] = await tx.select().from(subscriptionRounds).where(eq(subscriptionRounds.id, roundId)).for('update');
	if (!round) throw new Refusal('missing', 'shares.round-unknown');
	return round;
}

/** Who subscribed, to be written to: members by their file, joiners by their application. */
export async function subscribersOf(
	tx: Tx,
	roundId: string,
): Promise<{ subscriptionId: string; email: string; name: string; locale: 'de' | 'en' }[]> {
	const subscriptions = await subscriptionsOf(tx, roundId);
	const members = await recipientsOf(
		tx,
		subscriptions.flatMap(({ memberId }) => memberId ?? []),
	);
	const found = [];
	for (const { id, memberId, applicationId } of subscriptions) {
		const to = memberId === null ? await applicantOf(tx, applicationId ?? '') : members.get(memberId);
		if (to) found.push({ subscriptionId: id, ...to });
	}
	return found;
}

async function applicantOf(tx: Tx, applicationId: string) {
	const [row] = await tx.select().from(applications).where(eq(applications.id, applicationId));
	if (row?.state !== 'declared') return undefined;
	const { name, email, locale } = row.applicant;
	return { email, locale, name: 'organisation' in name ? name.organisation : `${name.givenNames} ${name.familyName}` };
}

/**
 * Calls a round off before it is decided; everybody who subscribed is told why. Refuses missing `shares.round-unknown`;
 * conflict `shares.round-decided`, `shares.round-cancelled`.
 */
export function cancelRound(
	db: Database,
	{ by, at, key, roundId, reason }: Command & { roundId: string; reason: string },
): Promise<{ roundId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const round = await lockedRound(tx, roundId);
		refuseSettled(phaseOf(round, at));
		const change = { state: 'cancelled' as const, decidedAt: at, decidedBy: by.personId, resolution: reason };
		await tx.update(subscriptionRounds).set(change).where(eq(subscriptionRounds.id, roundId));
		for (const { email, name, locale } of await subscribersOf(tx, roundId)) {
			const values = { name, round: round.title, reason };
			await notify(tx, { at, to: email, template: 'round-cancelled', values, locale });
		}
		note({ action: 'shares.cancel-round', subject: `round ${roundId}`, after: { reason } });
		return { roundId };
	});
}

/**
 * Records that the signed paper for a subscription has arrived, where the statute wants it in writing (§ 15b(1) GenG, M-10); a later change
 * of the subscription needs a new one. Refuses missing `shares.round-unknown`, `shares.subscription-unknown`; conflict `shares.round-decided`,
 * `shares.round-cancelled`; invalid `members.paper-day-wrong`.
 */
export function recordSubscriptionPaper(
	db: Database,
	{
		by,
		at,
		key,
		roundId,
		subscriptionId,
		receivedOn,
	}: Command & { roundId: string; subscriptionId: string; receivedOn: Day },
): Promise<{ subscriptionId: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		refuseSettled(phaseOf(await lockedRound(tx, roundId), at));
		const found = (await subscriptionsOf(tx, roundId)).find(({ id }) => id === subscriptionId);
		if (!found) throw new Refusal('missing', 'shares.subscription-unknown');
		checkPaperDay(receivedOn, { at, declaredAt: found.changedAt });
		await tx
			.update(roundSubscriptions)
			.set({ paperReceivedOn: receivedOn })
			.where(eq(roundSubscriptions.id, subscriptionId));
		note({ action: 'shares.record-paper', subject: `subscription ${subscriptionId}`, after: { receivedOn } });
		return { subscriptionId };
	});
}
