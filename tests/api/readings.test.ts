// Meter files over real HTTP: streamed uploads, previews beside the requests, imports that two people start, garbage, aborts; days for pages.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { system } from '../database.ts';
import { call, type Refused, type SignedIn, useApi } from './app.ts';

const dataFolder = mkdtempSync(path.resolve('.cache/uploads-'));
const api = useApi({ DATA_DIR: dataFolder });
const uploads = path.join(dataFolder, 'uploads');
const malo = '41373559241';
let base = '';
let operator: SignedIn;
let board: SignedIn;
let member: SignedIn;
let auditor: SignedIn;
let plantId = '';
let pointId = '';

interface Taken {
	id: number | null;
	fileName: string;
	size: number;
	known: { importId: number } | null;
}
interface Upload {
	id: number;
	fileName: string;
	state: string;
	phase: string;
	size: number;
	bytesRead: number;
	refusal: { code: string; values: Record<string, unknown> } | null;
	report: {
		format: string;
		series: { added: number; changed: number; equal: number; plantName: string | null; totalWh: number }[];
	} | null;
	daysAdded: number | null;
}

afterAll(() => rmSync(dataFolder, { recursive: true, force: true }));

beforeAll(async () => {
	base = await api.app.listen({ port: 0, host: '127.0.0.1' });
	operator = await api.signedIn('operator', { name: 'Olga Operator' });
	board = await api.signedIn('board');
	member = await api.signedIn('member');
	auditor = await api.signedIn('auditor');
	const { db } = api.database;
	const { at } = api.clock;
	const plant = {
		name: 'Windrad',
		kind: 'wind' as const,
		capacityW: 2_400_000,
		postcode: '00000',
		town: 'Auental',
		commissionedOn: '2014-05-01',
	};
	({ id: plantId } = await addPlant(db, { by: system, at, plant }));
	({ id: pointId } = await addMeteringPoint(db, { by: system, at, plantId, marketLocation: malo }));
});

/** A day of quarter-hours, `kwh` each; `note` makes its bytes different without changing a value. */
function dayFile(day: string, kwh: string, rows = 96, meteringPoint = malo): string {
	const start = Date.parse(`${day}T00:00:00Z`) - 3_600_000;
	return Array.from(
		{ length: rows },
		(_, i) => `${meteringPoint},${new Date(start + i * 900_000).toISOString().replace('.000Z', 'Z')},${kwh},M\n`,
	).join('');
}

async function send(files: [name: string, content: string | Uint8Array<ArrayBuffer>][], who = operator) {
	const form = new FormData();
	for (const [name, content] of files) form.append('files', new Blob([content]), name);
	const response = await fetch(`${base}/api/readings/uploads`, { method: 'POST', body: form, headers: who.headers });
	return { status: response.status, body: (await response.json()) as Taken[] & Refused };
}

async function raw(
	body: string | Buffer,
	type = 'multipart/form-data; boundary=b',
): Promise<{ status: number; code: string }> {
	const response = await fetch(`${base}/api/readings/uploads`, {
		method: 'POST',
		body: new Uint8Array(Buffer.from(body)),
		headers: { ...operator.headers, 'content-type': type },
	});
	return { status: response.status, code: ((await response.json()) as Refused).code };
}

const read = async (id: number | null | undefined, who = operator) =>
	(await call<Upload>(api.app, 'GET', `/api/readings/uploads/${id}`, { headers: who.headers })).body;

async function previewed(id: number | null | undefined): Promise<Upload> {
	await expect
		.poll(async () => (await read(id)).phase, { timeout: 10_000, interval: 20 })
		.not.toMatch(/waiting|reading/);
	return read(id);
}

const store = (
	id: number | null | undefined,
	{ key = randomUUID(), body = {}, who = operator }: { key?: string; body?: object; who?: SignedIn } = {},
) =>
	call<{ importId: number; daysAdded: number; daysReplaced: number } & Refused>(
		api.app,
		'POST',
		`/api/readings/uploads/${id}/import`,
		{
			headers: { ...who.headers, 'idempotency-key': key },
			body,
		},
	);

const onDisk = (): string[] => readdirSync(uploads);
const rowCount = async () => Number((await api.database.owner`select count(*)::int as n from imports`)[0]?.n);

describe('from file to meter-days', () => {
	test('a file is taken in, looked into, watched, stored, and then known', async () => {
		const content = dayFile('2026-03-02', '12.500');
		const { status, body } = await send([['März 2026.csv', content]]);
		expect(status).toBe(201);
		expect(body).toMatchObject([{ fileName: 'März 2026.csv', size: content.length, known: null }]);
		const id = body[0]?.id ?? 0;

		const events = await fetch(`${base}/api/readings/uploads/${id}/events`, { headers: operator.headers });
		expect(events.headers.get('content-type')).toBe('text/event-stream');
		const last = (await events.text()).trim().split('\n\n').at(-1) ?? '';
		expect(last).toContain('event: report');
		const upload = JSON.parse(/data: (.*)/.exec(last)?.[1] ?? '{}') as Upload;
		expect(upload).toMatchObject({
			id,
			phase: 'previewed',
			state: 'uploaded',
			refusal: null,
			size: content.length,
			bytesRead: content.length,
		});
		expect(upload.report?.series).toMatchObject([
			{ plantName: 'Windrad', added: 96, changed: 0, totalWh: 96 * 12_500 },
		]);

		const stored = await store(id);
		expect(stored.status).toBe(201);
		expect(stored.body).toMatchObject({ importId: id, daysAdded: 1, daysReplaced: 0 });
		expect(onDisk()).toEqual([]);
		expect(await read(id)).toMatchObject({ state: 'stored', phase: 'stored', daysAdded: 1 });

		const again = await send([['kopie.csv', content]]);
		expect(again.body).toMatchObject([{ id: null, known: { importId: id, fileName: 'März 2026.csv' } }]);
		expect(onDisk()).toEqual([]);
	});

	test('the same upload is stored once by sixteen requests, and a repeated request gets its answer again', async () => {
		const { body } = await send([['once.csv', dayFile('2026-03-03', '1.000')]]);
		const id = body[0]?.id;
		await previewed(id);
		const key = randomUUID();
		const results = await Promise.all(
			Array.from({ length: 16 }, (_, i) =>
				store(id, { who: i % 2 ? operator : board, key: i === 0 ? key : randomUUID() }),
			),
		);
		expect(results.filter((r) => r.status === 201)).toHaveLength(1);
		for (const r of results)
			if (r.status !== 201) expect(r.body.code).toMatch(/readings\.(import-running|already-imported|upload-stored)/);
		const days = await api.database.owner`select version from reading_days where day = '2026-03-03'`;
		expect(days).toMatchObject([{ version: 1 }]);

		const { body: second } = await send([['retry.csv', dayFile('2026-03-04', '1.000')]]);
		const first = await store(second[0]?.id, { key, who: board });
		const winner = results[0]?.status === 201 ? 409 : 201;
		expect(first.status).toBe(winner);
		const mine = randomUUID();
		if (first.status !== 201) await store(second[0]?.id, { key: mine, who: board });
		const repeated = await store(second[0]?.id, { key: first.status === 201 ? key : mine, who: board });
		expect(repeated).toMatchObject({ status: 201, body: { importId: second[0]?.id, daysAdded: 1 } });
	});

	test('the same bytes uploaded by many at once are one upload', async () => {
		const content = dayFile('2026-03-05', '2.000');
		const all = await Promise.all(Array.from({ length: 8 }, () => send([['a.csv', content]])));
		expect(new Set(all.map(({ body }) => body[0]?.id)).size).toBe(1);
		expect(onDisk()).toHaveLength(1);
		const id = all[0]?.body[0]?.id;
		await previewed(id);
		expect(await call(api.app, 'DELETE', `/api/readings/uploads/${id}`, { headers: operator.headers })).toMatchObject({
			status: 200,
			body: { state: 'discarded' },
		});
		expect(onDisk()).toEqual([]);
		expect((await store(id)).body.code).toBe('readings.upload-over');
		expect((await call(api.app, 'DELETE', `/api/readings/uploads/${id}`, { headers: operator.headers })).status).toBe(
			200,
		);
	});

	test('an unreadable file is refused with line and reason, its bytes go; an unknown metering point waits for its plant', async () => {
		const broken = `${dayFile('2026-03-06', '1.000')}${malo},2026-03-06T23:00:00Z,zwölf,M\n`;
		const foreign = dayFile('2026-03-06', '1.000', 96, '51481308448');
		const { body } = await send([
			['broken.csv', broken],
			['foreign.csv', foreign],
			['bild.png', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0])],
			['leer.csv', ''],
		]);
		const [bad, unknown, image, empty] = await Promise.all(body.map(({ id }) => previewed(id)));
		expect(bad?.refusal?.values.line).toBe(97);
		expect(image).toMatchObject({ state: 'refused', refusal: { code: 'readings.unknown-format' } });
		expect(empty).toMatchObject({ state: 'refused', refusal: { code: 'readings.empty-file' } });
		expect(unknown).toMatchObject({ state: 'uploaded', report: { series: [{ plantName: null }] } });
		expect(onDisk()).toHaveLength(1);
		expect((await store(unknown?.id)).body).toMatchObject({
			daysAdded: 0,
			warnings: [{ code: 'readings.metering-point-waits', values: { meteringPoint: '51481308448' } }],
		});
		const { headers } = operator;
		const waiting = await call<{ meteringPoint: string }[]>(api.app, 'GET', '/api/readings/unplaced', { headers });
		expect(waiting.body).toMatchObject([{ meteringPoint: '51481308448', days: 1 }]);
		const effect = await call(api.app, 'GET', `/api/readings/imports/${unknown?.id}/undo`, { headers });
		expect(effect.body).toMatchObject({ daysAdded: 0, daysReplaced: 0, daysGone: 0, series: [] });
		const undo = (body: object, who = operator) =>
			call<Refused>(api.app, 'POST', `/api/readings/imports/${unknown?.id}/undo`, {
				headers: { ...who.headers, 'idempotency-key': randomUUID() },
				body,
			});
		expect((await undo({ reason: 'x' })).status).toBe(422);
		expect((await undo({})).status).toBe(422);
		expect((await undo({ reason: 'falsche Datei' }, auditor)).status).toBe(403);
		expect((await undo({ reason: 'falsche Datei' }, member)).status).toBe(403);
		expect((await undo({ reason: 'falsche Datei' })).status).toBe(200);
		expect((await undo({ reason: 'falsche Datei' })).body).toMatchObject({
			status: 409,
			code: 'readings.not-undoable',
		});
		const events = await fetch(`${base}/api/readings/uploads/${bad?.id}/events`, { headers: operator.headers });
		expect(await events.text()).toContain('event: refusal');
	});

	test('a file without metering point is assigned one and looked into again', async () => {
		const solarLog = 'da[dx++]="05.03.26|12340;4000"\nda[dx++]="04.03.26|22340;4100"\n';
		const { body } = await send([['days_hist.js', solarLog]]);
		const id = body[0]?.id;
		expect((await previewed(id)).report?.series).toMatchObject([{ plantName: null }]);
		expect((await store(id)).body.code).toBe('readings.assignment-needed');
		const assign = (meteringPointId: string, obis?: string) =>
			call<Upload & Refused>(api.app, 'PUT', `/api/readings/uploads/${id}/assignment`, {
				headers: operator.headers,
				body: { meteringPointId, ...(obis ? { obis } : {}) },
			});
		expect((await assign(randomUUID())).body.code).toBe('readings.metering-point-unknown');
		expect((await assign(pointId, 'nix')).body.code).toBe('readings.obis');
		expect((await assign(pointId, '1-1:2.29.0')).status).toBe(200);
		expect((await previewed(id)).report?.series).toMatchObject([{ added: 2 }]);
		expect((await store(id)).status).toBe(201);
	});
});

describe('what the wire brings', () => {
	test('file names are shown as a name only, whatever they try', async () => {
		const names = [
			'../../x.csv',
			'C:\\Daten\\ä.csv',
			`${'l'.repeat(300)}.csv`,
			'\u202egnp.csv',
			'..',
			'a\u0007b.csv',
			'日本.csv',
		];
		const { status, body } = await send(names.map((name, i) => [name, `nonsense ${i}`]));
		expect(status).toBe(201);
		const shown = body.map(({ fileName }) => fileName);
		expect(shown.slice(0, 2)).toEqual(['x.csv', 'ä.csv']);
		expect(shown[2]).toHaveLength(200);
		for (const name of shown) expect(name).not.toMatch(/[/\\\p{C}]/u);
		for (const { id } of body) await previewed(id);
		expect(onDisk()).toEqual([]);
	});

	test.each([
		['nothing', '', 422, 'readings.no-file'],
		['only dashes', '--b\r\n\r\n', 400, 'request.malformed-upload'],
		['an end without files', '--b--\r\n', 422, 'readings.no-file'],
		[
			'a part that is cut off',
			'--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nabc',
			400,
			'request.malformed-upload',
		],
		[
			'a NUL in the name',
			'--b\r\nContent-Disposition: form-data; name="f"; filename="a\0b"\r\n\r\nnul\r\n--b--\r\n',
			201,
			undefined,
		],
		[
			'a field',
			'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nabc\r\n--b--\r\n',
			422,
			'readings.unexpected-part',
		],
		[
			'prototype',
			'--b\r\nContent-Disposition: form-data; name="__proto__"; filename="a"\r\n\r\nabc\r\n--b--\r\n',
			400,
			'request.malformed-upload',
		],
	])('%s: as documented, and nothing remains', async (_what, body, status, code) => {
		const before = await rowCount();
		const answer = await raw(body);
		expect([answer.status, answer.code]).toEqual([status, code]);
		if (status !== 201) expect(await rowCount()).toBe(before);
		await expect.poll(onDisk).toEqual([]);
	});

	test('no boundary, another type, a type without sense', async () => {
		expect((await raw('x', 'multipart/form-data')).status).toBe(400);
		expect((await raw('{}', 'application/json')).status).toBe(415);
		expect((await raw('x', 'application/zip')).status).toBe(415);
	});

	test('fifty-one files are refused together', async () => {
		const before = await rowCount();
		const { status, body } = await send(
			Array.from({ length: 51 }, (_, i): [string, string] => [`${i}.csv`, `file ${i}`]),
		);
		expect([status, body.code]).toEqual([413, 'request.too-many-files']);
		expect(await rowCount()).toBe(before);
		expect(onDisk()).toEqual([]);
	});

	test('a sender who goes away leaves nothing', async () => {
		const before = await rowCount();
		const request = httpRequest(`${base}/api/readings/uploads`, {
			method: 'POST',
			headers: { ...operator.headers, 'content-type': 'multipart/form-data; boundary=b' },
		});
		request.on('error', () => {});
		const head = (name: string) => `--b\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\n\r\n`;
		request.write(`${head('first.csv')}whole file\r\n${head('second.csv')}${'x'.repeat(200_000)}`);
		await expect.poll(() => onDisk().length).toBe(2);
		request.destroy();
		await expect.poll(onDisk).toEqual([]);
		expect(await rowCount()).toBe(before);
		expect((await fetch(`${base}/health`)).status).toBe(200);
	});

	test('roles: members see no uploads, auditors read only, unknown ids are missing', async () => {
		expect((await send([['a.csv', 'x']], member)).status).toBe(403);
		expect((await send([['a.csv', 'x']], auditor)).status).toBe(403);
		expect((await call(api.app, 'GET', '/api/readings/imports', { headers: member.headers })).status).toBe(403);
		const list = await call<Upload[]>(api.app, 'GET', '/api/readings/imports?limit=2', { headers: auditor.headers });
		expect(list.body).toHaveLength(2);
		const next = await call<Upload[]>(
			api.app,
			'GET',
			`/api/readings/imports?limit=200&before=${list.body[1]?.id}&state=stored`,
			{ headers: auditor.headers },
		);
		expect(next.body.at(-1)).toMatchObject({
			fileName: 'März 2026.csv',
			origin: 'upload',
			receivedBy: 'Olga Operator',
			format: 'quarter-hour-csv',
			values: 96,
			totalWh: 1_200_000,
			daysAdded: 1,
		});
		expect(
			(await call(api.app, 'GET', `/api/readings/imports/${next.body.at(-1)?.id}`, { headers: auditor.headers }))
				.status,
		).toBe(200);
		for (const url of [
			'/api/readings/uploads/999999',
			'/api/readings/uploads/999999/events',
			'/api/readings/imports/999999',
		])
			expect((await call(api.app, 'GET', url, { headers: operator.headers })).status).toBe(404);
	});
});

test('after a restart uploads without report are looked into, and strays are cleared away', async () => {
	const content = dayFile('2026-04-01', '3.000');
	const { body } = await send([['restart.csv', content]]);
	const id = body[0]?.id;
	await previewed(id);
	// As if the process had died before the preview, and others in the middle of theirs.
	await api.database.owner`update imports set report = null where id = ${id ?? 0}`;
	const dead = path.join(uploads, `4194304-${randomUUID()}.part`);
	writeFileSync(dead, 'half');
	const orphan = path.join(uploads, '777777-0123456789abcdef');
	writeFileSync(orphan, 'whole');
	utimesSync(orphan, 0, 0);
	api.clock.forward(3_600 * 24 * 3000);
	const again = await api.again();
	await again.listen({ port: 0, host: '127.0.0.1' });
	await expect
		.poll(async () => (await api.database.owner`select report from imports where id = ${id ?? 0}`)[0]?.report)
		.not.toBeNull();
	expect(onDisk()).toEqual([expect.stringMatching(new RegExp(`^${id}-`))]);
	api.clock.forward(-3_600 * 24 * 3000);
	expect((await store(id)).status).toBe(201);
});

test('an upload that is cut in the middle of the connection cuts nothing else', async () => {
	const { port } = new URL(base);
	const socket = connect(Number(port), '127.0.0.1');
	socket.on('error', () => {});
	socket.write(
		`POST /api/readings/uploads HTTP/1.1\r\nHost: x\r\nAuthorization: ${operator.headers.authorization}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000\r\n\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nabc`,
	);
	await expect.poll(() => onDisk().filter((name) => name.endsWith('.part')).length).toBe(1);
	socket.destroy();
	await expect.poll(() => onDisk().filter((name) => name.endsWith('.part'))).toEqual([]);
});

describe('days for pages', () => {
	const get = <T>(url: string, who = member) => call<T>(api.app, 'GET', url, { headers: who.headers });

	test("a plant's days, one of them slot by slot, and its versions", async () => {
		const { body } = await send([['korrektur.csv', dayFile('2026-03-02', '13.000', 4)]]);
		expect((await store(body[0]?.id)).body).toMatchObject({ daysReplaced: 1 });
		const days = await get<object[]>(`/api/plants/${plantId}/days?from=2026-03-01&to=2026-03-31`);
		expect(days.status).toBe(200);
		expect(days.body[0]).toEqual({
			...{
				day: '2026-03-02',
				totalWh: 92 * 12_500 + 4 * 13_000,
				slots: 96,
				gaps: 0,
				qualities: [96, 0, 0, 0, 0],
				version: 2,
				open: false,
			},
			importIds: [body[0]?.id],
		});
		// 2026-03-04 is known by quarter-hours and as a daily total of the logger: it counts once.
		expect(days.body[2]).toMatchObject({ day: '2026-03-04', totalWh: 96_000, slots: 96 });
		const day = await get<{ channels: { channelId: number; wh: number[]; slotMinutes: number }[] }>(
			`/api/plants/${plantId}/days/2026-03-02`,
		);
		const channel = day.body.channels[0];
		expect(channel).toMatchObject({ slotMinutes: 15, version: 2, openSlots: 0 });
		expect(channel?.wh.slice(0, 5)).toEqual([13_000, 13_000, 13_000, 13_000, 12_500]);
		const versions = await get<{ version: number; replacedByImport: number | null; fileName: string }[]>(
			`/api/meter-days/${channel?.channelId}/2026-03-02/versions`,
			operator,
		);
		expect(
			versions.body.map(({ version, replacedByImport, fileName }) => [version, replacedByImport, fileName]),
		).toEqual([
			[2, null, 'korrektur.csv'],
			[1, body[0]?.id, 'März 2026.csv'],
		]);
		expect((await get(`/api/meter-days/${channel?.channelId}/2026-03-02/versions`)).status).toBe(403);
	});

	test.each([
		['from=2026-01-01&to=2027-06-01', 422],
		['from=2026-02-30&to=2026-03-01', 422],
		['from=2026-03-02&to=2026-03-01', 422],
		['from=2026-03-02', 422],
	])('a period that makes no sense: %s', async (query, status) => {
		expect((await get(`/api/plants/${plantId}/days?${query}`)).status).toBe(status);
	});

	test('unknown plants and days', async () => {
		expect((await get(`/api/plants/${randomUUID()}/days/2026-03-02`)).status).toBe(404);
		expect((await get(`/api/plants/${randomUUID()}/days?from=2026-03-01&to=2026-03-02`)).status).toBe(404);
		expect((await get('/api/meter-days/1/1999-01-01/versions', operator)).status).toBe(404);
		expect((await get(`/api/plants/${plantId}/days/2026-13-01`)).status).toBe(422);
	});
});

describe('registers', () => {
	const at = (address: string, body?: object, who = operator) =>
		call<Refused & { id: string }>(api.app, body ? 'POST' : 'GET', address, {
			headers: { ...who.headers, ...(body ? { 'idempotency-key': randomUUID() } : {}) },
			...(body ? { body } : {}),
		});
	const reading = { obis: '1-1:2.8.0', wh: 5_000, readAt: '2020-01-01T00:00:00.000Z' };

	test('are entered, read and taken back; bad input changes nothing', async () => {
		const base = `/api/metering-points/${pointId}`;
		for (const wrong of [
			{ ...reading, wh: -1 },
			{ ...reading, wh: 1.5 },
			{ ...reading, obis: '' },
			{ ...reading, obis: 'QUATSCH' },
			{ ...reading, readAt: 'gestern' },
			{ ...reading, readAt: '2199-01-01T00:00:00.000Z' },
			{ ...reading, note: 'x'.repeat(501) },
			{ ...reading, photoId: plantId },
			{},
		])
			expect((await at(`${base}/readings`, wrong)).status, JSON.stringify(wrong).slice(0, 80)).toBeGreaterThanOrEqual(
				404,
			);
		expect((await at(`${base}/readings`, reading, auditor)).status).toBe(403);
		expect((await at(`/api/metering-points/${plantId}/readings`, reading)).status).toBe(404);
		expect((await at(`${base}/registers`, undefined, member)).status).toBe(403);
		const { status, body } = await at(`${base}/readings`, reading);
		expect(status).toBe(201);
		expect((await at(`${base}/registers`, undefined, auditor)).body).toMatchObject({
			registers: [{ obis: '1-1:2.8.0', readings: [{ wh: 5_000, step: null }] }],
		});
		expect(
			(await at(`/api/register-readings/${body.id}/decision`, { decision: 'accept', reason: 'stimmt so' })).body,
		).toMatchObject({
			code: 'readings.decision-impossible',
		});
		expect((await at(`/api/register-readings/${body.id}/reversal`, { reason: 'vertippt' })).status).toBe(200);
		expect((await at(`${base}/exchange`, { exchangedAt: reading.readAt, last: [], first: [], meter: {} })).status).toBe(
			422,
		);
	});

	test('a photo that is none is refused by its bytes, one that is can be seen again', async () => {
		const send = async (bytes: Uint8Array<ArrayBuffer>) => {
			const body = new FormData();
			body.set('photo', new Blob([bytes]), 'zaehler.jpg');
			return fetch(`${base}/api/metering-points/${pointId}/photos`, {
				method: 'POST',
				headers: operator.headers,
				body,
			});
		};
		expect((await send(new Uint8Array([1, 2, 3]))).status).toBe(422);
		expect((await send(new Uint8Array(12_582_913).fill(0xff))).status).toBe(422);
		const kept = await send(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]));
		expect(kept.status).toBe(201);
		const { id } = (await kept.json()) as { id: string };
		const photo = await fetch(`${base}/api/register-photos/${id}`, { headers: auditor.headers });
		expect(photo.headers.get('content-type')).toBe('image/jpeg');
		expect(new Uint8Array(await photo.arrayBuffer())).toEqual(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]));
		expect((await fetch(`${base}/api/register-photos/${plantId}`, { headers: operator.headers })).status).toBe(404);
	});
});
