// The admission desk in full: applicants become members with number, register entry, shares, notice and portal account.
import { eq, sql } from 'drizzle-orm';
import { createPerson, sendInvitation } from '../../accounts/service/people.ts';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { type Admitted, admitMembers, type Resolution } from '../../members/service/admit.ts';
import { applications } from '../../members/tables.ts';
import { notify } from '../../notices/service.ts';
import { cooperativeOf, statuteOn } from '../../statute/service.ts';
import type { Actor } from '../../values/actor.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { roundSubscriptions } from '../tables.ts';
import { claimEntryFees } from './fees.ts';
import { subscribeShares } from './subscribe.ts';

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
	{
		at,
		member,
		cooperative,
		joinedOn,
		invite,
	}: { at: Date; member: Admitted; cooperative: string; joinedOn: Day; invite: Invitation | null },
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
 * Enrols applicants by one resolution inside a transaction: numbers, register, shares with those allotted in a round, what falls due, the
 * entry fee (S-05), notice to each (M-05), accounts for the portal. What they subscribed in open rounds is theirs as members from now on.
 */
export async function enrol(
	tx: Tx,
	note: Note,
	{
		by,
		at,
		keys,
		applicationIds,
		resolution,
		moreShares,
		invite,
	}: {
		by: Actor;
		at: Date;
		keys: Keys;
		applicationIds: readonly string[];
		resolution: Resolution;
		moreShares?: ReadonlyMap<string, number>;
		invite: Invitation | null;
	},
): Promise<AdmissionReply[]> {
	const admitted = await admitMembers(tx, note, {
		...{ by, at, keys, applicationIds, resolution },
		...(moreShares ? { moreShares } : {}),
	});
	const subscriptions = admitted.map(({ memberId, shares }) => ({
		memberId,
		count: shares,
		kind: 'admission' as const,
	}));
	for (const { memberId, applicationId } of admitted) {
		// Where the statute wants signatures, the sheet that was signed to join covers the subscription too.
		const paperReceivedOn = sql`(select paper_received_on from ${applications} where id = ${applicationId})`;
		await tx
			.update(roundSubscriptions)
			.set({ memberId, paperReceivedOn })
			.where(eq(roundSubscriptions.applicationId, applicationId));
	}
	const { name: cooperative } = await cooperativeOf(tx);
	const replies: AdmissionReply[] = [];
	for (const member of admitted) {
		const account = await welcome(tx, note, { at, member, cooperative, joinedOn: resolution.on, invite });
		replies.push({ memberId: member.memberId, number: member.number, applicationId: member.applicationId, account });
	}
	const memberIds = admitted.map(({ memberId }) => memberId);
	const { terms } = await statuteOn(tx, resolution.on);
	await subscribeShares(tx, note, { by, at, resolution, subscriptions });
	await claimEntryFees(tx, { by, at, on: resolution.on, memberIds, feeCents: terms.entryFeeCents });
	return replies;
}

/**
 * Admits applicants by one resolution (M-01); with `invite` they get an account for the portal. All or nothing; of two boards at the same
 * second one wins. Refuses what `admitMembers` and `subscribeShares` refuse.
 */
export function admitApplications(
	db: Database,
	{
		by,
		at,
		key,
		keys,
		applicationIds,
		resolution,
		invite = null,
	}: Command & { keys: Keys; applicationIds: readonly string[]; resolution: Resolution; invite?: Invitation | null },
): Promise<AdmissionReply[]> {
	return write(db, { by, at, key }, (tx, note) =>
		enrol(tx, note, { by, at, keys, applicationIds, resolution, invite }),
	);
}
