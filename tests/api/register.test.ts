// Register, inspections, documents and privacy on the wire: bad input refused, somebody else's things not there, files as they should be.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { dayOf } from '../../api/values/calendar.ts';
import { foundTestCooperative, join } from '../cooperative.ts';
import { call, type SignedIn, useApi } from './app.ts';

const api = useApi();
let board: SignedIn;
let anke: SignedIn;
let joerg: SignedIn;
let ankeId: string;

beforeAll(async () => {
	await foundTestCooperative(api.database.db);
	const one = await join(api.database.db, '2019-05-02', 3);
	const other = await join(api.database.db, '2020-05-02', 1);
	ankeId = one.memberId;
	board = await api.signedIn('board');
	anke = await api.signedIn('member', { memberId: one.memberId });
	joerg = await api.signedIn('member', { memberId: other.memberId });
});

const key = () => ({ 'idempotency-key': randomUUID() });

describe('register', () => {
	test('goes on after a member number until there is no more', async () => {
		const first = await call<{ lines: { number: number }[]; next: number | null }>(
			...[api.app, 'GET' as const, '/api/register?limit=1', { headers: board.headers }],
		);
		expect(first.body.lines).toHaveLength(1);
		const second = await call<{ lines: { number: number }[]; next: number | null }>(
			...[api.app, 'GET' as const, `/api/register?limit=1&after=${first.body.next}`, { headers: board.headers }],
		);
		expect(second.body.next).toBeNull();
		expect(second.body.lines[0]?.number).not.toBe(first.body.lines[0]?.number);
	});

	test.each([
		['day=2022-02-30', 'a day that does not exist'],
		['knownAt=yesterday', 'no instant'],
		['after=-1', 'a negative number'],
		['limit=501', 'too many lines'],
		['day=2022-01-01&extra=1', 'something unknown'],
	])('%s is refused: %s', async (query) => {
		const { status } = await call(api.app, 'GET', `/api/register?${query}`, { headers: board.headers });
		expect(status).toBe(422);
	});

	test('an extract is a file with its name; impossible ones are refused', async () => {
		const body = { day: '2022-01-01', format: 'pdf', language: 'de' };
		const made = await call(api.app, 'POST', '/api/register/extracts', { headers: board.headers, body });
		expect(made.status).toBe(200);
		expect(made.headers['content-type']).toBe('application/pdf');
		expect(made.headers['content-disposition']).toBe('attachment; filename="mitgliederliste-2022-01-01.pdf"');
		expect(made.text.startsWith('%PDF-')).toBe(true);
		for (const [wrong, status] of [
			[{ ...body, day: '2022-13-01' }, 422],
			[{ ...body, format: 'docx' }, 422],
			[{ ...body, part: 7 }, 422],
			[{ ...body, knownAt: '2999-01-01T00:00:00.000Z' }, 422],
			[{}, 422],
		] as const)
			expect(
				(await call(api.app, 'POST', '/api/register/extracts', { headers: board.headers, body: wrong })).status,
			).toBe(status);
		expect((await call(api.app, 'POST', '/api/register/extracts', { headers: anke.headers, body })).status).toBe(403);
	});

	test('an own entry is a PDF; nobody without a membership has one', async () => {
		const body = { language: 'en' };
		const own = await call(api.app, 'POST', '/api/me/register-entry/extract', { headers: anke.headers, body });
		expect(own.headers['content-type']).toBe('application/pdf');
		const none = await api.signedIn('member');
		const refused = await call(api.app, 'POST', '/api/me/register-entry/extract', { headers: none.headers, body });
		expect(refused).toMatchObject({ status: 404, body: { code: 'members.no-membership' } });
	});

	test('a correction needs a key, a reason and an entry of this member', async () => {
		const url = `/api/members/${ankeId}/register-corrections`;
		const body = { eventId: randomUUID(), basis: 'Schreibfehler' };
		expect((await call(api.app, 'POST', url, { headers: board.headers, body })).status).toBe(422);
		const headers = { ...board.headers, ...key() };
		expect(await call(api.app, 'POST', url, { headers, body })).toMatchObject({
			...{ status: 404, body: { code: 'members.event-unknown', rule: 'M-21' } },
		});
		for (const wrong of [
			{ ...body, basis: 'x' },
			{ ...body, eventId: '7' },
			{ ...body, replacement: { name: {} } },
		])
			expect((await call(api.app, 'POST', url, { headers: { ...board.headers, ...key() }, body: wrong })).status).toBe(
				422,
			);
	});
});

describe('inspection', () => {
	test("another member's inspection is not there; what is not opened is refused with the rule", async () => {
		const asked = await call<{ inspectionId: string }>(api.app, 'POST', '/api/me/inspections', {
			...{ headers: { ...anke.headers, ...key() }, body: { purpose: 'Einladung' } },
		});
		expect(asked.status).toBe(201);
		const looks = `/api/me/inspections/${asked.body.inspectionId}/looks`;
		const own = await call(api.app, 'POST', looks, { headers: anke.headers, body: {} });
		expect(own).toMatchObject({ status: 403, body: { code: 'members.inspection-not-open', rule: 'M-30' } });
		const foreign = await call(api.app, 'POST', looks, { headers: joerg.headers, body: {} });
		expect(foreign).toMatchObject({ status: 404, body: { code: 'members.inspection-unknown' } });
		const decision = `/api/inspections/${asked.body.inspectionId}/decision`;
		for (const body of [
			{ grant: true },
			{ grant: true, identity: 'gesehen', openHours: 0 },
			{ grant: true, identity: 'gesehen', openHours: 10_000 },
			{ grant: false },
			{ grant: 'maybe', reason: 'weil' },
		])
			expect((await call(api.app, 'POST', decision, { headers: { ...board.headers, ...key() }, body })).status).toBe(
				422,
			);
		const granted = await call(api.app, 'POST', decision, {
			headers: { ...board.headers, ...key() },
			body: { grant: true, identity: 'Personalausweis', openHours: 24 },
		});
		expect(granted.status).toBe(200);
		const seen = await call<{ lines: object[] }>(api.app, 'POST', looks, { headers: anke.headers, body: {} });
		expect(seen.body.lines).toHaveLength(2);
		expect(JSON.stringify(seen.body)).not.toMatch(/memberId|email|iban|taxId|birth/i);
		expect((await call(api.app, 'POST', looks, { headers: joerg.headers, body: {} })).status).toBe(404);
	});
});

describe('privacy', () => {
	test('everybody exports the own data; the board proves who is sitting there first; others may not', async () => {
		const body = { format: 'json', language: 'de' };
		const own = await call<{ person: { memberNumber: number } }>(api.app, 'POST', '/api/me/personal-data', {
			...{ headers: anke.headers, body },
		});
		expect(own.status).toBe(200);
		expect(own.headers['content-disposition']).toMatch(/attachment; filename="auskunft-\d+-2026-11-22\.json"/);
		const url = `/api/members/${ankeId}/personal-data`;
		expect((await call(api.app, 'POST', url, { headers: joerg.headers, body })).status).toBe(403);
		expect((await call(api.app, 'POST', url, { headers: board.headers, body })).status).toBe(200);
		api.clock.forward(360);
		expect(await call(api.app, 'POST', url, { headers: board.headers, body })).toMatchObject({
			...{ status: 403, body: { code: 'accounts.proof-needed' } },
		});
		api.clock.forward(-360);
		expect((await call(api.app, 'POST', url, { headers: board.headers, body: { format: 'xml' } })).status).toBe(422);
		const nobody = `/api/members/${randomUUID()}/personal-data`;
		expect(await call(api.app, 'POST', nobody, { headers: board.headers, body })).toMatchObject({
			...{ status: 404, body: { code: 'members.unknown' } },
		});
	});

	test('a deletion run that was not previewed does nothing', async () => {
		const send = (hash: string) =>
			call(api.app, 'POST', '/api/privacy/deletion-runs', {
				...{ headers: { ...board.headers, ...key() }, body: { hash } },
			});
		expect((await send('x')).status).toBe(422);
		expect(await send('0'.repeat(64))).toMatchObject({ status: 409, body: { code: 'privacy.preview-outdated' } });
		const preview = await call<{ hash: string; day: string; items: object[] }>(
			api.app,
			'GET',
			'/api/privacy/deletion',
			{
				headers: board.headers,
			},
		);
		expect(preview.body).toMatchObject({ day: dayOf(api.clock.at), items: [] });
		expect(await send(preview.body.hash)).toMatchObject({ status: 409, body: { code: 'privacy.nothing-due' } });
	});

	test('documents of others and documents that do not exist are the same 404', async () => {
		for (const headers of [anke.headers, joerg.headers])
			expect(await call(api.app, 'POST', `/api/me/documents/${randomUUID()}/download`, { headers })).toMatchObject({
				...{ status: 404, body: { code: 'documents.unknown' } },
			});
		expect((await call(api.app, 'GET', '/api/documents?kind=DROP', { headers: board.headers })).status).toBe(422);
	});
});
