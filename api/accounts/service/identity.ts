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

interface Living {
	person_id: string;
	member_id: string | null;
	name: string;
	roles: Role[];
	mfa: boolean;
}

/** The actor of a living session with the roles that count in it now; undefined once it ended or the account was disabled. */
export async function actorOfSession(
	db: Database,
	{ sessionId, personId, at }: { sessionId: string; personId: string; at: Date },
): Promise<Actor | undefined> {
	const [row] = await readOnLane(
		db,
		reader,
		(sql) => sql<Living[]>`
			select p.id as person_id, p.member_id, p.name, p.roles, s.mfa
			from sessions s join persons p on p.id = s.person_id
			where s.id = ${sessionId} and s.ended_at is null and s.expires_at > ${at} and p.disabled_at is null`,
	);
	if (!row || row.person_id !== personId) return undefined;
	return {
		kind: 'person',
		personId,
		memberId: row.member_id,
		roles: countingRoles(row.roles, row.mfa),
		sessionId,
		scopes: [],
		name: row.name,
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
		name: `${row.name} (${row.prefix})`,
	};
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

interface SessionRow {
	id: string;
	name: string;
	email: string;
	email_confirmed: boolean;
	locale: string;
	member_id: string | null;
	held: Role[];
	mfa: boolean;
	second_factor: boolean;
	created_at: Date;
	expires_at: Date;
	proved_at: Date;
}

/** The session that asks. Refuses: accounts.sign-in-needed (unauthenticated). */
export async function readSession(db: Database, { by }: { by: Actor }): Promise<SessionState> {
	const [row] = await readOnLane(
		db,
		// Keyed by the asker's own session, so the program may read it.
		reader,
		(sql) => sql<SessionRow[]>`
			select p.id, p.name, p.email, p.email_confirmed_at is not null as email_confirmed, p.locale, p.member_id, p.roles as held,
				s.mfa, p.totp_confirmed_at is not null as second_factor, s.created_at, s.expires_at, s.proved_at
			from sessions s join persons p on p.id = s.person_id where s.id = ${by.sessionId}`,
	);
	if (!row) throw new Refusal('unauthenticated', 'accounts.sign-in-needed');
	return {
		person: {
			id: row.id,
			name: row.name,
			email: row.email,
			emailConfirmed: row.email_confirmed,
			locale: row.locale === 'en' ? 'en' : 'de',
			memberId: row.member_id,
		},
		roles: countingRoles(row.held, row.mfa),
		secondFactorNeeded: needsSecondFactor(row.held, row.mfa),
		secondFactor: row.second_factor,
		session: {
			id: by.sessionId ?? '',
			createdAt: row.created_at.toISOString(),
			expiresAt: row.expires_at.toISOString(),
			provedAt: row.proved_at.toISOString(),
		},
	};
}
