// Changing a password, and setting a new one by a link when the old one is lost.
import { eq, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { notify } from '../../notices/service.ts';
import type { Locale } from '../../notices/templates.ts';
import { systemActor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { emailKey } from '../rules.ts';
import { accountLinks, persons } from '../tables.ts';
import { endSessions } from './lifecycle.ts';
import { sendLink, spendLink } from './links.ts';
import { preparePassword } from './people.ts';
import { ownPerson, type Person } from './person.ts';
import { fitsPassword, tokenHash } from './secrets.ts';
import { throttle } from './throttle.ts';

/** Words everybody knows about the person and the cooperative: no password of its own. `mailFrom` carries the cooperative's name. */
const knownAbout = (person: { name: string; email: string }, mailFrom: string, publicUrl: string): string[] => [
	person.name,
	person.email,
	mailFrom,
	publicUrl,
	'gemeinwatt genossenschaft',
];

/**
 * Changes one's own password; all other sessions end.
 * Refuses: accounts.password-wrong (invalid, field current), accounts.password-* (invalid), accounts.throttled, accounts.busy (throttled).
 */
export async function changePassword(
	db: Database,
	{
		by,
		at,
		keys,
		mailFrom,
		publicUrl,
		current,
		password,
	}: Command & { keys: Keys; mailFrom: string; publicUrl: string; current: string; password: string },
): Promise<void> {
	const before = await transact(db, by, (tx) => ownPerson(tx, by));
	const permit = await throttle(db, { at, keys, what: 'sign-in', pace: 'guess', account: before.email });
	if (!(await fitsPassword(before.passwordHash, current)))
		throw new Refusal('invalid', 'accounts.password-wrong', {}, { field: 'current' });
	await permit.succeeded();
	const next = await preparePassword(password, {
		secondFactor: before.totpConfirmedAt !== null,
		known: knownAbout(before, mailFrom, publicUrl),
	});
	await write(db, { by, at }, async (tx, note) => {
		const person = await ownPerson(tx, by);
		if (person.passwordHash !== before.passwordHash)
			throw new Refusal('invalid', 'accounts.password-wrong', {}, { field: 'current' });
		await storePassword(tx, { person, next, at, except: by.sessionId });
		note({ action: 'accounts.changePassword', subject: `person ${person.id}` });
	});
}

/**
 * Sends a link to set a new password, if somebody has that address. Known or not, the answer is the same and the same rows are written.
 * Refuses: accounts.throttled (throttled).
 */
export async function requestPasswordReset(
	db: Database,
	{
		at,
		keys,
		publicUrl,
		email,
		address,
		locale,
	}: { at: Date; keys: Keys; publicUrl: string; email: string; address: string; locale: Locale },
): Promise<void> {
	await throttle(db, { at, keys, what: 'reset', pace: 'request', account: email, address });
	await write(db, { by: systemActor('accounts.request-reset'), at }, async (tx, note) => {
		const [row] = await tx
			.select()
			.from(persons)
			.where(eq(sql`lower(${persons.email})`, emailKey(email)));
		const person = row && row.disabledAt === null ? (row as Person) : { id: null, email: '', name: '', locale };
		await sendLink(tx, { person, purpose: 'reset', at, keys, publicUrl });
		note({ action: 'accounts.requestPasswordReset', subject: person.id === null ? 'nobody' : `person ${person.id}` });
	});
}

/**
 * Sets a password by the link of a reset or an invitation. It signs nobody in and leaves the second factor alone; all sessions end.
 * The link also proves the address. Refuses: accounts.link-void (conflict), accounts.password-* (invalid), accounts.throttled, accounts.busy (throttled).
 */
export async function resetPassword(
	db: Database,
	{
		at,
		keys,
		mailFrom,
		publicUrl,
		token,
		password,
		address,
	}: { at: Date; keys: Keys; mailFrom: string; publicUrl: string; token: string; password: string; address: string },
): Promise<void> {
	const by = systemActor('accounts.reset-password');
	await throttle(db, { at, keys, what: 'link', pace: 'guess', address });
	// The link is looked at first and spent only with an acceptable password, so that a refused one costs no link.
	const before = await transact(db, by, async (tx) => {
		const [row] = await tx
			.select({ person: persons })
			.from(accountLinks)
			.innerJoin(persons, eq(persons.id, accountLinks.personId))
			.where(eq(accountLinks.hash, tokenHash(token)));
		return row?.person;
	});
	if (!before) throw new Refusal('conflict', 'accounts.link-void');
	const next = await preparePassword(password, {
		secondFactor: before.totpConfirmedAt !== null,
		known: knownAbout(before, mailFrom, publicUrl),
	});
	await write(db, { by, at }, async (tx, note) => {
		const { personId, email } = await spendLink(tx, { token, purposes: ['invitation', 'reset'], at });
		const [row] = await tx.select().from(persons).where(eq(persons.id, personId)).for('update');
		if (!row || row.disabledAt || row.email !== email) throw new Refusal('conflict', 'accounts.link-void');
		const person = row as Person;
		await storePassword(tx, { person, next, at, except: null });
		if (!person.emailConfirmedAt)
			await tx.update(persons).set({ emailConfirmedAt: at }).where(eq(persons.id, personId));
		note({ action: 'accounts.resetPassword', subject: `person ${personId}` });
	});
}

async function storePassword(
	tx: Tx,
	{
		person,
		next,
		at,
		except,
	}: { person: Person; next: { hash: string; long: boolean }; at: Date; except: string | null },
): Promise<void> {
	await tx.update(persons).set({ passwordHash: next.hash, passwordLong: next.long }).where(eq(persons.id, person.id));
	await endSessions(tx, { personId: person.id, at, reason: 'password-changed', except });
	// Links asked for before are void: whoever held one must not undo this.
	await tx
		.update(accountLinks)
		.set({ usedAt: at })
		.where(
			sql`${accountLinks.personId} = ${person.id} and ${accountLinks.usedAt} is null and ${accountLinks.purpose} <> 'email'`,
		);
	if (person.passwordHash !== null) {
		await notify(tx, {
			at,
			to: person.email,
			template: 'password-changed',
			values: { name: person.name },
			locale: person.locale,
		});
	}
}
