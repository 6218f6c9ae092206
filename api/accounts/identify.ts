// Access tokens and cookies: how a session travels, and who a request comes from.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import type { Actor } from '../values/actor.ts';
import { Refusal } from '../values/refusal.ts';
import { accessExpiry, challengeMinutes, minutesAfter } from './rules.ts';
import { deviceTokenPrefix } from './service/devices.ts';
import { actorOfDevice, actorOfSession, type LivingSession, livingSession } from './service/identity.ts';
import type { Grant } from './service/lifecycle.ts';

interface Claims {
	/** person */
	sub: string;
	/** session; only access tokens have one */
	sid?: string;
	/** password mark; only the token between password and code has one */
	mark?: string;
	/** seconds since 1970 */
	iat: number;
	exp: number;
}

declare module '@fastify/jwt' {
	interface FastifyJWT {
		payload: Claims;
		user: Claims;
	}
}

declare module 'fastify' {
	interface FastifyRequest {
		/** the session that asks; none for devices and before anybody is identified */
		session: LivingSession | undefined;
	}
}

/** Tells the API how to find out who is asking. Called once by buildApp, before the routes. */
export function identifyPeople(app: App): void {
	app.decorateRequest('session', undefined);
	app.decorate('identify', (request: FastifyRequest) => identify(app, request));
}

async function identify(app: App, request: FastifyRequest): Promise<Actor | undefined> {
	const at = request.at;
	const token = bearerOf(request) ?? cookieOf(app, request, 'access');
	if (token === undefined || token.length > 1_000) return undefined;
	if (token.startsWith(deviceTokenPrefix)) return actorOfDevice(app.db, { token, at });
	const claims = claimsOf(app, token, at);
	if (claims?.sid === undefined) return undefined;
	request.session = await livingSession(app.db, { sessionId: claims.sid, personId: claims.sub, at });
	return request.session && actorOfSession(request.session);
}

function bearerOf(request: FastifyRequest): string | undefined {
	return /^Bearer +([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function claimsOf(app: App, token: string, at: Date): Claims | undefined {
	let claims: Claims;
	try {
		claims = app.jwt.verify<Claims>(token);
	} catch {
		return undefined;
	}
	// The signature is the library's matter, the time is the API's own clock.
	return typeof claims.exp === 'number' && claims.exp * 1000 > at.getTime() ? claims : undefined;
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** An access token of a session, and when it ends. */
export function accessTokenOf(
	app: App,
	{ sessionId, personId, expiresAt, at }: { sessionId: string; personId: string; expiresAt: Date; at: Date },
): { accessToken: string; accessUntil: Date } {
	const accessUntil = accessExpiry(at, expiresAt);
	return {
		accessToken: app.jwt.sign({ sub: personId, sid: sessionId, iat: seconds(at), exp: seconds(accessUntil) }),
		accessUntil,
	};
}

/** The token that carries a right password to the second step. */
export function challengeOf(app: App, { personId, mark, at }: { personId: string; mark: string; at: Date }): string {
	return app.jwt.sign({ sub: personId, mark, iat: seconds(at), exp: seconds(minutesAfter(at, challengeMinutes)) });
}

/** What a challenge carries. Refuses: accounts.sign-in-refused (unauthenticated) if it is forged or too old. */
export function readChallenge(app: App, challenge: string, at: Date): { personId: string; mark: string } {
	const claims = claimsOf(app, challenge, at);
	if (claims?.mark === undefined) throw new Refusal('unauthenticated', 'accounts.sign-in-refused');
	return { personId: claims.sub, mark: claims.mark };
}

type CookieKind = 'access' | 'refresh';

const overHttps = (app: App): boolean => app.settings.publicUrl.startsWith('https:');
// A browser takes a __Host- cookie only over https, for the whole host and nobody else.
const cookieName = (app: App, kind: CookieKind): string => `${overHttps(app) ? '__Host-' : ''}gw_${kind}`;

/** The session's token in the request's cookies. */
export function cookieOf(app: App, request: FastifyRequest, kind: CookieKind): string | undefined {
	return request.cookies[cookieName(app, kind)] || undefined;
}

const cookieOptions = (app: App) => ({ path: '/', httpOnly: true, sameSite: 'lax' as const, secure: overHttps(app) });

/** Hands a session to the browser. Lax, so that a link in a mail finds its reader signed in. */
export function setSessionCookies(
	app: App,
	reply: FastifyReply,
	{ accessToken, accessUntil, grant }: { accessToken: string; accessUntil: Date; grant: Grant },
): void {
	reply.setCookie(cookieName(app, 'access'), accessToken, { ...cookieOptions(app), expires: accessUntil });
	reply.setCookie(cookieName(app, 'refresh'), grant.refreshToken, { ...cookieOptions(app), expires: grant.expiresAt });
}

/** Takes the session from the browser. */
export function clearSessionCookies(app: App, reply: FastifyReply): void {
	for (const kind of ['access', 'refresh'] as const) reply.clearCookie(cookieName(app, kind), cookieOptions(app));
}
