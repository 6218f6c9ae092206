// People with accounts: making them, finding them, what the board decides about them.
import { and, asc, eq, ilike, isNull, or, sql } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { notify } from '../../notices/service.ts';
import type { Locale } from '../../notices/templates.ts';
import type { Actor, Role } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { emailKey, isEmail, leastLength, rolesAfter } from '../rules.ts';
import { persons } from '../tables.ts';
import { endSessions } from './lifecycle.ts';
import { sendLink } from './links.ts';
import { emailTaken, ownPerson, type Person, personOf, refuseTakenEmail, requireRecentProof } from './person.ts';
import { hashPassword, refuseWeakPassword } from './secrets.ts';

async function existing(tx: Tx, personId: string): Promise<Person> {
	const person = await personOf(tx, personId);
	if (!person) throw new Refusal('missing', 'accounts.person-unknown');
	return person;
}

/** What is needed to make an account. With `password` (hash it first: preparePassword) the person can sign in at once. */
export interface NewPerson {
	at: Date;
	email: string;
	name: string;
	locale: Locale;
	roles: readonly Role[];
	memberId?: string | null;
	password?: { hash: string; long: boolean };
	/** the address is known to be theirs */
	emailConfirmed?: boolean;
}

/** Checks a new password and hashes it, before the transaction begins. Refuses: accounts.password-* (invalid), accounts.busy (throttled). */
export async function preparePassword(
	password: string,
	{ secondFactor, known }: { secondFactor: boolean; known: readonly string[] },
): Promise<{ hash: string; long: boolean }> {
	await refuseWeakPassword(password, { secondFactor, known });
	return { hash: await hashPassword(password), long: [...password].length >= leastLength(false) };
}

/** Makes an account within the caller's write. Answers its id. Refuses: accounts.email-unusable (invalid), accounts.email-taken (conflict). */
export async function createPerson(
	tx: Tx,
	note: Note,
	{ at, email, name, locale, roles, memberId = null, password, emailConfirmed = false }: NewPerson,
): Promise<string> {
	const address = email.normalize('NFC').trim();
	if (!isEmail(address)) throw new Refusal('invalid', 'accounts.email-unusable', {}, { field: 'email' });
	const [taken] = await tx
		.select({ id: persons.id })
		.from(persons)
		.where(eq(sql`lower(${persons.email})`, emailKey(address)));
	if (taken) throw emailTaken();
	const [row] = await tx
		.insert(persons)
		.values({
			email: address,
			emailConfirmedAt: emailConfirmed ? at : null,
			name,
			locale,
			roles: [...new Set(roles)],
			memberId,
			passwordHash: password?.hash ?? null,
			passwordLong: password?.long ?? false,
			createdAt: at,
		})
		.returning({ id: persons.id })
		.catch(refuseTakenEmail);
	if (!row) throw new Error('the person was not stored');
	note({ action: 'accounts.createPerson', subject: `person ${row.id}`, after: { name, roles, memberId, locale } });
	return row.id;
}

/** Makes an account and sends its invitation: the board's way to let a member or a colleague in. Refuses as createPerson. */
export function invitePerson(
	db: Database,
	{
		by,
		at,
		key,
		keys,
		publicUrl,
		...person
	}: Command & { keys: Keys; publicUrl: string } & Omit<NewPerson, 'password' | 'at' | 'emailConfirmed'>,
): Promise<{ id: string }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const id = await createPerson(tx, note, { at, ...person });
		await sendInvitation(tx, { personId: id, at, keys, publicUrl });
		return { id };
	});
}

/** Sends the invitation of an account made within the same transaction, for example at a member's admission. */
export async function sendInvitation(
	tx: Tx,
	{ personId, at, keys, publicUrl }: { personId: string; at: Date; keys: Keys; publicUrl: string },
): Promise<void> {
	await sendLink(tx, { person: await existing(tx, personId), purpose: 'invitation', at, keys, publicUrl });
}

/** Sends the invitation once more. Refuses: accounts.person-unknown (missing), accounts.already-active (conflict) once a password was chosen. */
export function inviteAgain(
	db: Database,
	{ by, at, key, keys, publicUrl, id }: Command & { keys: Keys; publicUrl: string; id: string },
): Promise<void> {
	return write(db, { by, at, key }, async (tx, note) => {
		const person = await existing(tx, id);
		if (person.passwordHash !== null) throw new Refusal('conflict', 'accounts.already-active');
		await sendLink(tx, { person, purpose: 'invitation', at, keys, publicUrl });
		note({ action: 'accounts.inviteAgain', subject: `person ${id}` });
	});
}

/** An account as the board sees it. Instants as ISO text. */
export interface PersonView {
	id: string;
	email: string;
	emailConfirmed: boolean;
	name: string;
	locale: Locale;
	roles: Role[];
	memberId: string | null;
	/** a password was chosen */
	active: boolean;
	secondFactor: boolean;
	createdAt: string;
	disabledAt: string | null;
}

const viewOf = (person: Person): PersonView => ({
	id: person.id,
	email: person.email,
	emailConfirmed: person.emailConfirmedAt !== null,
	name: person.name,
	locale: person.locale,
	roles: person.roles,
	memberId: person.memberId,
	active: person.passwordHash !== null,
	secondFactor: person.totpConfirmedAt !== null,
	createdAt: person.createdAt.toISOString(),
	disabledAt: person.disabledAt?.toISOString() ?? null,
});

/** Accounts by name, `limit` from `offset`; `search` looks into name and address, `role` keeps those who hold it. */
export function listPeople(
	db: Database,
	{
		by,
		search,
		role,
		limit = 50,
		offset = 0,
	}: {
		by: Actor;
		search?: string | undefined;
		role?: Role | undefined;
		limit?: number | undefined;
		offset?: number | undefined;
	},
): Promise<{ total: number; people: PersonView[] }> {
	return transact(db, by, async (tx) => {
		const pattern = search === undefined ? undefined : `%${search.replace(/[\\%_]/g, '\\$&')}%`;
		const where = and(
			pattern === undefined ? undefined : or(ilike(persons.name, pattern), ilike(persons.email, pattern)),
			role === undefined ? undefined : sql`${role} = any(${persons.roles})`,
		);
		const rows = await tx
			.select()
			.from(persons)
			.where(where)
			.orderBy(asc(persons.name), asc(persons.id))
			.limit(limit)
			.offset(offset);
		return { total: await tx.$count(persons, where), people: rows.map((row) => viewOf(row as Person)) };
	});
}

/** One account. Refuses: accounts.person-unknown (missing). */
export function readPerson(db: Database, { by, id }: { by: Actor; id: string }): Promise<PersonView> {
	return transact(db, by, async (tx) => {
		const [row] = await tx.select().from(persons).where(eq(persons.id, id));
		if (!row) throw new Refusal('missing', 'accounts.person-unknown');
		return viewOf(row as Person);
	});
}

/** Locks all board accounts and makes sure that one other than `leaving` can still sign in. Refuses: accounts.last-board (conflict). */
async function keepBoard(tx: Tx, leaving: string): Promise<void> {
	const board = await tx
		.select({ id: persons.id })
		.from(persons)
		.where(and(sql`'board' = any(${persons.roles})`, isNull(persons.disabledAt)))
		.orderBy(asc(persons.id))
		.for('update');
	if (!board.some(({ id }) => id !== leaving)) throw new Refusal('conflict', 'accounts.last-board');
}

/**
 * Sets the staff roles of another account; membership stays as it is. The account's sessions end at once.
 * Refuses: accounts.own-roles (forbidden), accounts.last-board (conflict), accounts.person-unknown (missing), accounts.proof-needed (forbidden).
 */
export function setStaffRoles(
	db: Database,
	{ by, at, key, id, roles }: Command & { id: string; roles: readonly Role[] },
): Promise<{ roles: Role[] }> {
	return write(db, { by, at, key }, async (tx, note) => {
		await requireRecentProof(tx, { by, at });
		if (!roles.includes('board')) await keepBoard(tx, id);
		const person = await existing(tx, id);
		const next = rolesAfter(person.roles, roles, { own: by.personId === id });
		await tx.update(persons).set({ roles: next }).where(eq(persons.id, id));
		await endSessions(tx, { personId: id, at, reason: 'roles-changed' });
		await notify(tx, {
			at,
			to: person.email,
			template: 'roles-changed',
			values: { name: person.name },
			locale: person.locale,
		});
		note({
			action: 'accounts.setStaffRoles',
			subject: `person ${id}`,
			before: { roles: person.roles },
			after: { roles: next },
		});
		return { roles: next };
	});
}

/**
 * Disables an account or enables it again; disabling ends its sessions.
 * Refuses: accounts.own-roles (forbidden), accounts.last-board (conflict), accounts.person-unknown (missing), accounts.proof-needed (forbidden).
 */
export function disablePerson(
	db: Database,
	{ by, at, key, id, disabled }: Command & { id: string; disabled: boolean },
): Promise<void> {
	return write(db, { by, at, key }, async (tx, note) => {
		await requireRecentProof(tx, { by, at });
		if (by.personId === id) throw new Refusal('forbidden', 'accounts.own-roles');
		if (disabled) await keepBoard(tx, id);
		const person = await existing(tx, id);
		await tx
			.update(persons)
			.set({ disabledAt: disabled ? at : null })
			.where(eq(persons.id, id));
		if (disabled) await endSessions(tx, { personId: id, at, reason: 'disabled' });
		note({
			action: 'accounts.disablePerson',
			subject: `person ${id}`,
			before: { disabled: person.disabledAt !== null },
			after: { disabled },
		});
	});
}

/** Links an account to a membership and gives it the role of a member, or ends that link (null); within the caller's write. */
export async function setMembership(
	tx: Tx,
	note: Note,
	{ personId, memberId }: { personId: string; memberId: string | null },
): Promise<void> {
	const person = await existing(tx, personId);
	const roles: Role[] =
		memberId === null ? person.roles.filter((r) => r !== 'member') : [...new Set<Role>(['member', ...person.roles])];
	await tx.update(persons).set({ memberId, roles }).where(eq(persons.id, personId));
	note({
		action: 'accounts.setMembership',
		subject: `person ${personId}`,
		before: { memberId: person.memberId },
		after: { memberId },
	});
}

/** Sets the language the program writes to the person in. */
export function setLocale(db: Database, { by, at, key, locale }: Command & { locale: Locale }): Promise<void> {
	return write(db, { by, at, key }, async (tx, note) => {
		const person = await ownPerson(tx, by);
		await tx.update(persons).set({ locale }).where(eq(persons.id, person.id));
		note({
			action: 'accounts.setLocale',
			subject: `person ${person.id}`,
			before: { locale: person.locale },
			after: { locale },
		});
	});
}
