// One person's row: locked for a change, proved afresh, with an address nobody else has.
import { eq } from 'drizzle-orm';
import { postgresError, type Tx } from '../../database/connect.ts';
import type { Locale } from '../../notices/templates.ts';
import type { Actor, Role } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { minutesAfter, proofMinutes } from '../rules.ts';
import { persons, sessions } from '../tables.ts';

/** A row of persons as services see it. */
export type Person = Omit<typeof persons.$inferSelect, 'roles' | 'locale'> & { roles: Role[]; locale: Locale };

/** The acting person's own row, locked. Refuses: accounts.sign-in-needed (unauthenticated) for devices and the program. */
export async function ownPerson(tx: Tx, by: Actor): Promise<Person> {
	const person = by.kind === 'person' && by.personId ? await personOf(tx, by.personId) : undefined;
	if (!person || person.disabledAt) throw new Refusal('unauthenticated', 'accounts.sign-in-needed');
	return person;
}

/** A person's row, locked for the transaction. */
export async function personOf(tx: Tx, personId: string): Promise<Person | undefined> {
	const [row] = await tx.select().from(persons).where(eq(persons.id, personId)).for('update');
	return row as Person | undefined;
}

/**
 * For acts that need a fresh proof of who is sitting there: passes if the session proved itself within the last five minutes.
 * Refuses: accounts.proof-needed (forbidden); the page then asks for password and code (proveAgain) and tries again.
 */
export async function requireRecentProof(tx: Tx, { by, at }: { by: Actor; at: Date }): Promise<void> {
	const [session] = by.sessionId
		? await tx.select({ provedAt: sessions.provedAt }).from(sessions).where(eq(sessions.id, by.sessionId))
		: [];
	if (!session || minutesAfter(session.provedAt, proofMinutes) < at)
		throw new Refusal('forbidden', 'accounts.proof-needed', { minutes: proofMinutes });
}

/** The refusal of an address that another account has. */
export const emailTaken = () => new Refusal('conflict', 'accounts.email-taken', {}, { field: 'email' });

/** Turns the violation of the unique address (two people at the same second) into the refusal. */
export function refuseTakenEmail(error: unknown): never {
	if (postgresError(error)?.constraint_name === 'persons_email') throw emailTaken();
	throw error;
}
