// Signing in, staying signed in, proving oneself again, signing out.
import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import type { Keys } from '../../config.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { notify } from '../../notices/service.ts';
import { type Actor, systemActor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { emailKey, type EndReason, lapseOf, refreshGraceSeconds } from '../rules.ts';
import { persons, refreshTokens, sessions } from '../tables.ts';
import { endSessions, type Grant, openSession, type Origin } from './lifecycle.ts';
import { ownPerson, type Person, personOf } from './person.ts';
import { fitsPassword, hashPassword, isOutdated, passwordMark, successorOf, tokenHash } from './secrets.ts';
import { spendCode } from './secondFactor.ts';
import { throttle } from './throttle.ts';

/** Signed in, or the password was right and the code is still missing. `mark` ties the second step to the password just proved. */
export type SignIn = { step: 'done'; grant: Grant; person: Person } | { step: 'code'; personId: string; mark: string };

const signInActor = systemActor('accounts.sign-in');
const refused = () => new Refusal('unauthenticated', 'accounts.sign-in-refused');

function personByEmail(db: Database, email: string): Promise<Person | undefined> {
	return transact(db, signInActor, async (tx) => {
		const [row] = await tx
			.select()
			.from(persons)
			.where(eq(sql`lower(${persons.email})`, emailKey(email)));
		return row as Person | undefined;
	});
}

/**
 * Signs in with e-mail and password, and with the code if one is given and needed.
 * Refuses: accounts.sign-in-refused (unauthenticated; the same for unknown, disabled and wrong), accounts.second-factor-refused (unauthenticated),
 * accounts.throttled, accounts.busy (throttled).
 */
export async function signIn(
	db: Database,
	{
		at,
		keys,
		email,
		password,
		code,
		...origin
	}: { at: Date; keys: Keys; email: string; password: string; code?: string | undefined } & Origin,
): Promise<SignIn> {
	const permit = await throttle(db, {
		at,
		keys,
		what: 'sign-in',
		pace: 'guess',
		account: email,
		address: origin.address,
	});
	const person = await personByEmail(db, email);
	const fits = await fitsPassword(person?.passwordHash ?? null, password).catch(async (error) => {
		await permit.returned();
		throw error;
	});
	if (!fits || !person || person.disabledAt) {
		if (permit.last && person && !person.disabledAt) await tellAttempts(db, person, at);
		throw refused();
	}
	const mark = passwordMark(person.passwordHash);
	if (person.totpConfirmedAt && code === undefined) {
		await permit.returned();
		return { step: 'code', personId: person.id, mark };
	}
	const rehashed = person.passwordHash && isOutdated(person.passwordHash) ? await hashPassword(password) : undefined;
	const done = await enter(db, { at, keys, personId: person.id, mark, code, rehashed, origin });
	await permit.succeeded();
	return done;
}

/**
 * The second step of a sign-in whose password was right moments ago.
 * Refuses: accounts.sign-in-refused, accounts.second-factor-refused (unauthenticated), accounts.throttled (throttled).
 */
export async function completeSignIn(
	db: Database,
	{
		at,
		keys,
		personId,
		mark,
		code,
		...origin
	}: { at: Date; keys: Keys; personId: string; mark: string; code: string } & Origin,
): Promise<SignIn & { step: 'done' }> {
	const person = await transact(db, signInActor, (tx) => personOf(tx, personId));
	if (!person) throw refused();
	const permit = await throttle(db, {
		at,
		keys,
		what: 'sign-in',
		pace: 'guess',
		account: person.email,
		address: origin.address,
	});
	const done = await enter(db, { at, keys, personId, mark, code, rehashed: undefined, origin });
	await permit.succeeded();
	return done;
}

function enter(
	db: Database,
	{
		at,
		keys,
		personId,
		mark,
		code,
		rehashed,
		origin,
	}: {
		at: Date;
		keys: Keys;
		personId: string;
		mark: string;
		code: string | undefined;
		rehashed: string | undefined;
		origin: Origin;
	},
): Promise<SignIn & { step: 'done' }> {
	return write(db, { by: signInActor, at }, async (tx, note) => {
		const person = await personOf(tx, personId);
		if (!person || person.disabledAt || passwordMark(person.passwordHash) !== mark) throw refused();
		const mfa = person.totpConfirmedAt !== null;
		const by = mfa ? await spendCode(tx, { keys, at, person, code: code ?? '' }) : 'password';
		if (rehashed) await tx.update(persons).set({ passwordHash: rehashed }).where(eq(persons.id, personId));
		const grant = await openSession(tx, { person, mfa, at, ...origin });
		note({ action: 'accounts.signIn', subject: `person ${personId}`, after: { session: grant.sessionId, factor: by } });
		return { step: 'done', grant, person };
	});
}

function tellAttempts(db: Database, person: Person, at: Date): Promise<void> {
	return write(db, { by: signInActor, at }, async (tx, note) => {
		await notify(tx, {
			at,
			to: person.email,
			template: 'sign-in-attempts',
			values: { name: person.name },
			locale: person.locale,
		});
		note({ action: 'accounts.slowSignIn', subject: `person ${person.id}` });
	});
}

/**
 * Trades a refresh token for its successor. A token works once; the same browser may repeat it within ten seconds while the
 * successor is unused (two tabs) and gets the same successor. Any other reuse ends the session, for thief and owner alike.
 * Refuses: accounts.session-over (unauthenticated).
 */
export async function refreshSession(
	db: Database,
	{ at, keys, refreshToken, userAgent, address }: { at: Date; keys: Keys; refreshToken: string } & Origin,
): Promise<{ grant: Grant; personId: string }> {
	const grant = await write(db, { by: systemActor('accounts.refresh'), at }, async (tx, note) => {
		const [found] = await tx
			.select({ token: refreshTokens, session: sessions })
			.from(refreshTokens)
			.innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
			.where(eq(refreshTokens.hash, tokenHash(refreshToken)))
			.for('update', { of: sessions });
		if (!found || found.session.endedAt) return undefined;
		const { session } = found;
		// Read again under the session's lock: the other tab may have been first.
		const [token] = await tx.select().from(refreshTokens).where(eq(refreshTokens.hash, found.token.hash));
		const person = await personOf(tx, session.personId);
		if (!token || !person || person.disabledAt) return undefined;
		const end = async (reason: EndReason) => {
			await tx.update(sessions).set({ endedAt: at, endReason: reason }).where(eq(sessions.id, session.id));
			note({
				action: 'accounts.endSession',
				subject: `person ${session.personId}`,
				after: { session: session.id, reason },
			});
			return undefined;
		};
		const lapse = lapseOf(session, at);
		if (lapse) return end(lapse);
		const next = successorOf(keys, refreshToken);
		const reply = {
			grant: { sessionId: session.id, refreshToken: next, expiresAt: session.expiresAt },
			personId: session.personId,
		};
		if (token.usedAt) {
			const [successor] = await tx
				.select()
				.from(refreshTokens)
				.where(eq(refreshTokens.hash, tokenHash(next)));
			const soon = at.getTime() - token.usedAt.getTime() <= refreshGraceSeconds * 1000;
			if (soon && userAgent.slice(0, 300) === session.userAgent && successor && !successor.usedAt) return reply;
			await notify(tx, {
				at,
				to: person.email,
				template: 'session-ended',
				values: { name: person.name },
				locale: person.locale,
			});
			return end('token-reused');
		}
		await tx.update(refreshTokens).set({ usedAt: at }).where(eq(refreshTokens.hash, token.hash));
		await tx.insert(refreshTokens).values({ hash: tokenHash(next), sessionId: session.id, createdAt: at });
		await tx
			.update(sessions)
			.set({ usedAt: at, address: address.slice(0, 64) })
			.where(eq(sessions.id, session.id));
		return reply;
	});
	if (!grant) throw new Refusal('unauthenticated', 'accounts.session-over');
	return grant;
}

/**
 * Proves again who is sitting there, for acts that need it (requireRecentProof): password, and the code where a second factor is in use.
 * Refuses: accounts.password-wrong (invalid, field password), accounts.second-factor-needed (invalid, field code), accounts.second-factor-refused (unauthenticated), accounts.throttled, accounts.busy (throttled).
 */
export async function proveAgain(
	db: Database,
	{ by, at, keys, password, code }: Command & { keys: Keys; password: string; code?: string | undefined },
): Promise<void> {
	const before = await transact(db, by, (tx) => ownPerson(tx, by));
	const permit = await throttle(db, { at, keys, what: 'sign-in', pace: 'guess', account: before.email });
	if (!(await fitsPassword(before.passwordHash, password)))
		throw new Refusal('invalid', 'accounts.password-wrong', {}, { field: 'password' });
	if (before.totpConfirmedAt && code === undefined) {
		await permit.returned();
		throw new Refusal('invalid', 'accounts.second-factor-needed', {}, { field: 'code' });
	}
	await write(db, { by, at }, async (tx, note) => {
		const person = await ownPerson(tx, by);
		if (passwordMark(person.passwordHash) !== passwordMark(before.passwordHash))
			throw new Refusal('invalid', 'accounts.password-wrong', {}, { field: 'password' });
		const mfa = person.totpConfirmedAt !== null;
		if (mfa) await spendCode(tx, { keys, at, person, code: code ?? '' });
		await tx
			.update(sessions)
			.set({ provedAt: at, ...(mfa ? { mfa } : {}) })
			.where(eq(sessions.id, by.sessionId ?? ''));
		note({ action: 'accounts.proveAgain', subject: `person ${person.id}`, after: { session: by.sessionId } });
	});
	await permit.succeeded();
}

/** A session as its owner sees it. Instants as ISO text. */
export interface SessionView {
	id: string;
	userAgent: string;
	address: string;
	createdAt: string;
	usedAt: string;
	expiresAt: string;
	secondFactor: boolean;
	/** the one that asks */
	current: boolean;
}

/** One's own living sessions, last used first. */
export function listSessions(db: Database, { by, at }: { by: Actor; at: Date }): Promise<SessionView[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx
			.select()
			.from(sessions)
			.where(and(eq(sessions.personId, by.personId ?? ''), isNull(sessions.endedAt), gt(sessions.expiresAt, at)))
			.orderBy(desc(sessions.usedAt));
		return rows
			.filter((row) => lapseOf(row, at) === undefined)
			.map((row) => ({
				id: row.id,
				userAgent: row.userAgent,
				address: row.address,
				createdAt: row.createdAt.toISOString(),
				usedAt: row.usedAt.toISOString(),
				expiresAt: row.expiresAt.toISOString(),
				secondFactor: row.mfa,
				current: row.id === by.sessionId,
			}));
	});
}

/** Ends one of one's own sessions. Refuses: accounts.session-unknown (missing) also for sessions of others. */
export function revokeSession(db: Database, { by, at, key, id }: Command & { id: string }): Promise<void> {
	return write(db, { by, at, key }, async (tx, note) => {
		if (!(await end(tx, { id, personId: by.personId ?? '', at, reason: 'revoked' })))
			throw new Refusal('missing', 'accounts.session-unknown');
		note({ action: 'accounts.revokeSession', subject: `person ${by.personId}`, after: { session: id } });
	});
}

/** Ends all of one's own sessions, this one included unless `keepCurrent`. Answers how many. */
export function revokeAllSessions(
	db: Database,
	{ by, at, key, keepCurrent }: Command & { keepCurrent: boolean },
): Promise<{ ended: number }> {
	return write(db, { by, at, key }, async (tx, note) => {
		const ended = await endSessions(tx, {
			personId: by.personId ?? '',
			at,
			reason: 'revoked',
			except: keepCurrent ? by.sessionId : null,
		});
		note({ action: 'accounts.revokeAllSessions', subject: `person ${by.personId}`, after: { ended } });
		return { ended };
	});
}

/** Ends the session of an actor or of a refresh token; nothing happens if there is none. */
export function signOut(
	db: Database,
	{ by, at, refreshToken }: { by: Actor | undefined; at: Date; refreshToken: string | undefined },
): Promise<void> {
	return write(db, { by: by ?? signInActor, at }, async (tx, note) => {
		const known = by?.sessionId
			? { id: by.sessionId, personId: by.personId ?? '' }
			: refreshToken
				? await sessionOfToken(tx, refreshToken)
				: undefined;
		if (known && (await end(tx, { ...known, at, reason: 'signed-out' }))) {
			note({ action: 'accounts.signOut', subject: `person ${known.personId}`, after: { session: known.id } });
		}
	});
}

async function sessionOfToken(tx: Tx, refreshToken: string): Promise<{ id: string; personId: string } | undefined> {
	const [row] = await tx
		.select({ id: sessions.id, personId: sessions.personId })
		.from(refreshTokens)
		.innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
		.where(eq(refreshTokens.hash, tokenHash(refreshToken)));
	return row;
}

async function end(
	tx: Tx,
	{ id, personId, at, reason }: { id: string; personId: string; at: Date; reason: EndReason },
): Promise<boolean> {
	const ended = await tx
		.update(sessions)
		.set({ endedAt: at, endReason: reason })
		.where(and(eq(sessions.id, id), eq(sessions.personId, personId), isNull(sessions.endedAt)))
		.returning({ id: sessions.id });
	return ended.length === 1;
}
