// Whose account acts for a membership when it is not the member's own: given to a representative, taken back, closed on a death.
import { eq, sql } from 'drizzle-orm';
import type { Note } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Tx } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { emailKey } from '../rules.ts';
import { persons } from '../tables.ts';
import { endSessions } from './lifecycle.ts';
import { createPerson, sendInvitation, setMembership } from './people.ts';
import { personOf } from './person.ts';

/** The account that acts for a membership, if there is one: its id. */
export async function accountOf(tx: Tx, memberId: string): Promise<string | null> {
	const [found] = await tx.select({ id: persons.id }).from(persons).where(eq(persons.memberId, memberId));
	return found?.id ?? null;
}

/**
 * Lets the person with an address act for a membership, within the caller's write: an account without a membership gets this one, an
 * address nobody has is invited by mail. Answers the account's id. Refuses conflict `accounts.acts-for-another` where the address
 * belongs to an account that is closed or acts for somebody else; and what `createPerson` refuses.
 */
export async function letActFor(
	tx: Tx,
	note: Note,
	{
		at,
		keys,
		publicUrl,
		memberId,
		name,
		email,
	}: { at: Date; keys: Keys; publicUrl: string; memberId: string; name: string; email: string },
): Promise<string> {
	const [found] = await tx
		.select()
		.from(persons)
		.where(eq(sql`lower(${persons.email})`, emailKey(email)))
		.for('update');
	if (!found) {
		const personId = await createPerson(tx, note, { at, email, name, locale: 'de', roles: ['member'], memberId });
		await sendInvitation(tx, { personId, at, keys, publicUrl });
		return personId;
	}
	if (found.disabledAt !== null || (found.memberId !== null && found.memberId !== memberId))
		throw new Refusal('conflict', 'accounts.acts-for-another', {}, { field: 'email' });
	await setMembership(tx, note, { personId: found.id, memberId });
	return found.id;
}

/** Ends that an account acts for a membership, within the caller's write: its sessions end, staff roles stay. */
export async function endActing(tx: Tx, note: Note, { at, personId }: { at: Date; personId: string }): Promise<void> {
	await setMembership(tx, note, { personId, memberId: null });
	await endSessions(tx, { personId, at, reason: 'roles-changed' });
}

/**
 * Closes the account of somebody who has died, within the caller's write: it acts for nobody and signs in no more. Answers its id, null
 * if there was none. Refuses forbidden `accounts.own-roles` if it is the acting person's own.
 */
export async function closeAccountOf(
	tx: Tx,
	note: Note,
	{ by, at, memberId }: { by: Actor; at: Date; memberId: string },
): Promise<string | null> {
	const personId = await accountOf(tx, memberId);
	if (personId === null) return null;
	if (personId === by.personId) throw new Refusal('forbidden', 'accounts.own-roles');
	await endActing(tx, note, { at, personId });
	await tx.update(persons).set({ disabledAt: at }).where(eq(persons.id, personId));
	note({ action: 'accounts.disablePerson', subject: `person ${personId}`, after: { disabled: true } });
	return personId;
}

/** Opens an account again that `closeAccountOf` closed by mistake, within the caller's write. An erased account stays away. */
export async function reopenAccount(
	tx: Tx,
	note: Note,
	{ personId, memberId }: { personId: string; memberId: string },
): Promise<void> {
	if (!(await personOf(tx, personId))) return;
	await tx.update(persons).set({ disabledAt: null }).where(eq(persons.id, personId));
	await setMembership(tx, note, { personId, memberId });
	note({ action: 'accounts.disablePerson', subject: `person ${personId}`, after: { disabled: false } });
}
