// Who an access token or a device's token stands for: one point read per request.
import { eq } from 'drizzle-orm';
import { type Database, readOnLane, transact } from '../../database/connect.ts';
import { type Actor, type Role, systemActor } from '../../values/actor.ts';
import type { Locale } from '../../notices/templates.ts';
import { Refusal } from '../../values/refusal.ts';
import { countingRoles, minutesAfter, needsSecondFactor } from '../rules.ts';
import { deviceTokens } from '../tables.ts';
import { tokenHash } from './secrets.ts';

const reader = systemActor('accounts.identify');

/** A session that has not ended, of an account in use: everything a request needs to know about who is asking, in one read by key. */
export interface LivingSession {
	id: string;
	personId: string;
	memberId: string | null;
	name: string;
	email: string;
	emailConfirmed: boolean;
	locale: string;
	/** roles the person holds; not all of them count without a second factor */
	held: Role[];
	/** the session was opened with a second factor */
	mfa: boolean;
	/** an authenticator app is in use */
	secondFactor: boolean;
	createdAt: Date;
	expiresAt: Date;
	provedAt: Date;
}

/** The living session of a token; undefined once it ended or the account was disabled. */
export async function livingSession(
	db: Database,
	{ sessionId, personId, at }: { sessionId: string; personId: string; at: Date },
): Promise<LivingSession | undefined> {
	const [row] = await readOnLane(
		db,
		reader,
		(sql) => sql<LivingSession[]>`
			select s.id, p.id as "personId", p.member_id as "memberId", p.name, p.email, p.locale, p.roles as held, s.mfa,
				p.email_confirmed_at is not null as "emailConfirmed", p.totp_confirmed_at is not null as "secondFactor",
				s.created_at as "createdAt", s.expires_at as "expiresAt", s.proved_at as "provedAt"
			from sessions s join persons p on p.id = s.person_id
			where s.id = ${sessionId} and s.ended_at is null and s.expires_at > ${at} and p.disabled_at is null`,
	);
	return row?.personId === personId ? row : undefined;
}

/** Who acts in a session, with the roles that count in it now. */
export function actorOfSession({ id, personId, memberId, name, held, mfa }: LivingSession): Actor {
	return { kind: 'person', personId, memberId, roles: countingRoles(held, mfa), sessionId: id, scopes: [], name };
}

/** What a page needs to know about who is signed in. Instants as ISO text. */
export interface SessionState {
	person: { id: string; name: string; email: string; emailConfirmed: boolean; locale: Locale; memberId: string | null };
	/** roles that count in this session */
	roles: Role[];
	/** staff roles are held but do not count until a second factor is set up and proved */
	secondFactorNeeded: boolean;
	/** an authenticator app is in use */
	secondFactor: boolean;
	session: { id: string; createdAt: string; expiresAt: string; provedAt: string };
}

/** The session that asks. Refuses: accounts.sign-in-needed (unauthenticated) for devices, which have none. */
export function readSession(living: LivingSession | undefined): SessionState {
	if (!living) throw new Refusal('unauthenticated', 'accounts.sign-in-needed');
	const { id, personId, memberId, name, email, emailConfirmed, locale, held, mfa, secondFactor } = living;
	return {
		person: { id: personId, name, email, emailConfirmed, locale: locale === 'en' ? 'en' : 'de', memberId },
		roles: countingRoles(held, mfa),
		secondFactorNeeded: needsSecondFactor(held, mfa),
		secondFactor,
		session: {
			id,
			createdAt: living.createdAt.toISOString(),
			expiresAt: living.expiresAt.toISOString(),
			provedAt: living.provedAt.toISOString(),
		},
	};
}

/** How often a device's token is marked as used. */
const usedEveryMinutes = 5;

/** The actor of a device's token; undefined if it is unknown, expired or revoked. */
export async function actorOfDevice(
	db: Database,
	{ token, at }: { token: string; at: Date },
): Promise<Actor | undefined> {
	const [row] = await readOnLane(
		db,
		reader,
		(sql) => sql<{ id: string; name: string; prefix: string; scopes: string[]; used_at: Date | null }[]>`
			select id, name, prefix, scopes, used_at from device_tokens
			where hash = ${tokenHash(token)} and revoked_at is null and expires_at > ${at}`,
	);
	if (!row) return undefined;
	if (row.used_at === null || minutesAfter(row.used_at, usedEveryMinutes) <= at) {
		await transact(db, reader, (tx) => tx.update(deviceTokens).set({ usedAt: at }).where(eq(deviceTokens.id, row.id)));
	}
	return {
		kind: 'device',
		personId: null,
		memberId: null,
		roles: [],
		sessionId: null,
		scopes: row.scopes,
		deviceTokenId: row.id,
		name: `${row.name} (${row.prefix})`,
	};
}
