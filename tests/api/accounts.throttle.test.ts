// Attempts are counted in the database: no burst, restart or header gets around it, and nobody is locked out for good.
import { expect, test } from 'vitest';
import { throttle } from '../../api/accounts/service/throttle.ts';
import { createPerson, preparePassword } from '../../api/accounts/service/people.ts';
import { checkSetupCode, setupCode } from '../../api/accounts/service/setup.ts';
import { write } from '../../api/audit/service.ts';
import type { Refusal } from '../../api/values/refusal.ts';
import { system } from '../database.ts';
import { call, useApi } from './app.ts';

const api = useApi();
const password = 'Leise Raben 9 Kiesel';

async function account(email: string): Promise<void> {
	const { at } = api.clock;
	const hashed = await preparePassword(password, { secondFactor: false, known: [] });
	await write(api.database.db, { by: system, at }, (tx, note) =>
		createPerson(tx, note, { at, email, name: 'Person', locale: 'de', roles: ['member'], password: hashed }),
	);
}
const attempt = (
	email: string,
	word: string,
	{
		app = api.app,
		from = '10.0.0.1',
		headers = {},
	}: { app?: typeof api.app; from?: string; headers?: Record<string, string> } = {},
) => call(app, 'POST', '/api/session', { body: { email, password: word }, remoteAddress: from, headers });

test('the set-up code opens an empty database once, of many at the same second one gets through', async () => {
	const { db } = api.database;
	const { at } = api.clock;
	const first = await setupCode(db, { by: system, at });
	const code = (await setupCode(db, { by: system, at })) ?? '';
	expect(code).toMatch(/^([A-Z0-9]{5}-){3}[A-Z0-9]{5}$/);
	const [row] = await api.database.owner`select * from setup_codes`;
	expect(JSON.stringify(row)).not.toContain(code.replaceAll('-', ''));
	const begin = (typed: string, email: string) =>
		write(db, { by: system, at }, async (tx, note) => {
			await checkSetupCode(tx, { code: typed, at });
			return createPerson(tx, note, { at, email, name: 'Erste', locale: 'de', roles: ['board'] });
		});
	await expect(begin(first ?? '', 'a@auental.test')).rejects.toMatchObject({ code: 'accounts.setup-code-wrong' });
	const all = await Promise.allSettled(
		Array.from({ length: 16 }, (_, i) => begin(code.toLowerCase(), `erste${i}@auental.test`)),
	);
	expect(all.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
	for (const r of all) if (r.status === 'rejected') expect((r.reason as Refusal).code).toBe('accounts.setup-done');
	expect(await setupCode(db, { by: system, at })).toBeUndefined();
});

test('two bursts of fifty wrong passwords: five are tried, whatever the headers say, and a restart changes nothing', async () => {
	await account('burst@auental.test');
	await account('bystander@auental.test');
	const second = await api.again();
	const burst = await Promise.all(
		Array.from({ length: 100 }, (_, i) =>
			attempt('burst@auental.test', `wrong ${i}`, {
				app: i % 2 ? second : api.app,
				from: `10.1.0.${i}`,
				headers: { 'x-forwarded-for': `192.0.2.${i}` },
			}),
		),
	);
	expect(burst.filter((r) => r.status === 401)).toHaveLength(5);
	expect(burst.filter((r) => r.status === 429)).toHaveLength(95);
	const refused = burst.find((r) => r.status === 429);
	expect(refused?.body).toMatchObject({ code: 'accounts.throttled', values: { retrySeconds: 15 } });
	expect(refused?.headers['retry-after']).toBe('15');
	expect((await attempt('burst@auental.test', password, { app: await api.again() })).status).toBe(429);
	expect((await attempt('bystander@auental.test', password)).status).toBe(200);
	const [row] = await api.database
		.owner`select count(*)::int as n from throttles where encode(key, 'escape') like '%burst%'`;
	expect(row?.n).toBe(0);
});

test('silence doubles, stays at a quarter of an hour, the owner is told once, and the right password then opens', async () => {
	await account('slow@auental.test');
	const waits: number[] = [];
	for (let i = 0; i < 13; i++) {
		expect((await attempt('slow@auental.test', 'wrong')).status).toBe(401);
		const next = await attempt('slow@auental.test', 'wrong');
		if (next.status === 429) {
			waits.push(Number(next.body.values.retrySeconds));
			api.clock.forward(waits.at(-1) ?? 0);
		} else i++;
	}
	expect(waits.slice(0, 8)).toEqual([15, 30, 60, 120, 240, 900, 900, 900].slice(0, waits.length));
	expect((await api.mailsTo('slow@auental.test')).map((m) => m.subject)).toEqual(['Viele Anmeldeversuche']);
	api.clock.forward(900);
	expect((await attempt('slow@auental.test', password)).status).toBe(200);
	expect((await attempt('slow@auental.test', 'wrong')).status).toBe(401);
});

test('unknown addresses are slowed exactly like known ones', async () => {
	await account('known@auental.test');
	const statuses = async (email: string) => {
		const replies = [];
		for (let i = 0; i < 7; i++) replies.push(await attempt(email, 'wrong', { from: '10.3.0.1' }));
		return replies.map((r) => r.text);
	};
	expect(await statuses('nobody@auental.test')).toEqual(await statuses('known@auental.test'));
});

test('a network is slowed after a hundred failures, successes do not count, other networks go on', async () => {
	const { db } = api.database;
	const { keys } = api.config;
	const one = (address: string) => throttle(db, { at: api.clock.at, keys, what: 'test', pace: 'guess', address });
	for (let i = 0; i < 150; i++) await (await one('2001:db8::1')).succeeded();
	for (let i = 0; i < 101; i++) await one(`2001:db8::${i.toString(16)}`);
	await expect(one('2001:db8:0:0:ffff::1')).rejects.toMatchObject({ kind: 'throttled', code: 'accounts.throttled' });
	await one('2001:db8:0:1::1');
	api.clock.forward(901);
	await one('2001:db8::1');
});

test('requests that send mail are few per account and answer alike', async () => {
	await account('mails@auental.test');
	const request = (email: string) =>
		call(api.app, 'POST', '/api/password/requests', { body: { email }, remoteAddress: '10.9.0.1' });
	const known = [];
	const unknown = [];
	for (let i = 0; i < 4; i++) {
		known.push(await request('mails@auental.test'));
		unknown.push(await request('no-mails@auental.test'));
	}
	expect(known.map((r) => r.text)).toEqual(unknown.map((r) => r.text));
	expect(known.map((r) => r.status)).toEqual([204, 204, 204, 429]);
});
