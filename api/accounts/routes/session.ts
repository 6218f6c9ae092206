// Sessions on the wire: sign in, refresh, prove again, sign out, and the list of one's own.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Id, IdParams, InstantText, Line, Problem, ref, Strict } from '../../http/schemas.ts';
import { type Role, roles } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import {
	accessTokenOf,
	challengeOf,
	clearSessionCookies,
	cookieOf,
	readChallenge,
	setSessionCookies,
} from '../identify.ts';
import { readSession } from '../service/identity.ts';
import type { Grant, Origin } from '../service/lifecycle.ts';
import { setLocale } from '../service/people.ts';
import {
	completeSignIn,
	listSessions,
	proveAgain,
	refreshSession,
	revokeAllSessions,
	revokeSession,
	type SignIn,
	signIn,
	signOut,
} from '../service/sessions.ts';

/** A language the program writes in. */
export const LocaleName = Type.Union([Type.Literal('de'), Type.Literal('en')]);
/** A role a person can hold. */
export const RoleName = Type.Unsafe<Role>({ type: 'string', enum: [...roles] });
/** An e-mail address as typed; services check its form. */
export const Email = Line(254, 3);
/** A password being used; the longest allowed has 256 characters. */
export const Password = Type.String({ minLength: 1, maxLength: 1_000 });
/** A code of an authenticator app or a recovery code. */
export const Code = Line(20, 6);

const SignedIn = Type.Object(
	{
		step: Type.Literal('done'),
		accessToken: Type.String(),
		expiresAt: InstantText,
		refreshToken: Type.Optional(Type.String({ description: 'only for programs' })),
		person: Type.Object({ id: Id, name: Type.String(), email: Type.String(), memberId: Type.Union([Id, Type.Null()]) }),
	},
	{ $id: 'SignedIn' },
);
const CodeMissing = Type.Object(
	{
		step: Type.Literal('code'),
		challenge: Type.String({ description: 'to be sent to /api/session/code with the code' }),
	},
	{ $id: 'CodeMissing' },
);
const SessionRefreshed = Type.Object({
	accessToken: Type.String(),
	expiresAt: InstantText,
	refreshToken: Type.Optional(Type.String()),
});

const originOf = (request: FastifyRequest): Origin => ({
	address: request.ip,
	userAgent: request.headers['user-agent'] ?? '',
});

/** /api/session and /api/sessions. */
export function sessionRoutes(app: App): void {
	const { keys } = app.settings;
	app.addSchema(SignedIn);
	app.addSchema(CodeMissing);

	function grantOf(
		reply: FastifyReply,
		{ grant, personId, at, program }: { grant: Grant; personId: string; at: Date; program: boolean },
	) {
		const { accessToken, accessUntil } = accessTokenOf(app, { ...grant, personId, at });
		if (!program) setSessionCookies(app, reply, { accessToken, accessUntil, grant });
		return {
			accessToken,
			expiresAt: accessUntil.toISOString(),
			...(program ? { refreshToken: grant.refreshToken } : {}),
		};
	}

	function answer(reply: FastifyReply, done: SignIn & { step: 'done' }, at: Date, program: boolean) {
		const { id, name, email, memberId } = done.person;
		return {
			step: 'done' as const,
			...grantOf(reply, { grant: done.grant, personId: id, at, program }),
			person: { id, name, email, memberId },
		};
	}

	app.post(
		'/api/session',
		{
			config: { access: 'public' },
			schema: {
				operationId: 'signIn',
				tags: ['accounts'],
				summary: 'Signs in with e-mail and password; browsers get cookies, programs the refresh token in the reply',
				body: Strict({
					email: Email,
					password: Password,
					code: Type.Optional(Code),
					program: Type.Optional(Type.Boolean({ description: 'no cookies; the refresh token is in the reply' })),
				}),
				response: { 200: Type.Union([ref(SignedIn), ref(CodeMissing)]), 401: ref(Problem) },
			},
		},
		async (request, reply) => {
			const { email, password, code, program = false } = request.body;
			const result = await signIn(app.db, { at: request.at, keys, email, password, code, ...originOf(request) });
			if (result.step === 'code')
				return { step: 'code' as const, challenge: challengeOf(app, { ...result, at: request.at }) };
			return answer(reply, result, request.at, program);
		},
	);

	app.post(
		'/api/session/code',
		{
			config: { access: 'public' },
			schema: {
				operationId: 'completeSignIn',
				tags: ['accounts'],
				summary: 'The second step of signing in: a code of the app or a recovery code',
				body: Strict({ challenge: Line(1_000), code: Code, program: Type.Optional(Type.Boolean()) }),
				response: { 200: ref(SignedIn), 401: ref(Problem) },
			},
		},
		async (request, reply) => {
			const { challenge, code, program = false } = request.body;
			const { personId, mark } = readChallenge(app, challenge, request.at);
			const done = await completeSignIn(app.db, { at: request.at, keys, personId, mark, code, ...originOf(request) });
			return answer(reply, done, request.at, program);
		},
	);

	app.post(
		'/api/session/refresh',
		{
			config: { access: 'public' },
			schema: {
				operationId: 'refreshSession',
				tags: ['accounts'],
				summary: 'Trades the refresh token (cookie, or body for programs) for a new access token and its successor',
				body: Type.Union([Strict({ refreshToken: Type.Optional(Line(100)) }), Type.Null()]),
				response: { 200: SessionRefreshed, 401: ref(Problem) },
			},
		},
		async (request, reply) => {
			const own = request.body?.refreshToken;
			const refreshToken = own ?? cookieOf(app, request, 'refresh') ?? '';
			try {
				const { grant, personId } = await refreshSession(app.db, {
					at: request.at,
					keys,
					refreshToken,
					...originOf(request),
				});
				return grantOf(reply, { grant, personId, at: request.at, program: own !== undefined });
			} catch (error) {
				if (error instanceof Refusal && own === undefined) clearSessionCookies(app, reply);
				throw error;
			}
		},
	);

	app.get(
		'/api/session',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'readSession',
				tags: ['accounts'],
				summary: 'Who is signed in, with the roles that count, and whether a second factor is needed first',
				response: {
					200: Type.Object({
						person: Type.Object({
							id: Id,
							name: Type.String(),
							email: Type.String(),
							emailConfirmed: Type.Boolean(),
							locale: LocaleName,
							memberId: Type.Union([Id, Type.Null()]),
						}),
						roles: Type.Array(RoleName),
						secondFactorNeeded: Type.Boolean(),
						secondFactor: Type.Boolean(),
						session: Type.Object({ id: Id, createdAt: InstantText, expiresAt: InstantText, provedAt: InstantText }),
					}),
				},
			},
		},
		async ({ session }) => readSession(session),
	);

	app.delete(
		'/api/session',
		{
			config: { access: 'public' },
			schema: {
				operationId: 'signOut',
				tags: ['accounts'],
				summary: 'Ends the session that asks, by access or refresh token',
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			const by = await app.identify(request);
			await signOut(app.db, { by, at: request.at, refreshToken: cookieOf(app, request, 'refresh') });
			clearSessionCookies(app, reply);
			return reply.code(204).header('clear-site-data', '"cache", "storage"').send(null);
		},
	);

	app.post(
		'/api/session/proof',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'proveAgain',
				tags: ['accounts'],
				summary: 'Proves password and code again; sensitive acts are then open for five minutes',
				body: Strict({ password: Password, code: Type.Optional(Code) }),
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			await proveAgain(app.db, { ...commandOf(request), keys, ...request.body });
			return reply.code(204).send(null);
		},
	);

	app.put(
		'/api/session/locale',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'setLocale',
				tags: ['accounts'],
				summary: 'Sets the language of mails',
				body: Strict({ locale: LocaleName }),
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			await setLocale(app.db, { ...commandOf(request), ...request.body });
			return reply.code(204).send(null);
		},
	);

	app.get(
		'/api/sessions',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'listSessions',
				tags: ['accounts'],
				summary: "One's own living sessions",
				response: {
					200: Type.Array(
						Type.Object({
							id: Id,
							userAgent: Type.String(),
							address: Type.String(),
							createdAt: InstantText,
							usedAt: InstantText,
							expiresAt: InstantText,
							secondFactor: Type.Boolean(),
							current: Type.Boolean(),
						}),
					),
				},
			},
		},
		({ actor, at }) => listSessions(app.db, { by: actor, at }),
	);

	app.delete(
		'/api/sessions/:id',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'revokeSession',
				tags: ['accounts'],
				summary: "Ends one of one's own sessions",
				params: IdParams,
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			await revokeSession(app.db, { ...commandOf(request), id: request.params.id });
			return reply.code(204).send(null);
		},
	);

	app.delete(
		'/api/sessions',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'revokeAllSessions',
				tags: ['accounts'],
				summary: "Ends all of one's own sessions",
				querystring: Strict({ keepCurrent: Type.Optional(Type.Boolean()) }),
				response: { 200: Type.Object({ ended: Type.Integer() }) },
			},
		},
		async (request, reply) => {
			const { keepCurrent = false } = request.query;
			const ended = await revokeAllSessions(app.db, { ...commandOf(request), keepCurrent });
			if (!keepCurrent) clearSessionCookies(app, reply);
			return ended;
		},
	);
}
