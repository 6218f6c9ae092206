// How sessions begin and end inside somebody's transaction.
import { and, eq, isNull, ne } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import type { Role } from '../../values/actor.ts';
import { type EndReason, minutesAfter, sessionLife } from '../rules.ts';
import { refreshTokens, sessions } from '../tables.ts';
import { newToken, tokenHash } from './secrets.ts';

/** Where a session was opened or used from. */
export interface Origin {
	address: string;
	userAgent: string;
}

/** A session just opened or refreshed: what the wire turns into an access token and cookies. */
export interface Grant {
	sessionId: string;
	refreshToken: string;
	/** when the session ends at the latest */
	expiresAt: Date;
}

/** Opens a session; `mfa` says whether a second factor was proved. */
export async function openSession(
	tx: Tx,
	{
		person,
		mfa,
		at,
		address,
		userAgent,
	}: { person: { id: string; roles: readonly Role[] }; mfa: boolean; at: Date } & Origin,
): Promise<Grant> {
	const { absoluteMinutes, idleMinutes } = sessionLife(person.roles);
	const expiresAt = minutesAfter(at, absoluteMinutes);
	const [row] = await tx
		.insert(sessions)
		.values({
			personId: person.id,
			mfa,
			address: address.slice(0, 64),
			userAgent: userAgent.slice(0, 300),
			createdAt: at,
			usedAt: at,
			provedAt: at,
			expiresAt,
			idleMinutes,
		})
		.returning({ id: sessions.id });
	if (!row) throw new Error('the session was not stored');
	const refreshToken = newToken();
	await tx.insert(refreshTokens).values({ hash: tokenHash(refreshToken), sessionId: row.id, createdAt: at });
	return { sessionId: row.id, refreshToken, expiresAt };
}

/** Ends all living sessions of a person, except one if given. Answers how many ended. */
export async function endSessions(
	tx: Tx,
	{ personId, at, reason, except = null }: { personId: string; at: Date; reason: EndReason; except?: string | null },
): Promise<number> {
	const ended = await tx
		.update(sessions)
		.set({ endedAt: at, endReason: reason })
		.where(
			and(
				eq(sessions.personId, personId),
				isNull(sessions.endedAt),
				except === null ? undefined : ne(sessions.id, except),
			),
		)
		.returning({ id: sessions.id });
	return ended.length;
}
