// The board's desk on the wire: lists as files, logged and only for staff; timeline, open points and notes; bad input changes nothing.
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { foundTestCooperative } from '../cooperative.ts';
import { generateMembers, insertMember } from '../people.ts';
import { call, useApi } from './app.ts';

const api = useApi();
let board: Record<string, string>;
let auditor: Record<string, string>;
let member: Record<string, string>;
let memberId = '';

beforeAll(async () => {
	await foundTestCooperative(api.database.db);
	await generateMembers(api.database.owner, 2_500, 1_001);
	memberId = await insertMember(api.database.owner, {
		...{ number: 7, givenNames: '=HYPERLINK("x")', familyName: '@Böse; "Erben"', email: 'boese@auental.example' },
	});
	({ headers: board } = await api.signedIn('board'));
	({ headers: auditor } = await api.signedIn('auditor'));
	({ headers: member } = await api.signedIn('member', { memberId }));
}, 120_000);

const get = <T = { code: string; field?: string }>(url: string, headers = board) =>
	call<T>(api.app, 'GET', url, { headers });
const logged = async () =>
	(await api.database.owner`select content from audit_log where action = 'desk.export' order by seq`).map(
		({ content }) => content,
	);

describe('the list of members as a file', () => {
	test('CSV: everybody once, in the order asked for, with the columns asked for; formulas harmless; logged', async () => {
		const before = (await logged()).length;
		const reply = await get('/api/members/export?format=csv&standing=all&order=number&columns=number,name,since');
		expect(reply.status).toBe(200);
		expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8');
		expect(reply.headers['content-disposition']).toBe(
			`attachment; filename="Mitglieder-2026-11-22.csv"; filename*=UTF-8''Mitglieder-2026-11-22.csv`,
		);
		const lines = reply.text.split('\r\n');
		expect(lines[0]).toBe('\ufeffMitgliedsnummer;Name;Beitritt');
		expect(lines[1]).toBe(`7;"'=HYPERLINK(""x"") @Böse; ""Erben""";05.05.2024`);
		expect(lines).toHaveLength(1 + 2_501 + 1);
		expect(new Set(lines).size).toBe(lines.length);
		const entries = await logged();
		expect(entries).toHaveLength(before + 1);
		expect(entries.at(-1)).toMatchObject({
			subject: 'members',
			after: { format: 'csv', columns: ['number', 'name', 'since'], standing: 'all', order: 'number' },
		});
	});

	test('XLSX, in English, of what is searched for', async () => {
		const reply = await api.app.inject({
			url: '/api/members/export?format=xlsx&language=en&search=boese&columns=name,email',
			headers: board,
		});
		const parts = unzipSync(reply.rawPayload);
		const text = new TextDecoder().decode(parts['xl/worksheets/sheet1.xml']);
		expect(text.match(/<row /g)).toHaveLength(2);
		expect(text).toContain('>E-mail<');
		expect(text).toContain('>&#39;=HYPERLINK(&quot;x&quot;)'.replace('&#39;', "'"));
		expect(text).not.toContain('<f>');
	});

	test.each(['applications', 'holdings', 'claims', 'payments'])(
		'%s: an empty list is a file with its headings',
		async (list) => {
			const reply = await get(`/api/${list}/export?format=csv&${list === 'holdings' ? 'owing=true' : ''}`);
			expect(reply.status).toBe(200);
			expect(reply.text.split('\r\n')).toHaveLength(2);
		},
	);

	test('bad wishes are refused and nothing is logged', async () => {
		const before = await logged();
		for (const [query, field] of [
			['', 'format'],
			['format=pdf', 'format'],
			['format=csv&columns=number,iban', 'columns'],
			['format=csv&columns=constructor', 'columns'],
			['format=csv&columns=number,', 'columns'],
			['format=csv&order=secret', 'order'],
			[`format=csv&search=${'x'.repeat(101)}`, 'search'],
			['format=csv&search=%00', 'search'],
			['format=csv&language=fr', 'language'],
		]) {
			const { status, body } = await get(`/api/members/export?${query}`);
			expect([status, body.field], query).toEqual([422, field]);
		}
		expect(await logged()).toEqual(before);
	});

	test('members and visitors get no file', async () => {
		for (const list of ['members', 'applications', 'holdings', 'claims', 'payments']) {
			expect((await get(`/api/${list}/export?format=csv`, member)).status).toBe(403);
			expect((await get(`/api/${list}/export?format=csv`, {})).status).toBe(401);
			expect((await get(`/api/${list}/export?format=csv`, auditor)).status).toBe(200);
		}
	});
});

describe('the list of members', () => {
	test('is ordered by what it knows, and leafed by its own cursors only', async () => {
		for (const [query, code] of [
			['order=iban', 'request.invalid'],
			["order=name';drop table members", 'request.invalid'],
			['order=name&after=e30', 'request.cursor-unknown'],
			['order=name&after=%27', 'request.invalid'],
			['pageSize=0', 'request.invalid'],
			['pageSize=501', 'request.invalid'],
			[`search=${'ä'.repeat(101)}`, 'request.invalid'],
			['standing=dead', 'request.invalid'],
			['page=2', 'request.invalid'],
		]) {
			const { status, body } = await get(`/api/members?${query}`);
			expect([status, body.code], query).toEqual([422, code]);
		}
	});

	test('a search is text, whatever stands in it', async () => {
		for (const search of [
			"' or 1=1 --",
			"'); drop table members; --",
			'\\',
			"'|'a':*",
			'%',
			'_',
			'(((',
			':*',
			'\u202e',
			'🌻',
		])
			expect((await get(`/api/members?search=${encodeURIComponent(search)}`)).status, search).toBe(200);
		expect((await get<{ total: number }>("/api/members?search=zzz'|'a':*")).body.total).toBe(0);
		expect((await get<{ total: number }>('/api/members?standing=all')).body.total).toBe(2_501);
	});
});

describe("a member's file", () => {
	test('notes come and go, and stand in the timeline', async () => {
		const notes = `/api/members/${memberId}/notes`;
		const write = (text: unknown, headers = board) =>
			call<{ noteId: string }>(api.app, 'POST', notes, { headers, body: { text } });
		const { status, body } = await write('Ruft an wegen der Erben.\nZweite Zeile.');
		expect(status).toBe(201);
		expect((await write('  ')).status).toBe(422);
		expect((await write('x'.repeat(4_001))).status).toBe(422);
		expect((await write('\u0000')).status).toBe(422);
		expect((await write('nein', auditor)).status).toBe(403);
		expect((await write('nein', member)).status).toBe(403);
		const timeline = `/api/members/${memberId}/timeline`;
		type Timeline = {
			total: number;
			groups: { group: string; count: number }[];
			events: { kind: string; text: string }[];
		};
		const { body: seen } = await get<Timeline>(`${timeline}?groups=notes`, auditor);
		expect(seen).toMatchObject({
			total: 1,
			events: [{ kind: 'note', text: 'Ruft an wegen der Erben.\nZweite Zeile.' }],
		});
		expect((await get<Timeline>(`${timeline}?groups=money`)).body.events).toEqual([]);
		expect((await get<Timeline>(`${timeline}?groups=nonsense`)).body.events).toEqual([]);
		expect((await get(timeline, member)).status).toBe(403);
		const remove = () => call(api.app, 'DELETE', `${notes}/${body.noteId}`, { headers: board });
		expect((await remove()).status).toBe(200);
		expect((await remove()).status).toBe(404);
		expect((await get<Timeline>(timeline)).body.total).toBe(0);
	});

	test('what is open is told; nobody is nobody', async () => {
		const { body } = await get<{ kind: string }[]>(`/api/members/${memberId}/open-points`);
		expect(body.map(({ kind }) => kind)).toEqual(['no-account']);
		const nobody = '0198f0a0-0000-7000-8000-000000000000';
		for (const part of ['timeline', 'open-points']) {
			expect((await get(`/api/members/${nobody}/${part}`)).body.code).toBe('members.unknown');
			expect((await get(`/api/members/nonsense/${part}`)).status).toBe(422);
		}
	});
});
