// Who an access token or a device's token stands for: one point read per request.
import { eq } from 'drizzle-orm';
import { type Database, readOnLane, transact } from '../../database/connect.ts';
import { type Actor, type Role, systemActor } from '../../values/actor.ts';
import type { Locale } from '../../notices/templates.ts';
import { Refusal } from '../../values/refusal.ts';
import { countingRoles, minutesAfter, needsSecondFactor } from '../rules.ts';
import { deviceTokens, persons, sessions } from '../tables.ts';
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

/** The session that asks. Refuses: accounts.sign-in-needed (unauthenticated). */
export function readSession(db: Database, { by }: { by: Actor }): Promise<SessionState> {
	return transact(db, by, async (tx) => {
		const [row] = await tx
			.select({ person: persons, session: sessions })
			.from(sessions)
			.innerJoin(persons, eq(persons.id, sessions.personId))
			.where(eq(sessions.id, by.sessionId ?? ''));
		if (!row) throw new Refusal('unauthenticated', 'accounts.sign-in-needed');
		const { person, session } = row;
		const held = person.roles as Role[];
		return {
			person: {
				id: person.id,
				name: person.name,
				email: person.email,
				emailConfirmed: person.emailConfirmedAt !== null,
				locale: person.locale === 'en' ? 'en' : 'de',
				memberId: person.memberId,
			},
			roles: countingRoles(held, session.mfa),
			secondFactorNeeded: needsSecondFactor(held, session.mfa),
			secondFactor: person.totpConfirmedAt !== null,
			session: {
				id: session.id,
				createdAt: session.createdAt.toISOString(),
				expiresAt: session.expiresAt.toISOString(),
				provedAt: session.provedAt.toISOString(),
			},
		};
	});
}
