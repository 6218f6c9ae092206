// Who may call what: every route under /api names its access, or the program does not start.
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { type Actor, holds, type Role } from '../values/actor.ts';
import { Refusal } from '../values/refusal.ts';
import { type Command, requestHashOf } from '../audit/service.ts';
import { Problem, ref } from './schemas.ts';

/** 'public': anybody; 'signed-in': anybody with a session; else one of the roles. */
export type Access = 'public' | 'signed-in' | readonly Role[];

declare module 'fastify' {
	interface FastifyContextConfig {
		access?: Access;
		/** scope a device token needs to call this route; without it devices may not */
		deviceScope?: string;
		/** the route moves money, shares, readings or votes: an Idempotency-Key is obligatory */
		idempotent?: boolean;
		/** the route takes large bodies: slow ones are cut by rate, not after a fixed time */
		upload?: boolean;
	}
	interface FastifyInstance {
		/** finds out who is asking; undefined if nobody is signed in or the session has ended */
		identify: (request: FastifyRequest) => Promise<Actor | undefined>;
		/** the clock; tests and the demo set it */
		now: () => Date;
	}
	interface FastifyRequest {
		actor: Actor;
		at: Date;
	}
}

/** Nobody in particular: row level security shows nothing of members. */
const nobody: Actor = {
	kind: 'person',
	personId: null,
	memberId: null,
	roles: [],
	sessionId: null,
	scopes: [],
	name: 'anonymous',
};

/** Replies every route may give, beside its own. */
function standardReplies(route: RouteOptions, access: Access): Record<string, unknown> {
	const codes = [400, 422, 429, 500, 503];
	if (access !== 'public') codes.push(401, 403);
	if (route.url.includes(':')) codes.push(404);
	if (route.method !== 'GET') codes.push(403, 409, 413, 415);
	return Object.fromEntries(codes.map((code) => [code, ref(Problem)]));
}

const idempotencyHeader = {
	type: 'object',
	properties: {
		'idempotency-key': { type: 'string', minLength: 8, maxLength: 100, pattern: '^[A-Za-z0-9_.:-]+$' },
	},
	required: ['idempotency-key'],
};

/** Registers the checks. `app.identify` must be decorated before the first request. */
export function guardRoutes(app: FastifyInstance): void {
	app.decorateRequest('actor', null as unknown as Actor);
	app.decorateRequest('at', null as unknown as Date);

	app.addHook('onRoute', (route) => {
		if (!route.url.startsWith('/api/') || route.method === 'HEAD') return;
		const { access, idempotent, deviceScope } = route.config ?? {};
		if (access === undefined) throw new Error(`${String(route.method)} ${route.url} does not name its access`);
		if (route.schema?.hide) return;
		if (!route.schema?.operationId) throw new Error(`${String(route.method)} ${route.url} has no operationId`);
		const schema = route.schema as Record<string, unknown> & { response?: Record<string, unknown> };
		schema.response = { ...standardReplies(route, access), ...schema.response };
		schema['x-roles'] = access === 'public' || access === 'signed-in' ? [access] : [...access];
		if (deviceScope) schema['x-device-scope'] = deviceScope;
		if (access !== 'public') schema.security = [{ session: [] }, { bearer: [] }];
		if (idempotent) schema.headers = idempotencyHeader;
	});

	app.addHook('preHandler', async (request) => {
		if (!allFinite([request.body, request.query, request.params]))
			throw new Refusal('invalid', 'request.number-too-large');
	});

	app.addHook('onRequest', async (request, reply) => {
		request.at = app.now();
		request.actor = nobody;
		const { access, deviceScope } = request.routeOptions.config;
		if (access === undefined) return;
		reply.header('cache-control', 'no-store');
		refuseForeignSites(request);
		if (access === 'public') return;
		const actor = await app.identify(request);
		if (!actor) throw new Refusal('unauthenticated', 'accounts.sign-in-needed');
		if (actor.kind === 'device') {
			if (!deviceScope || !actor.scopes.includes(deviceScope)) throw new Refusal('forbidden', 'accounts.scope-missing');
		} else if (access !== 'signed-in' && !holds(actor, ...access)) {
			throw new Refusal('forbidden', 'accounts.role-missing');
		}
		request.actor = actor;
	});
}

/** False if a number lies beyond all limits: 1e999 in JSON and four hundred nines in an address both become Infinity. */
function allFinite(value: unknown): boolean {
	if (typeof value === 'number') return Number.isFinite(value);
	if (typeof value !== 'object' || value === null) return true;
	return Object.values(value).every(allFinite);
}

/** Browsers say where a request comes from; writes from other sites are refused, cookies or not. */
function refuseForeignSites(request: FastifyRequest): void {
	if (request.method === 'GET' || request.method === 'HEAD') return;
	const site = request.headers['sec-fetch-site'];
	if (site !== undefined && site !== 'same-origin' && site !== 'none')
		throw new Refusal('forbidden', 'request.foreign-site');
	const { origin } = request.headers;
	if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== request.host)) {
		throw new Refusal('forbidden', 'request.foreign-site');
	}
}

/** The command a route hands to its service: who, when, and the idempotency key if the request carries one. */
export function commandOf(request: FastifyRequest): Command {
	const key = request.headers['idempotency-key'];
	return {
		by: request.actor,
		at: request.at,
		key:
			typeof key === 'string'
				? { key, requestHash: requestHashOf(request.method, request.url, request.body) }
				: undefined,
	};
}

/** Answers 404 with a problem for unknown addresses under /api. */
export function unknownAddress(_request: FastifyRequest, _reply: FastifyReply): never {
	throw new Refusal('missing', 'request.unknown-address');
}
