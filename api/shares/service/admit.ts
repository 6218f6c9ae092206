// The admission desk in full: applicants become members with number, register entry, shares, notice and portal account.
import { createPerson, sendInvitation } from '../../accounts/service/people.ts';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { type Admitted, admitMembers, type Resolution } from '../../members/service/admit.ts';
import { notify } from '../../notices/service.ts';
import { cooperativeOf } from '../../statute/service.ts';
import type { Day } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
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
 * Admits applicants by one resolution (M-01): numbers, register, shares, what falls due, notice to each (M-05), and with `invite` an
 * account for the portal. All or nothing; of two boards at the same second one wins. Refuses what `admitMembers` and
 * `subscribeShares` refuse.
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
	return write(db, { by, at, key }, async (tx, note) => {
		const admitted = await admitMembers(tx, note, { by, at, keys, applicationIds, resolution });
		const subscriptions = admitted.map(({ memberId, shares }) => ({
			memberId,
			count: shares,
			kind: 'admission' as const,
		}));
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
