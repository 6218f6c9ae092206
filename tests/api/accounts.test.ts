// Signing in and staying signed in, through the real API, database and mail.
import { randomBytes } from 'node:crypto';
import { TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { createPerson, preparePassword } from '../../api/accounts/service/people.ts';
import { giveTotp } from '../../api/accounts/service/secondFactor.ts';
import { write } from '../../api/audit/service.ts';
import type { Role } from '../../api/values/actor.ts';
import { system } from '../database.ts';
import { call, useApi } from './app.ts';

const api = useApi();
const password = 'Leise Raben 9 Kiesel';
const member: Role[] = ['member'];

interface SignedInReply {
	step: 'done';
	accessToken: string;
	expiresAt: string;
	refreshToken?: string;
	person: { id: string; email: string };
}

let made = 0;
/** An account with a password and, if wanted, an authenticator app; its code at the test's present instant. */
async function account({ roles = member, totp = false }: { roles?: Role[]; totp?: boolean } = {}) {
	const email = `person${++made}@auental.test`;
	const { at } = api.clock;
	const hashed = await preparePassword(password, { secondFactor: false, known: [] });
	const { id, secret } = await write(api.database.db, { by: system, at }, async (tx, note) => {
		const personId = await createPerson(tx, note, {
			at,
			email,
			name: `Person ${made}`,
			locale: 'de',
			roles,
			password: hashed,
		});
		return { id: personId, secret: totp ? await giveTotp(tx, { personId, at, keys: api.config.keys }) : '' };
	});
	const code = () => new TOTP({ secret }).generate({ timestamp: api.clock.at.getTime() });
	return { id, email, code };
}

const signIn = (body: object, more: object = {}) =>
	call<SignedInReply>(api.app, 'POST', '/api/session', { body, ...more });
const cookiesOf = (reply: { cookies: Record<string, { value: string } | undefined> }) => ({
	gw_access: reply.cookies.gw_access?.value ?? '',
	gw_refresh: reply.cookies.gw_refresh?.value ?? '',
});
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const sessionStatus = async (token: string) =>
	(await call(api.app, 'GET', '/api/session', { headers: bearer(token) })).status;

test('signing in sets cookies as they must be and answers a token that works as bearer and as cookie', async () => {
	const { email, id } = await account();
	const reply = await signIn({ email: ` ${email.toUpperCase()} `.trim(), password });
	expect(reply.status).toBe(200);
	expect(reply.body).toMatchObject({ step: 'done', person: { id, email } });
	expect(reply.body.refreshToken).toBeUndefined();
	for (const name of ['gw_access', 'gw_refresh'])
		expect(reply.cookies[name]).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
	expect(Date.parse(reply.body.expiresAt) - api.clock.at.getTime()).toBe(600_000);
	expect((await call(api.app, 'GET', '/api/session', { headers: bearer(reply.body.accessToken) })).body).toMatchObject({
		person: { id, email },
		roles: ['member'],
		secondFactorNeeded: false,
	});
	expect((await call(api.app, 'GET', '/api/session', { cookies: cookiesOf(reply) })).status).toBe(200);
	expect((await call(api.app, 'GET', '/api/session')).body.code).toBe('accounts.sign-in-needed');
});

test('over https the cookies belong to this host alone', async () => {
	const { email } = await account();
	const before = api.config.publicUrl;
	api.config.publicUrl = 'https://portal.test';
	const reply = await signIn({ email, password }).finally(() => {
		api.config.publicUrl = before;
	});
	expect(reply.cookies['__Host-gw_access']).toMatchObject({ secure: true, path: '/' });
	expect(reply.cookies['__Host-gw_access']?.domain).toBeUndefined();
});

test('unknown address, wrong password, disabled account and account without a password get the very same answer', async () => {
	const known = await account();
	const disabled = await account();
	await api.database.owner`update persons set disabled_at = now() where id = ${disabled.id}`;
	const invited = await account();
	await api.database.owner`update persons set password_hash = null where id = ${invited.id}`;
	const replies = [
		await signIn({ email: 'nobody@auental.test', password }),
		await signIn({ email: known.email, password: 'wrong password here' }),
		await signIn({ email: disabled.email, password }),
		await signIn({ email: invited.email, password }),
	];
	expect(new Set(replies.map((r) => `${r.status} ${r.text}`)).size).toBe(1);
	expect(replies[0]?.body).toMatchObject({ status: 401, code: 'accounts.sign-in-refused' });
});

test('tokens that are forged, expired, of another kind or of nobody are nobody', async () => {
	const { email, id } = await account({ totp: true });
	const first = await signIn({ email, password });
	const { challenge } = first.body as unknown as { challenge: string };
	const iat = Math.floor(api.clock.at.getTime() / 1000);
	const sid = '01990000-0000-7000-8000-000000000000';
	const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ sub: id, sid, iss: 'gemeinwatt', exp: iat + 600 })).toString('base64url')}.`;
	for (const token of [
		challenge,
		unsigned,
		'x',
		'a.b.c',
		api.app.jwt.sign({ sub: id, sid, iat, exp: iat + 600 }),
		`gw_dev_${randomBytes(32).toString('base64url')}`,
	]) {
		expect(await sessionStatus(token)).toBe(401);
	}
	const { accessToken } = (await signIn({ email: (await account()).email, password })).body;
	expect(await sessionStatus(accessToken)).toBe(200);
	api.clock.forward(601);
	expect(await sessionStatus(accessToken)).toBe(401);
});

test('requests from other sites are refused, cookies or not', async () => {
	const { email } = await account();
	const cookies = cookiesOf(await signIn({ email, password }));
	for (const headers of [
		{ origin: 'https://evil.test' },
		{ 'sec-fetch-site': 'cross-site' },
		{ 'sec-fetch-site': 'same-site' },
		{ origin: 'null' },
	]) {
		const reply = await call(api.app, 'DELETE', '/api/sessions', { cookies, headers });
		expect(reply.body).toMatchObject({ status: 403, code: 'request.foreign-site' });
		expect((await call(api.app, 'POST', '/api/session', { body: { email, password }, headers })).status).toBe(403);
	}
	expect((await call(api.app, 'GET', '/api/session', { cookies })).status).toBe(200);
});

test('a second factor: the password alone opens nothing, each code works once, also when two arrive together', async () => {
	const { email, code } = await account({ roles: ['board', 'member'], totp: true });
	const first = (await signIn({ email, password })).body as unknown as { step: string; challenge: string };
	expect(first.step).toBe('code');
	const second = (body: object) => call<SignedInReply>(api.app, 'POST', '/api/session/code', { body });
	expect((await second({ challenge: first.challenge, code: '000000' })).body).toMatchObject({
		code: 'accounts.second-factor-refused',
	});
	const burst = await Promise.all([1, 2, 3].map(() => second({ challenge: first.challenge, code: code() })));
	expect(burst.map((r) => r.status).sort()).toEqual([200, 401, 401]);
	const token = burst.find((r) => r.status === 200)?.body.accessToken ?? '';
	expect((await call(api.app, 'GET', '/api/session', { headers: bearer(token) })).body).toMatchObject({
		roles: ['board', 'member'],
		secondFactor: true,
		secondFactorNeeded: false,
	});
	expect((await signIn({ email, password, code: code() })).status).toBe(401);
	api.clock.forward(30);
	expect((await signIn({ email, password, code: code() })).status).toBe(200);
	api.clock.forward(30);
	const old = (await signIn({ email, password })).body as unknown as { challenge: string };
	api.clock.forward(301);
	expect((await second({ challenge: old.challenge, code: code() })).body).toMatchObject({
		code: 'accounts.sign-in-refused',
	});
});

test('staff without a second factor are members only until they enrol, in the same session', async () => {
	const { email } = await account({ roles: ['board', 'member'] });
	const { accessToken } = (await signIn({ email, password })).body;
	const headers = bearer(accessToken);
	expect((await call(api.app, 'GET', '/api/session', { headers })).body).toMatchObject({
		roles: ['member'],
		secondFactorNeeded: true,
	});
	expect((await call(api.app, 'GET', '/api/people', { headers })).body.code).toBe('accounts.role-missing');
	const { secret, otpauthUrl } = (
		await call<{ secret: string; otpauthUrl: string }>(api.app, 'POST', '/api/second-factor', { headers })
	).body;
	expect(otpauthUrl).toMatch(/^otpauth:\/\/totp\/Gemeinwatt:.*secret=/);
	const code = new TOTP({ secret }).generate({ timestamp: api.clock.at.getTime() });
	const wrong = code === '123456' ? '654321' : '123456';
	expect(
		(await call(api.app, 'POST', '/api/second-factor/confirmation', { headers, body: { code: wrong } })).status,
	).toBe(401);
	const { recoveryCodes } = (
		await call<{ recoveryCodes: string[] }>(api.app, 'POST', '/api/second-factor/confirmation', {
			headers,
			body: { code },
		})
	).body;
	expect(new Set(recoveryCodes).size).toBe(10);
	expect((await call(api.app, 'GET', '/api/session', { headers })).body).toMatchObject({
		roles: ['board', 'member'],
		secondFactorNeeded: false,
	});
	expect((await call(api.app, 'GET', '/api/people', { headers })).status).toBe(200);
	expect((await call(api.app, 'DELETE', '/api/second-factor', { headers })).body.code).toBe(
		'accounts.second-factor-obligatory',
	);
	const [recovery = ''] = recoveryCodes;
	expect((await signIn({ email, password, code: recovery.toLowerCase() })).status).toBe(200);
	expect((await signIn({ email, password, code: recovery })).status).toBe(401);
	expect((await call(api.app, 'GET', '/api/second-factor/recovery-codes', { headers })).body).toEqual({ left: 9 });
	const [row] = await api.database.owner`select totp_sealed from persons where email = ${email}`;
	expect(Buffer.from(row?.totp_sealed ?? 'missing').toString('latin1')).not.toContain(secret);
	expect(row?.totp_sealed).toBeDefined();
	const [replies] = await api.database.owner`select count(*)::int as n from idempotency_keys`;
	expect(replies?.n).toBe(0);
});

test('refreshing: a new token each time; two tabs at once get the same one; reuse ends the session and says so by mail', async () => {
	const { email } = await account();
	const start = cookiesOf(await signIn({ email, password }));
	const refresh = (gw_refresh: string, headers: Record<string, string> = {}) =>
		call<{ accessToken: string }>(api.app, 'POST', '/api/session/refresh', { cookies: { gw_refresh }, headers });
	const tabs = await Promise.all([refresh(start.gw_refresh), refresh(start.gw_refresh), refresh(start.gw_refresh)]);
	expect(tabs.map((t) => t.status)).toEqual([200, 200, 200]);
	const next = new Set(tabs.map((t) => t.cookies.gw_refresh?.value));
	expect(next.size).toBe(1);
	const [second = ''] = [...next] as string[];
	expect(second).not.toBe(start.gw_refresh);
	api.clock.forward(300);
	const third = (await refresh(second)).cookies.gw_refresh?.value ?? '';
	expect(third).not.toBe('');
	const live = (await refresh(third)).body.accessToken;
	expect(await sessionStatus(live)).toBe(200);
	api.clock.forward(11);
	const reused = await refresh(third);
	expect(reused.body).toMatchObject({ status: 401, code: 'accounts.session-over' });
	expect(reused.cookies.gw_refresh?.value).toBe('');
	expect(await sessionStatus(live)).toBe(401);
	expect((await api.mailsTo(email)).map((m) => m.subject)).toContain('Eine Anmeldung wurde zur Sicherheit beendet');
});

test('another browser gets no grace for a spent refresh token', async () => {
	const { email } = await account();
	const { gw_refresh } = cookiesOf(await signIn({ email, password }, { headers: { 'user-agent': 'Firefox' } }));
	const refresh = (agent: string) =>
		call(api.app, 'POST', '/api/session/refresh', { cookies: { gw_refresh }, headers: { 'user-agent': agent } });
	expect((await refresh('Firefox')).status).toBe(200);
	expect((await refresh('curl')).status).toBe(401);
	expect((await refresh('Firefox')).status).toBe(401);
});

test('programs get the refresh token in the reply and no cookies', async () => {
	const { email } = await account();
	const reply = await signIn({ email, password, program: true });
	expect(Object.keys(reply.cookies)).toEqual([]);
	const again = await call<SignedInReply>(api.app, 'POST', '/api/session/refresh', {
		body: { refreshToken: reply.body.refreshToken ?? '' },
	});
	expect(again.status).toBe(200);
	expect(again.body.refreshToken).not.toBe(reply.body.refreshToken);
	expect(Object.keys(again.cookies)).toEqual([]);
	expect((await call(api.app, 'POST', '/api/session/refresh')).status).toBe(401);
});

test('sessions end when idle and at their absolute end', async () => {
	const { email } = await account();
	const signedIn = cookiesOf(await signIn({ email, password }));
	let token = signedIn.gw_refresh;
	const refresh = () => call(api.app, 'POST', '/api/session/refresh', { cookies: { gw_refresh: token } });
	for (let i = 0; i < 26; i++) {
		api.clock.forward(55 * 60);
		const reply = await refresh();
		expect(reply.status).toBe(200);
		token = reply.cookies.gw_refresh?.value ?? '';
	}
	api.clock.forward(15 * 60);
	expect((await refresh()).status).toBe(401);
	const idle = cookiesOf(await signIn({ email, password }));
	api.clock.forward(60 * 60);
	expect(
		(await call(api.app, 'POST', '/api/session/refresh', { cookies: { gw_refresh: idle.gw_refresh } })).status,
	).toBe(401);
});

test('sessions are listed, ended one by one and all at once, each within one request', async () => {
	const { email } = await account();
	const other = await account();
	const tokens = await Promise.all([1, 2, 3].map(async () => (await signIn({ email, password })).body.accessToken));
	const [a = '', b = '', c = ''] = tokens;
	const foreign = (await signIn({ email: other.email, password })).body.accessToken;
	const list = async (token: string) =>
		(await call<{ id: string; current: boolean }[]>(api.app, 'GET', '/api/sessions', { headers: bearer(token) })).body;
	expect(await list(a)).toHaveLength(3);
	const ofB = (await list(b)).find((s) => s.current)?.id ?? '';
	expect((await call(api.app, 'DELETE', `/api/sessions/${ofB}`, { headers: bearer(foreign) })).status).toBe(404);
	expect(await sessionStatus(b)).toBe(200);
	expect((await call(api.app, 'DELETE', `/api/sessions/${ofB}`, { headers: bearer(a) })).status).toBe(204);
	expect([await sessionStatus(a), await sessionStatus(b), await sessionStatus(c)]).toEqual([200, 401, 200]);
	const out = await call(api.app, 'DELETE', '/api/session', { headers: bearer(a) });
	expect([out.status, out.headers['clear-site-data']]).toEqual([204, '"cache", "storage"']);
	expect(await sessionStatus(a)).toBe(401);
	expect((await call(api.app, 'DELETE', '/api/sessions', { headers: bearer(c) })).body).toEqual({ ended: 1 });
	expect([await sessionStatus(c), await sessionStatus(foreign)]).toEqual([401, 200]);
	expect((await call(api.app, 'DELETE', '/api/session')).status).toBe(204);
});

test('changing the password ends the other sessions and is told by mail; weak ones are refused with a reason', async () => {
	const { email } = await account();
	const stays = (await signIn({ email, password })).body.accessToken;
	const goes = (await signIn({ email, password })).body.accessToken;
	const change = (body: object) => call(api.app, 'PUT', '/api/password', { headers: bearer(stays), body });
	expect((await change({ current: 'not it', password: 'Neue Raben 12 Kiesel' })).body).toMatchObject({
		status: 422,
		code: 'accounts.password-wrong',
	});
	for (const [weak, code] of [
		['kurz', 'accounts.password-too-short'],
		['Passwort12345678', 'accounts.password-common'],
		['auental-2026-2026', 'accounts.password-personal'],
		['x'.repeat(300), 'accounts.password-too-long'],
	]) {
		expect((await change({ current: password, password: weak })).body).toMatchObject({
			status: 422,
			code,
			field: 'password',
		});
	}
	expect((await change({ current: password, password: 'Neue Raben 12 Kiesel' })).status).toBe(204);
	expect([await sessionStatus(stays), await sessionStatus(goes)]).toEqual([200, 401]);
	expect((await signIn({ email, password })).status).toBe(401);
	expect((await signIn({ email, password: 'Neue Raben 12 Kiesel' })).status).toBe(200);
	expect((await api.mailsTo(email)).map((m) => m.subject)).toEqual(['Ihr Passwort wurde geändert']);
});

const tokenIn = (mail: { text: string } | undefined) => /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';

test('resetting a password: same answer for all, link works once and an hour, leaves the second factor alone', async () => {
	const { email, code } = await account({ totp: true });
	const before = (await signIn({ email, password, code: code() })).body.accessToken;
	const request = (address: string) => call(api.app, 'POST', '/api/password/requests', { body: { email: address } });
	const [known, unknown] = [await request(email), await request('stranger@auental.test')];
	expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
	expect(await api.mailsTo('stranger@auental.test')).toEqual([]);
	const [mail] = await api.mailsTo(email);
	expect(mail?.text).toContain('http://portal.test/passwort#token=');
	const token = tokenIn(mail);
	const [kept] = await api.database
		.owner`select values::text, link, recipient from notices where template = 'password-reset' and sent_at is not null`;
	expect(kept).toMatchObject({ values: '{}', link: null, recipient: '' });
	const reset = (body: object) => call(api.app, 'POST', '/api/password/resets', { body });
	expect((await reset({ token: 'x'.repeat(43), password: 'Neue Raben 12 Kiesel' })).body.code).toBe(
		'accounts.link-void',
	);
	expect((await reset({ token, password: 'kurz' })).body.code).toBe('accounts.password-too-short');
	const burst = await Promise.all(Array.from({ length: 4 }, () => reset({ token, password: 'Neue Raben 12 Kiesel' })));
	expect(burst.map((r) => r.status).sort()).toEqual([204, 409, 409, 409]);
	expect(await sessionStatus(before)).toBe(401);
	const step = await signIn({ email, password: 'Neue Raben 12 Kiesel' });
	expect(step.body.step).toBe('code');
	api.clock.forward(120);
	await request(email);
	const late = tokenIn((await api.mailsTo(email)).filter((m) => m.subject === 'Neues Passwort').at(-1));
	api.clock.forward(3601);
	expect((await reset({ token: late, password: 'Neue Raben 13 Kiesel' })).body.code).toBe('accounts.link-void');
});

test('links come from the configuration, not from the Host header', async () => {
	const { email } = await account();
	await call(api.app, 'POST', '/api/password/requests', { body: { email }, headers: { host: 'evil.test' } });
	const [mail] = await api.mailsTo(email);
	expect(mail?.text).toContain('http://portal.test/');
	expect(mail?.text).not.toContain('evil.test');
});

test('an invited colleague chooses a password by the mail; a new address counts once confirmed and the old one is told', async () => {
	const board = await api.signedIn('board');
	const email = 'neu@auental.test';
	const invited = await call<{ id: string }>(api.app, 'POST', '/api/people', {
		headers: board.headers,
		body: { email, name: 'Neu\u00e9 Kollegin', locale: 'de', roles: ['operator'] },
	});
	expect(invited.status).toBe(201);
	expect(
		(
			await call(api.app, 'POST', '/api/people', {
				headers: board.headers,
				body: { email: 'NEU@auental.test', name: 'X', locale: 'de', roles: ['operator'] },
			})
		).body.code,
	).toBe('accounts.email-taken');
	const [mail] = await api.mailsTo(email);
	expect(mail?.text).toContain('Guten Tag Neué Kollegin,');
	expect(
		(await call(api.app, 'POST', '/api/password/resets', { body: { token: tokenIn(mail), password } })).status,
	).toBe(204);
	const { accessToken } = (await signIn({ email, password })).body;
	const headers = bearer(accessToken);
	expect((await call(api.app, 'GET', '/api/session', { headers })).body).toMatchObject({
		person: { emailConfirmed: true },
		secondFactorNeeded: true,
		roles: [],
	});
	expect(
		(await call(api.app, 'POST', `/api/people/${invited.body.id}/invitation`, { headers: board.headers })).body.code,
	).toBe('accounts.already-active');
	expect(
		(await call(api.app, 'POST', '/api/email/requests', { headers, body: { email: 'neuer@auental.test' } })).status,
	).toBe(204);
	const [confirmation] = await api.mailsTo('neuer@auental.test');
	expect(
		(await call(api.app, 'POST', '/api/email/confirmations', { body: { token: tokenIn(confirmation) } })).status,
	).toBe(204);
	expect(
		(await call(api.app, 'POST', '/api/email/confirmations', { body: { token: tokenIn(confirmation) } })).status,
	).toBe(409);
	expect((await signIn({ email: 'neuer@auental.test', password })).status).toBe(200);
	expect((await api.mailsTo(email)).at(-1)?.subject).toBe('Ihre E-Mail-Adresse wurde geändert');
});

test('sensitive acts need a proof of the last five minutes', async () => {
	const { email, code } = await account({ roles: ['board'], totp: true });
	const target = await api.signedIn('operator');
	const { accessToken } = (await signIn({ email, password, code: code() })).body;
	const headers = bearer(accessToken);
	const act = () =>
		call(api.app, 'PUT', `/api/people/${target.personId}/roles`, { headers, body: { roles: ['operator', 'auditor'] } });
	api.clock.forward(301);
	expect((await act()).body.code).toBe('accounts.proof-needed');
	const prove = (body: object) => call(api.app, 'POST', '/api/session/proof', { headers, body });
	expect((await prove({ password: 'wrong' })).body.code).toBe('accounts.password-wrong');
	expect((await prove({ password })).body.code).toBe('accounts.second-factor-needed');
	expect((await prove({ password, code: '000000' })).body.code).toBe('accounts.second-factor-refused');
	expect((await prove({ password, code: code() })).status).toBe(204);
	expect((await act()).status).toBe(200);
	expect(await sessionStatus(target.headers.authorization.slice(7))).toBe(401);
});

test("roles: never one's own, never the last board account, also when two boards take each other out at once", async () => {
	await api.database.owner`update persons set roles = array_remove(roles, 'board')`;
	const [a, b] = [await api.signedIn('board'), await api.signedIn('board')];
	const strip = (by: typeof a, of: typeof a) =>
		call(api.app, 'PUT', `/api/people/${of.personId}/roles`, { headers: by.headers, body: { roles: [] } });
	expect((await strip(a, a)).body.code).toBe('accounts.own-roles');
	const both = await Promise.all([strip(a, b), strip(b, a)]);
	expect(both.filter((r) => r.status === 200)).toHaveLength(1);
	const left = both[0]?.status === 200 ? a : b;
	const [count] = await api.database
		.owner`select count(*)::int as n from persons where 'board' = any(roles) and disabled_at is null`;
	expect(count?.n).toBe(1);
	const other = await api.signedIn('member');
	expect(
		(
			await call(api.app, 'PUT', `/api/people/${other.personId}/disabled`, {
				headers: left.headers,
				body: { disabled: true },
			})
		).status,
	).toBe(204);
	expect(await sessionStatus(other.headers.authorization.slice(7))).toBe(401);
	const [audit] = await api.database
		.owner`select content from audit_log where action = 'accounts.setStaffRoles' order by seq desc limit 1`;
	expect(audit?.content).toMatchObject({ before: { roles: ['board'] }, after: { roles: [] } });
});

test('devices: scoped, shown once, marked when used, dead when revoked or expired', async () => {
	const operator = await api.signedIn('operator');
	const create = (days: number) =>
		call<{ id: string; token: string }>(api.app, 'POST', '/api/device-tokens', {
			headers: operator.headers,
			body: { name: 'Logger Dach', scopes: ['readings.push'], days },
		});
	const made1 = await create(30);
	expect(made1.body.token).toMatch(/^gw_dev_[\w-]{43}$/);
	const [row] = await api.database.owner`select hash from device_tokens where id = ${made1.body.id}`;
	expect(row?.hash).toHaveLength(32);
	const asDevice = () => call(api.app, 'GET', '/api/session', { headers: bearer(made1.body.token) });
	expect((await asDevice()).body).toMatchObject({ status: 403, code: 'accounts.scope-missing' });
	const list = (
		await call<{ usedAt: string; token?: string }[]>(api.app, 'GET', '/api/device-tokens', {
			headers: operator.headers,
		})
	).body;
	expect(list[0]?.usedAt).toBe(api.clock.at.toISOString());
	expect(JSON.stringify(list)).not.toContain(made1.body.token);
	expect(
		(await call(api.app, 'DELETE', `/api/device-tokens/${made1.body.id}`, { headers: operator.headers })).status,
	).toBe(204);
	expect((await asDevice()).status).toBe(401);
	const short = await create(30);
	api.clock.forward(30 * 24 * 3600);
	expect((await call(api.app, 'GET', '/api/session', { headers: bearer(short.body.token) })).status).toBe(401);
});

test('nothing secret stands in the audit log or in clear in the database', async () => {
	const { email } = await account();
	const reply = await signIn({ email, password, program: true });
	await call(api.app, 'POST', '/api/password/requests', { body: { email } });
	const rows = await api.database.owner`select content::text from audit_log`;
	const log = rows.map((r) => r.content as string).join('\n');
	for (const secret of [password, reply.body.refreshToken ?? '-', reply.body.accessToken, email])
		expect(log).not.toContain(secret);
	const [hash] = await api.database.owner`select password_hash from persons where email = ${email}`;
	expect(hash?.password_hash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
});
