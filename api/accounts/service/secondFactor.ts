// The second factor: codes of an authenticator app (TOTP, RFC 6238), recovery codes, enrolment.
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { Secret, TOTP } from 'otpauth';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { seal, unseal } from '../../database/sealed.ts';
import { notify } from '../../notices/service.ts';
import type { Actor } from '../../values/actor.ts';
import { staffRoles } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { persons, recoveryCodes, sessions } from '../tables.ts';
import { endSessions } from './lifecycle.ts';
import { ownPerson, type Person, personOf, requireRecentProof } from './person.ts';
import { newCode, recoveryHash } from './secrets.ts';

const stepSeconds = 30;
const recoveryCount = 10;

const totpOf = (secret: Secret | string, label = ''): TOTP =>
	new TOTP({ issuer: 'Gemeinwatt', label, algorithm: 'SHA1', digits: 6, period: stepSeconds, secret });

const place = (column: 'totp_sealed' | 'totp_pending_sealed', personId: string) => ({
	table: 'persons',
	column,
	row: personId,
});

/** The step a code belongs to: the present one or a neighbour; undefined if it fits none. */
function stepOf(secret: string, code: string, at: Date): number | undefined {
	const delta = totpOf(secret).validate({ token: code, timestamp: at.getTime(), window: 1 });
	return delta === null ? undefined : Math.floor(at.getTime() / 1000 / stepSeconds) + delta;
}

/**
 * Spends a code of the person's second factor: six digits of the app, each step once, or a recovery code, each once.
 * Refuses: accounts.second-factor-refused (unauthenticated).
 */
export async function spendCode(
	tx: Tx,
	{ keys, at, person, code }: { keys: Keys; at: Date; person: Person; code: string },
): Promise<'totp' | 'recovery'> {
	const refused = new Refusal('unauthenticated', 'accounts.second-factor-refused', {}, { field: 'code' });
	const digits = code.replace(/\s/g, '');
	if (/^\d{6}$/.test(digits)) {
		if (!person.totpSealed) throw refused;
		const step = stepOf(unseal(keys, place('totp_sealed', person.id), person.totpSealed), digits, at);
		if (step === undefined) throw refused;
		const spent = await tx
			.update(persons)
			.set({ totpStep: step })
			.where(and(eq(persons.id, person.id), or(isNull(persons.totpStep), lt(persons.totpStep, step))))
			.returning({ id: persons.id });
		if (spent.length === 0) throw refused;
		return 'totp';
	}
	const spent = await tx
		.update(recoveryCodes)
		.set({ usedAt: at })
		.where(
			and(
				eq(recoveryCodes.hash, recoveryHash(keys, person.id, code)),
				eq(recoveryCodes.personId, person.id),
				isNull(recoveryCodes.usedAt),
			),
		)
		.returning({ hash: recoveryCodes.hash });
	if (spent.length === 0) throw refused;
	return 'recovery';
}

/**
 * Begins the enrolment of an authenticator app, also to replace one: answers the secret and the otpauth address for the QR code.
 * Nothing changes until confirmTotp. Refuses: accounts.proof-needed (forbidden).
 */
export function startTotp(
	db: Database,
	{ by, at, keys }: Command & { keys: Keys },
): Promise<{ secret: string; otpauthUrl: string }> {
	// No idempotency key, here and below: the reply holds secrets that must not be kept.
	return write(db, { by, at }, async (tx, note) => {
		const person = await ownPerson(tx, by);
		await requireRecentProof(tx, { by, at });
		const secret = new Secret({ size: 20 });
		await tx
			.update(persons)
			.set({ totpPendingSealed: seal(keys, place('totp_pending_sealed', person.id), secret.base32) })
			.where(eq(persons.id, person.id));
		note({ action: 'accounts.startTotp', subject: `person ${person.id}` });
		return { secret: secret.base32, otpauthUrl: totpOf(secret, person.email).toString() };
	});
}

/**
 * Confirms the app being enrolled with its first code. The session counts as proved in two steps, all others end; answers ten recovery codes, shown this once.
 * Refuses: accounts.totp-not-started (conflict), accounts.second-factor-refused (unauthenticated), accounts.proof-needed (forbidden).
 */
export function confirmTotp(
	db: Database,
	{ by, at, keys, code }: Command & { keys: Keys; code: string },
): Promise<{ recoveryCodes: string[] }> {
	return write(db, { by, at }, async (tx, note) => {
		const person = await ownPerson(tx, by);
		await requireRecentProof(tx, { by, at });
		if (!person.totpPendingSealed) throw new Refusal('conflict', 'accounts.totp-not-started');
		const secret = unseal(keys, place('totp_pending_sealed', person.id), person.totpPendingSealed);
		const step = stepOf(secret, code.replace(/\s/g, ''), at);
		if (step === undefined)
			throw new Refusal('unauthenticated', 'accounts.second-factor-refused', {}, { field: 'code' });
		await tx
			.update(persons)
			.set({
				totpSealed: seal(keys, place('totp_sealed', person.id), secret),
				totpConfirmedAt: at,
				totpPendingSealed: null,
				totpStep: step,
			})
			.where(eq(persons.id, person.id));
		await endSessions(tx, { personId: person.id, at, reason: 'second-factor-changed', except: by.sessionId });
		await tx
			.update(sessions)
			.set({ mfa: true, provedAt: at })
			.where(eq(sessions.id, by.sessionId ?? ''));
		await tellSecondFactorChanged(tx, person, at);
		note({
			action: 'accounts.confirmTotp',
			subject: `person ${person.id}`,
			before: { enrolled: person.totpConfirmedAt !== null },
			after: { enrolled: true },
		});
		return { recoveryCodes: await makeRecoveryCodes(tx, { personId: person.id, at, keys }) };
	});
}

/** Replaces the recovery codes by ten new ones, shown this once. Refuses: accounts.totp-not-started (conflict), accounts.proof-needed (forbidden). */
export function renewRecoveryCodes(
	db: Database,
	{ by, at, keys }: Command & { keys: Keys },
): Promise<{ recoveryCodes: string[] }> {
	return write(db, { by, at }, async (tx, note) => {
		const person = await ownPerson(tx, by);
		await requireRecentProof(tx, { by, at });
		if (!person.totpConfirmedAt) throw new Refusal('conflict', 'accounts.totp-not-started');
		note({ action: 'accounts.renewRecoveryCodes', subject: `person ${person.id}` });
		return { recoveryCodes: await makeRecoveryCodes(tx, { personId: person.id, at, keys }) };
	});
}

/**
 * Removes the second factor. Refuses: accounts.second-factor-obligatory (forbidden) for staff, accounts.password-too-short-alone (conflict)
 * if the password only suffices beside a second factor, accounts.totp-not-started (conflict), accounts.proof-needed (forbidden).
 */
export function disableTotp(db: Database, { by, at, key }: Command): Promise<void> {
	return write(db, { by, at, key }, async (tx, note) => {
		const person = await ownPerson(tx, by);
		await requireRecentProof(tx, { by, at });
		if (!person.totpConfirmedAt) throw new Refusal('conflict', 'accounts.totp-not-started');
		if (person.roles.some((role) => staffRoles.includes(role)))
			throw new Refusal('forbidden', 'accounts.second-factor-obligatory');
		if (!person.passwordLong) throw new Refusal('conflict', 'accounts.password-too-short-alone');
		await removeTotp(tx, { person, at, except: by.sessionId });
		note({
			action: 'accounts.disableTotp',
			subject: `person ${person.id}`,
			before: { enrolled: true },
			after: { enrolled: false },
		});
	});
}

/**
 * Takes the second factor off somebody else's account when phone and recovery codes are lost; staff must enrol again before their roles count.
 * Refuses: accounts.own-roles (forbidden), accounts.person-unknown (missing), accounts.totp-not-started (conflict), accounts.proof-needed (forbidden).
 */
export function resetSecondFactor(db: Database, { by, at, key, id }: Command & { id: string }): Promise<void> {
	return write(db, { by, at, key }, async (tx, note) => {
		await requireRecentProof(tx, { by, at });
		if (by.personId === id) throw new Refusal('forbidden', 'accounts.own-roles');
		const person = await personOf(tx, id);
		if (!person) throw new Refusal('missing', 'accounts.person-unknown');
		if (!person.totpConfirmedAt) throw new Refusal('conflict', 'accounts.totp-not-started');
		await removeTotp(tx, { person, at });
		note({
			action: 'accounts.resetSecondFactor',
			subject: `person ${id}`,
			before: { enrolled: true },
			after: { enrolled: false },
		});
	});
}

/** How many unused recovery codes the person has left. */
export function countRecoveryCodes(db: Database, { by }: { by: Actor }): Promise<number> {
	return transact(db, by, async (tx) => {
		const [row] = await tx
			.select({ left: sql<number>`count(*)::int` })
			.from(recoveryCodes)
			.where(and(eq(recoveryCodes.personId, by.personId ?? ''), isNull(recoveryCodes.usedAt)));
		return row?.left ?? 0;
	});
}

/** Gives a person a second factor in use; for the demo and tests, where nobody scans a QR code. Answers the secret, base32. */
export async function giveTotp(
	tx: Tx,
	{ personId, at, keys }: { personId: string; at: Date; keys: Keys },
): Promise<string> {
	const secret = new Secret({ size: 20 }).base32;
	await tx
		.update(persons)
		.set({ totpSealed: seal(keys, place('totp_sealed', personId), secret), totpConfirmedAt: at })
		.where(eq(persons.id, personId));
	return secret;
}

async function removeTotp(
	tx: Tx,
	{ person, at, except = null }: { person: Person; at: Date; except?: string | null },
): Promise<void> {
	await tx
		.update(persons)
		.set({ totpSealed: null, totpConfirmedAt: null, totpPendingSealed: null })
		.where(eq(persons.id, person.id));
	await tx.delete(recoveryCodes).where(eq(recoveryCodes.personId, person.id));
	await endSessions(tx, { personId: person.id, at, reason: 'second-factor-changed', except });
	await tellSecondFactorChanged(tx, person, at);
}

async function makeRecoveryCodes(
	tx: Tx,
	{ personId, at, keys }: { personId: string; at: Date; keys: Keys },
): Promise<string[]> {
	await tx.delete(recoveryCodes).where(eq(recoveryCodes.personId, personId));
	const codes = Array.from({ length: recoveryCount }, () => newCode(2));
	await tx
		.insert(recoveryCodes)
		.values(codes.map((code) => ({ hash: recoveryHash(keys, personId, code), personId, createdAt: at })));
	return codes;
}

const tellSecondFactorChanged = (tx: Tx, person: Person, at: Date): Promise<string> =>
	notify(tx, {
		at,
		to: person.email,
		template: 'second-factor-changed',
		values: { name: person.name },
		locale: person.locale,
	});
