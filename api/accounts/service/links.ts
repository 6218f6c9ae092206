// Links sent by mail: made, sealed into a mail, spent once.
import { and, eq, gt, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { notify } from '../../notices/service.ts';
import { systemActor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { emailKey, isEmail, linkMinutes, minutesAfter } from '../rules.ts';
import { accountLinks, formerEmails, persons } from '../tables.ts';
import { ownPerson, type Person, refuseTakenEmail, requireRecentProof } from './person.ts';
import { newToken, tokenHash } from './secrets.ts';

/** What a link is for; the portal's page for it and the mail that carries it. */
const purposes = {
	invitation: { path: '/passwort', template: 'invitation' },
	reset: { path: '/passwort', template: 'password-reset' },
	email: { path: '/e-mail-bestaetigen', template: 'email-confirmation' },
} as const;
export type LinkPurpose = keyof typeof purposes;

/** Who a link goes to; `id` null stands for an address nobody has: the same rows are written, nothing is sent. */
type Addressee = Pick<Person, 'email' | 'name' | 'locale'> & { id: string | null };

/**
 * Makes a link and puts its mail into the outbox. Earlier links of the same purpose are void.
 * The token stands behind '#', so that no server ever logs it. `email` is the address proved, if it is not the account's own.
 */
export async function sendLink(
	tx: Tx,
	{
		person,
		purpose,
		at,
		keys,
		publicUrl,
		email = person.email,
	}: { person: Addressee; purpose: LinkPurpose; at: Date; keys: Keys; publicUrl: string; email?: string },
): Promise<void> {
	const { path, template } = purposes[purpose];
	const token = newToken();
	await tx
		.update(accountLinks)
		.set({ usedAt: at })
		.where(
			and(
				sql`${accountLinks.personId} is not distinct from ${person.id}`,
				eq(accountLinks.purpose, purpose),
				isNull(accountLinks.usedAt),
			),
		);
	await tx.insert(accountLinks).values({
		hash: tokenHash(token),
		personId: person.id,
		purpose,
		email: person.id === null ? '' : email,
		createdAt: at,
		expiresAt: minutesAfter(at, linkMinutes),
	});
	await notify(tx, {
		at,
		to: email,
		template,
		values: { name: person.name },
		locale: person.locale,
		link: { keys, url: `${publicUrl}${path}#token=${token}` },
		withheld: person.id === null,
	});
}

/** Spends a link and answers whom it belongs to. Refuses: accounts.link-void (conflict) if it is unknown, spent or too old. */
export async function spendLink(
	tx: Tx,
	{ token, purposes: wanted, at }: { token: string; purposes: readonly LinkPurpose[]; at: Date },
): Promise<{ personId: string; email: string }> {
	const [link] = await tx
		.update(accountLinks)
		.set({ usedAt: at })
		.where(
			and(
				eq(accountLinks.hash, tokenHash(token)),
				inArray(accountLinks.purpose, [...wanted]),
				isNotNull(accountLinks.personId),
				isNull(accountLinks.usedAt),
				gt(accountLinks.expiresAt, at),
			),
		)
		.returning({ personId: accountLinks.personId, email: accountLinks.email });
	if (!link?.personId) throw new Refusal('conflict', 'accounts.link-void');
	return { personId: link.personId, email: link.email };
}

/**
 * Sends a link that proves an address: the account's own, or a new one, which then takes its place.
 * Refuses: accounts.email-unusable (invalid), accounts.proof-needed (forbidden) for a new address.
 */
export function requestEmailConfirmation(
	db: Database,
	{ by, at, key, keys, publicUrl, email }: Command & { keys: Keys; publicUrl: string; email?: string | undefined },
): Promise<void> {
	return write(db, { by, at, key }, async (tx, note) => {
		const person = await ownPerson(tx, by);
		const address = (email ?? person.email).normalize('NFC').trim();
		if (!isEmail(address)) throw new Refusal('invalid', 'accounts.email-unusable', {}, { field: 'email' });
		if (emailKey(address) !== emailKey(person.email)) await requireRecentProof(tx, { by, at });
		await sendLink(tx, { person, purpose: 'email', at, keys, publicUrl, email: address });
		note({ action: 'accounts.requestEmailConfirmation', subject: `person ${person.id}` });
	});
}

/** Confirms an address by the link sent to it. Refuses: accounts.link-void (conflict), accounts.email-taken (conflict). */
export function confirmEmail(db: Database, { at, token }: { at: Date; token: string }): Promise<void> {
	return write(db, { by: systemActor('accounts.confirm-email'), at }, async (tx, note) => {
		const { personId, email } = await spendLink(tx, { token, purposes: ['email'], at });
		const [person] = await tx.select().from(persons).where(eq(persons.id, personId)).for('update');
		if (!person || person.disabledAt) throw new Refusal('conflict', 'accounts.link-void');
		await tx
			.update(persons)
			.set({ email, emailConfirmedAt: at })
			.where(eq(persons.id, personId))
			.catch(refuseTakenEmail);
		if (emailKey(email) !== emailKey(person.email)) {
			if (person.memberId !== null)
				await tx.insert(formerEmails).values({ memberId: person.memberId, email: person.email, untilAt: at });
			await notify(tx, {
				at,
				to: person.email,
				template: 'email-changed',
				values: { name: person.name },
				locale: person.locale === 'en' ? 'en' : 'de',
			});
		}
		note({
			action: 'accounts.confirmEmail',
			subject: `person ${personId}`,
			before: { changed: false },
			after: { changed: email !== person.email },
		});
	});
}
