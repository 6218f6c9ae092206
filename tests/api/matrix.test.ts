// Every operation of the API × every role, and every operation against garbage, made from the API's own description.
import { randomUUID } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { beforeAll, expect, test } from 'vitest';
import type { Role } from '../../api/values/actor.ts';
import { roles } from '../../api/values/actor.ts';
import { type SignedIn, useApi } from './app.ts';

interface Schema {
	type?: string;
	format?: string;
	enum?: unknown[];
	const?: unknown;
	minimum?: number;
	minLength?: number;
	minItems?: number;
	items?: Schema;
	anyOf?: Schema[];
	properties?: Record<string, Schema>;
}
interface Operation {
	method: NonNullable<InjectOptions['method']>;
	path: string;
	operationId: string;
	roles: string[];
	statuses: string[];
	/** content types the body may have; empty without a body */
	bodies: string[];
	/** a body of the right shape, to be spoilt one property at a time */
	sample: Record<string, unknown>;
	/** answers with an endless stream of events */
	endless: boolean;
	query: string[];
}
interface Description {
	paths: Record<
		string,
		Record<
			string,
			{
				operationId: string;
				'x-roles': string[];
				responses: Record<string, { content?: Record<string, unknown> }>;
				requestBody?: { content: Record<string, { schema?: Schema }> };
				parameters?: { in: string; name: string }[];
			}
		>
	>;
}

const api = useApi();
const people = new Map<Role, SignedIn>();
let operations: Operation[] = [];

/** A plain value that fits a schema well enough to reach the service. */
function sampleOf(schema: Schema): unknown {
	if (schema.const !== undefined) return schema.const;
	if (schema.enum) return schema.enum[0];
	if (schema.anyOf) return sampleOf(schema.anyOf[0] ?? {});
	if (schema.properties)
		return Object.fromEntries(Object.entries(schema.properties).map(([name, inner]) => [name, sampleOf(inner)]));
	if (schema.type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => sampleOf(schema.items ?? {}));
	if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1;
	if (schema.type === 'boolean') return false;
	if (schema.type !== 'string') return null;
	if (schema.format === 'uuid') return '01990000-0000-7000-8000-000000000000';
	if (schema.format === 'date') return '2026-11-22';
	if (schema.format === 'date-time') return '2026-11-22T10:00:00.000Z';
	return 'a'.repeat(Math.max(1, schema.minLength ?? 1));
}

beforeAll(async () => {
	const { paths } = (await api.app.inject('/api/openapi.json')).json() as Description;
	operations = Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => {
			const content = operation.requestBody?.content ?? {};
			return {
				method: method.toUpperCase() as Operation['method'],
				path,
				operationId: operation.operationId,
				roles: operation['x-roles'],
				statuses: Object.keys(operation.responses),
				bodies: Object.keys(content),
				sample: (sampleOf(content['application/json']?.schema ?? {}) ?? {}) as Record<string, unknown>,
				endless: Object.values(operation.responses).some((reply) => 'text/event-stream' in (reply.content ?? {})),
				query: (operation.parameters ?? []).filter((p) => p.in === 'query').map((p) => p.name),
			};
		}),
	);
	for (const role of roles) people.set(role, await api.signedIn(role));
});

async function send(operation: Operation, options: Omit<InjectOptions, 'method'>) {
	const response = await api.app.inject({ method: operation.method, ...options });
	response.raw.req.emit('close');
	const documented = operation.statuses.includes(String(response.statusCode)) || operation.statuses.includes('default');
	const bare = response.statusCode === 404 && response.json<{ code: string }>().code === 'request.unknown-address';
	return { status: response.statusCode, text: response.body, documented: documented || bare };
}

const pathOf = ({ path }: Operation, value: string): string => path.replace(/\{[^}]+\}/g, encodeURIComponent(value));

test('the description lists operations, each with its roles and an id of its own', () => {
	expect(operations.length).toBeGreaterThan(20);
	expect(operations.filter((o) => !o.operationId || !o.roles?.length)).toEqual([]);
	expect(new Set(operations.map((o) => o.operationId)).size).toBe(operations.length);
});

test('roles not named get 401 or 403 and nothing else; roles named are let in', async () => {
	const wrong: string[] = [];
	for (const operation of operations) {
		if (operation.endless) continue;
		for (const role of [undefined, ...roles]) {
			const name = `${role ?? 'anonymous'} ${operation.operationId}`;
			const allowed =
				operation.roles.includes('public') ||
				(role !== undefined && (operation.roles.includes('signed-in') || operation.roles.includes(role)));
			const headers = { 'idempotency-key': `matrix-${randomUUID()}`, ...(role ? people.get(role)?.headers : {}) };
			if (allowed && (operation.method === 'DELETE' || operation.operationId === 'signOut')) continue;
			const body =
				operation.bodies.length === 0
					? {}
					: { payload: '{}', headers: { ...headers, 'content-type': 'application/json' } };
			const { status, documented } = await send(operation, { url: pathOf(operation, randomUUID()), headers, ...body });
			if (!allowed && status !== (role ? 403 : 401)) wrong.push(`${name}: ${status} instead of ${role ? 403 : 401}`);
			if (allowed && role !== undefined && status === 401 && operation.roles[0] !== 'public')
				wrong.push(`${name}: 401 although allowed`);
			if (status >= 500) wrong.push(`${name}: ${status}`);
			if (!documented) wrong.push(`${name}: ${status} is not documented`);
		}
	}
	expect(wrong).toEqual([]);
});

const garbage: unknown[] = [
	...[
		null,
		true,
		0,
		-1,
		1e308,
		'',
		'x',
		'\u0000',
		'a\u0000b',
		'\ud800',
		'𝔘𝔫𝔦😀\u202e',
		"'; drop table persons; --",
		'../../etc/passwd',
		'{{7*7}}',
	],
	...[
		'9'.repeat(400),
		'2026-02-30',
		'0000-00-00',
		'x'.repeat(20_000),
		[],
		[[]],
		{},
		{ __proto__: null, a: 1 },
		[null],
		['x'.repeat(100)],
		-0.5,
		2 ** 53,
	],
];
const ids = [
	'x',
	'\u0000',
	'00000000-0000-0000-0000-000000000000',
	"' or 1=1",
	'..%2f..',
	'𝔘',
	'%',
	'x'.repeat(300),
	'-1',
];

test('garbage in bodies, parameters and queries is refused, never a fault, and always as documented', async () => {
	const wrong: string[] = [];
	let sent = 0;
	for (const operation of operations) {
		if (operation.endless || operation.operationId === 'signOut' || operation.operationId === 'revokeAllSessions')
			continue;
		const role = operation.roles.find((r): r is Role => (roles as readonly string[]).includes(r)) ?? 'board';
		const headers = () => ({ ...people.get(role)?.headers, 'idempotency-key': `fuzz-${randomUUID()}` });
		const check = async (what: string, options: Omit<InjectOptions, 'method'>) => {
			sent++;
			const { status, text, documented } = await send(operation, options);
			// Counted attempts would keep the garbage from the services.
			if (status === 429) await api.database.owner`truncate throttles`;
			if (status >= 500) wrong.push(`${operation.operationId} ${what}: ${status} ${text.slice(0, 120)}`);
			else if (!documented) wrong.push(`${operation.operationId} ${what}: ${status} is not documented`);
			if (/node_modules|\.ts:\d+|select .* from|Error:/i.test(text))
				wrong.push(`${operation.operationId} ${what}: shows its inside`);
		};
		const url = pathOf(operation, randomUUID());
		if (operation.path.includes('{'))
			for (const id of ids) await check(`id ${id.slice(0, 20)}`, { url: pathOf(operation, id), headers: headers() });
		for (const name of [...operation.query, 'unknown']) {
			for (const value of ['', '\u0000', 'x'.repeat(5_000), '-1', '1e99', '𝔘']) {
				await check(`?${name}=${value.slice(0, 10)}`, {
					url: `${url}?${name}=${encodeURIComponent(value)}`,
					headers: headers(),
				});
			}
		}
		await check('?%', { url: `${url}?a=%E0%A4%A&a=b&__proto__=1`, headers: headers() });
		if (operation.method === 'GET') continue;
		const json = { ...headers(), 'content-type': 'application/json' };
		for (const payload of [
			'',
			'{',
			'null',
			'[]',
			'"x"',
			'{"__proto__":{"a":1}}',
			'{"constructor":{"prototype":{}}}',
			`${'['.repeat(5_000)}`,
			`{"a":"${'x'.repeat(300_000)}"}`,
			'\u0000',
			Buffer.from([0xff, 0xfe, 0x00]),
		]) {
			await check(`body ${String(payload).slice(0, 20)}`, {
				url,
				payload,
				headers: { ...json, 'idempotency-key': `fuzz-${randomUUID()}` },
			});
		}
		for (const type of [
			'text/plain',
			'application/x-www-form-urlencoded',
			'multipart/form-data; boundary=b',
			'application/xml',
			'image/png',
			'x',
		]) {
			await check(`type ${type}`, { url, payload: '--b\r\n\r\n', headers: { ...headers(), 'content-type': type } });
		}
		const properties = Object.keys(operation.sample);
		const bodies = [
			operation.sample,
			...properties.flatMap((property) => garbage.map((value) => ({ ...operation.sample, [property]: value }))),
			...garbage.map((value) => Object.fromEntries(properties.map((property) => [property, value]))),
		];
		for (const body of properties.length === 0 ? [] : bodies) {
			const payload = JSON.stringify(body);
			await check(payload.slice(0, 60), {
				url,
				payload,
				headers: { ...json, 'idempotency-key': `fuzz-${randomUUID()}` },
			});
		}
	}
	expect(wrong).toEqual([]);
	expect(sent).toBeGreaterThan(1_000);
	expect((await api.app.inject('/health')).statusCode).toBe(200);
}, 300_000);
