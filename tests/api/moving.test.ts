// Moving in and handing over on the wire: who may, what is no file, what is hostile, and that nothing of it changes anything.
import { randomUUID } from 'node:crypto';
import { zipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { foundTestCooperative, testIban } from '../cooperative.ts';
import { call, type SignedIn, useApi } from './app.ts';

const api = useApi();
let board: SignedIn;
let auditor: SignedIn;
let member: SignedIn;

beforeAll(async () => {
	await foundTestCooperative(api.database.db);
	board = await api.signedIn('board');
	auditor = await api.signedIn('auditor');
	member = await api.signedIn('member');
});

const key = (who: SignedIn) => ({ headers: { ...who.headers, 'idempotency-key': randomUUID() } });

/** A file as browsers send it. */
function upload(who: SignedIn, content: Buffer | string, name = 'Liste.csv') {
	const boundary = 'grenze';
	const body = Buffer.concat([
		Buffer.from(
			`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n`,
		),
		Buffer.isBuffer(content) ? content : Buffer.from(content),
		Buffer.from(`\r\n--${boundary}--\r\n`),
	]);
	const headers = { ...who.headers, 'content-type': `multipart/form-data; boundary=${boundary}` };
	return call<{ code: string; files: { id: string }[] }>(api.app, 'POST', '/api/moving/files', { headers, body });
}

const people = `Mitgliedsnummer;Nachname;Vorname;Straße;PLZ;Ort;Eintritt;Anteile;Guthaben;IBAN\n1;Sommer;Anke;Weg 1;43210;Auental;01.04.2013;2;1000;${testIban(1)}\n`;
const sheet = (rows: string) =>
	`<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`;
const text = (value: string, at = 'A1') => `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`;

/** A workbook with one sheet of such XML. */
function workbook(xml: string, more: Record<string, Uint8Array> = {}): Buffer {
	const bytes = (content: string) => new TextEncoder().encode(content);
	const rels = 'http://schemas.openxmlformats.org/package/2006/relationships';
	const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
	return Buffer.from(
		zipSync({
			'[Content_Types].xml': bytes(
				'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
			),
			'_rels/.rels': bytes(
				`<?xml version="1.0"?><Relationships xmlns="${rels}"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
			),
			'xl/workbook.xml': bytes(
				`<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${office}"><sheets><sheet name="Zahlungen" sheetId="1" r:id="r1"/></sheets></workbook>`,
			),
			'xl/_rels/workbook.xml.rels': bytes(
				`<?xml version="1.0"?><Relationships xmlns="${rels}"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
			),
			'xl/worksheets/sheet1.xml': bytes(xml),
			...more,
		}),
	);
}

const nothingChanged = async () => {
	const [row] = await api.database
		.owner`select (select count(*)::int from movings) + (select count(*)::int from moving_files) + (select count(*)::int from members) as n`;
	expect(row?.n).toBe(0);
};

describe('files', () => {
	test('are taken from the board only', async () => {
		expect(await upload(auditor, people)).toMatchObject({ status: 403 });
		expect(await upload(member, people)).toMatchObject({ status: 403 });
		expect(await upload({ ...board, headers: { authorization: 'Bearer nothing' } }, people)).toMatchObject({
			status: 401,
		});
		expect(await call(api.app, 'GET', '/api/moving', { headers: member.headers })).toMatchObject({ status: 403 });
		await nothingChanged();
	});

	test.each([
		['nothing', '', 'moving.file-empty'],
		['blank lines', '\n\n\n', 'moving.file-empty'],
		['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]), 'moving.file-not-known'],
		[
			'an old workbook',
			Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]),
			'moving.file-old-excel',
		],
		['quotes that stay open', 'Nummer;Name\n"1;Sommer\n', 'moving.file-broken'],
		['more than ten megabytes', Buffer.alloc(10_000_001, 0x61), 'moving.file-too-large'],
		['a truncated workbook', workbook(sheet('')).subarray(0, 300), 'moving.file-broken'],
		['a zip that is no workbook', Buffer.from(zipSync({ 'a.txt': new Uint8Array(10) })), 'moving.file-broken'],
		[
			'a bomb by ratio',
			Buffer.from(zipSync({ 'xl/worksheets/sheet1.xml': new Uint8Array(50_000_000) }, { level: 9 })),
			'moving.file-too-large',
		],
		[
			'a bomb of many files',
			Buffer.from(zipSync(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`a${i}.xml`, new Uint8Array(1)])))),
			'moving.file-too-large',
		],
		[
			'entities',
			workbook(
				`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${sheet(`<row>${text('&b;')}</row>`)}`,
			),
			'moving.file-broken',
		],
	])('%s is refused', async (_, content, code) => {
		expect(await upload(board, content)).toMatchObject({ status: 422, body: { code } });
		await nothingChanged();
	});

	test('a bomb that lies about its size is refused too', async () => {
		const honest = Buffer.from(zipSync({ 'xl/worksheets/sheet1.xml': new Uint8Array(50_000_000) }, { level: 9 }));
		// The uncompressed size stands in the local header (22) and in the directory (24).
		const lying = Buffer.from(honest);
		const size = Buffer.alloc(4);
		size.writeUInt32LE(50_000_000);
		for (let at = lying.indexOf(size); at >= 0; at = lying.indexOf(size)) lying.writeUInt32LE(1_000, at);
		expect(await upload(board, lying)).toMatchObject({ status: 422 });
		await nothingChanged();
	});

	test('a body that is no form is refused', async () => {
		expect(
			await call(api.app, 'POST', '/api/moving/files', { headers: board.headers, body: { file: 'x' } }),
		).toMatchObject({ status: 415 });
		const headers = { ...board.headers, 'content-type': 'multipart/form-data; boundary=x' };
		expect((await call(api.app, 'POST', '/api/moving/files', { headers, body: '--x\r\n\r\n' })).status).toBeLessThan(
			500,
		);
		await nothingChanged();
	});
});

describe('a move', () => {
	test('wants a file first, known columns, the fingerprint that was seen, and a key', async () => {
		expect(await call(api.app, 'GET', '/api/moving/preview', { headers: board.headers })).toMatchObject({
			status: 409,
			body: { code: 'moving.not-open' },
		});
		expect(await call(api.app, 'POST', '/api/moving/discard', { headers: board.headers })).toMatchObject({
			status: 409,
		});
		const { body } = await upload(board, people);
		const id = body.files[0]?.id ?? '';
		const put = (sent: object) =>
			call(api.app, 'PUT', `/api/moving/files/${id}`, { headers: board.headers, body: sent });
		expect(await put({ kind: 'members', columns: ['number'] })).toMatchObject({
			status: 422,
			body: { code: 'moving.columns-wrong' },
		});
		expect(await put({ kind: 'members', columns: ['shoe size'] })).toMatchObject({
			status: 422,
			body: { code: 'request.invalid' },
		});
		expect(await put({ kind: 'everything' })).toMatchObject({ status: 422 });
		const day = (balanceOn: string) =>
			call(api.app, 'PUT', '/api/moving/balance-day', { headers: board.headers, body: { balanceOn } });
		expect(await day('2026-02-31')).toMatchObject({ status: 422 });
		expect(await day('2999-01-01')).toMatchObject({ status: 422, body: { code: 'moving.day-wrong' } });
		const commit = (sent: { headers: Record<string, string> }, fingerprint: string) =>
			call(api.app, 'POST', '/api/moving/commit', { ...sent, body: { fingerprint } });
		expect(await commit(key(board), 'a'.repeat(64))).toMatchObject({
			status: 409,
			body: { code: 'moving.changed-since' },
		});
		expect(await commit(key(board), 'short')).toMatchObject({ status: 422 });
		expect(await commit({ headers: board.headers }, 'a'.repeat(64))).toMatchObject({ status: 422 });
		expect(await commit(key(auditor), 'a'.repeat(64))).toMatchObject({ status: 403 });
		const view = await call<{ samples: { cells: string[] }[] }>(api.app, 'GET', `/api/moving/files/${id}`, {
			headers: auditor.headers,
		});
		expect(view.body.samples[0]?.cells.at(-1)).toBe(`DE•• •••• ${testIban(1).slice(-4)}`);
		expect(view.text).not.toContain(testIban(1));
	});

	test('a workbook with days and numbers is read; an identical request brings in once; then it is undone', async () => {
		const header = `<row r="1">${text('Mitgliedsnummer')}${text('Datum', 'B1')}${text('Betrag', 'C1')}</row>`;
		const xlsx = workbook(
			sheet(`${header}<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>45658</v></c><c r="C2"><v>250.5</v></c></row>`),
		);
		const { status, body } = await upload(board, xlsx, 'Zahlungen.xlsx');
		expect([status, body.files]).toMatchObject([201, [{ kind: 'payments', rows: 1 }]]);
		const read = await call<{ fingerprint: string; problems: { code: string }[] }>(
			api.app,
			'GET',
			'/api/moving/preview',
			{ headers: auditor.headers },
		);
		expect(read.body.problems.map(({ code }) => code)).toEqual(['paid-differs']);
		await call(api.app, 'DELETE', `/api/moving/files/${body.files[0]?.id}`, { headers: board.headers });
		expect(
			await call(api.app, 'DELETE', `/api/moving/files/${randomUUID()}`, { headers: board.headers }),
		).toMatchObject({ status: 404 });
		const { fingerprint } = (
			await call<{ fingerprint: string }>(api.app, 'GET', '/api/moving/preview', { headers: board.headers })
		).body;
		const same = key(board);
		const first = await call<{ movingId: string }>(api.app, 'POST', '/api/moving/commit', {
			...same,
			body: { fingerprint },
		});
		expect(first.status).toBe(201);
		expect(await call(api.app, 'POST', '/api/moving/commit', { ...same, body: { fingerprint } })).toMatchObject({
			status: 201,
			body: first.body,
		});
		expect(await call(api.app, 'POST', '/api/moving/commit', { ...key(board), body: { fingerprint } })).toMatchObject({
			status: 409,
		});
		const undo = (id: string, who: SignedIn) => call(api.app, 'POST', `/api/moving/${id}/undo`, key(who));
		expect(await undo(randomUUID(), board)).toMatchObject({ status: 404, body: { code: 'moving.unknown' } });
		expect(await undo(first.body.movingId, auditor)).toMatchObject({ status: 403 });
		expect(await undo(first.body.movingId, board)).toMatchObject({ status: 201 });
		expect(await undo(first.body.movingId, board)).toMatchObject({
			status: 409,
			body: { code: 'moving.not-committed' },
		});
	});
});

describe('the adviser', () => {
	test('gets nothing without settings, from nobody but the board, and no odd numbers', async () => {
		const period = { from: '2026-01-01', to: '2026-06-30', onlyNew: false };
		const make = (who: SignedIn, body: object = period) =>
			call(api.app, 'POST', '/api/ledger/datev/exports', { ...key(who), body });
		expect(await make(board)).toMatchObject({ status: 409, body: { code: 'ledger.datev-settings-missing' } });
		expect(await make(auditor)).toMatchObject({ status: 403 });
		const set = (changes: object) =>
			call(api.app, 'PUT', '/api/ledger/datev/settings', {
				...{ headers: board.headers },
				body: { consultant: 1001, client: 1, chart: '03', accountLength: 4, clearingAccount: '1590', ...changes },
			});
		for (const wrong of [
			{ consultant: 1000 },
			{ client: 0 },
			{ chart: '07' },
			{ accountLength: 9 },
			{ clearingAccount: '00000' },
			{ clearingAccount: '=1+1' },
		])
			expect((await set(wrong)).status).toBe(422);
		expect((await set({})).status).toBe(200);
		expect(await make(board)).toMatchObject({ status: 409, body: { code: 'ledger.datev-nothing' } });
		expect(await make(board, { ...period, to: '2026-02-30' })).toMatchObject({ status: 422 });
		expect(await make(board, { ...period, from: '2025-12-01' })).toMatchObject({
			status: 422,
			body: { code: 'ledger.datev-two-years' },
		});
		expect(
			await call(api.app, 'GET', `/api/ledger/datev/exports/${randomUUID()}/file`, { headers: auditor.headers }),
		).toMatchObject({ status: 404 });
		expect(await call(api.app, 'GET', '/api/ledger/accounts/9999/sheet', { headers: auditor.headers })).toMatchObject({
			status: 404,
		});
		expect(await call(api.app, 'GET', '/api/ledger/accounts/1800/sheet', { headers: member.headers })).toMatchObject({
			status: 403,
		});
		expect(
			await call(api.app, 'PUT', '/api/ledger/chart/1800', {
				headers: auditor.headers,
				body: { nameDe: 'x', nameEn: 'x' },
			}),
		).toMatchObject({ status: 403 });
		expect(await call(api.app, 'GET', '/api/reconciliation', { headers: auditor.headers })).toMatchObject({
			status: 200,
			body: { findings: [] },
		});
	});
});
