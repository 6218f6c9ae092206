// Live sources: registers become quarter-hours, folders are taken in, days are sealed, addresses are restricted.
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	readdirSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Config, readConfig } from '../../api/config.ts';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { listPlantDays, readPlantDay } from '../../api/readings/service/days.ts';
import { ingestFolders } from '../../api/readings/service/folders.ts';
import { importFile } from '../../api/readings/service/import.ts';
import { pullSources } from '../../api/readings/service/pull.ts';
import { sealDays } from '../../api/readings/service/seal.ts';
import { listSources } from '../../api/readings/service/source-views.ts';
import { createSource, setSourceEnabled } from '../../api/readings/service/sources.ts';
import { testSource } from '../../api/readings/service/try-source.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const at = new Date('2026-11-22T10:00:00Z');
const malo = '41373559241';
const fixtures = path.resolve('../shared/data/fronius');
let config: Config;
let server: Server;
let base = '';
let plantId = '';
let pointId = '';
/** What the inverter answers at the moment. */
let answer: (reply: ServerResponse, url: string) => void;

const json = (body: unknown) => (reply: ServerResponse) =>
	reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const inverter = (energy: object | undefined, code = 0) =>
	json({
		Head: { Status: { Code: code, Reason: code ? 'LNRequestTimeout' : '' } },
		Body: { Data: energy ? { TOTAL_ENERGY: { Unit: 'Wh', Values: energy } } : {} },
	});

beforeAll(async () => {
	const dataFolder = mkdtempSync(path.resolve('.cache/sources-'));
	config = readConfig({
		SECRET: 'a secret that only these tests know, long enough',
		DATA_DIR: dataFolder,
		ALLOWED_SOURCE_HOSTS: 'localhost',
	});
	server = createServer((request, reply) => answer(reply, request.url ?? ''));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	base = `http://localhost:${(server.address() as AddressInfo).port}`;
	const plant = {
		name: 'Schuldach',
		kind: 'solar' as const,
		capacityW: 80_000,
		postcode: '00000',
		town: 'Auental',
		commissionedOn: '2014-05-01',
	};
	({ id: plantId } = await addPlant(database.db, { by: system, at, plant }));
	({ id: pointId } = await addMeteringPoint(database.db, { by: system, at, plantId, marketLocation: malo }));
});

afterAll(() => {
	server.closeAllConnections();
	server.close();
	rmSync(config.dataFolder, { recursive: true, force: true });
});

const create = (source: object) =>
	createSource(database.db, {
		by: person(['board']),
		at,
		config,
		source: { name: 'Quelle', kind: 'fronius', location: base, meteringPointId: pointId, ...source } as never,
	});
const pull = (time: string) => pullSources(database.db, { by: system, at: new Date(time), config });
const seal = (time: string) => sealDays(database.db, { by: system, at: new Date(time) });
const open = async () =>
	(
		await database.owner`select to_char(start_at at time zone 'UTC', 'MM-DD HH24:MI') as start, wh, covered_ms / 60000.0 as minutes from open_readings order by start_at`
	).map((row) => [row.start, row.wh, Number(row.minutes)]);
const edge = async () =>
	(await listSources(database.db, { by: system })).find((s) => s.kind === 'fronius')?.channels[0];

beforeEach(async () => {
	await database.owner`delete from open_readings`;
	await database.owner`delete from sources`;
});

describe('an inverter', () => {
	/** Polls at each time with each register, one after the other. */
	async function polls(...steps: [time: string, registers: Record<string, number>][]) {
		const outcomes: string[] = [];
		for (const [time, registers] of steps) {
			answer = inverter(registers);
			outcomes.push((await pull(`2026-06-01T${time}Z`)).sources[0]?.outcome ?? '');
		}
		return outcomes;
	}

	test('differences are divided among quarter-hours by time and add up', async () => {
		await create({});
		expect(
			await polls(
				['09:55:00', { 1: 1_000_000 }],
				['10:00:00', { 1: 1_000_500 }],
				['10:10:00', { 1: 1_001_500 }],
				['10:20:00', { 1: 1_002_501 }],
				['10:40:00', { 1: 1_004_501 }],
			),
		).toEqual(['first', 'booked', 'booked', 'booked', 'booked']);
		expect(await open()).toEqual([
			['06-01 09:45', 500, 5],
			['06-01 10:00', 1501, 15],
			['06-01 10:15', 1500, 15],
			['06-01 10:30', 1000, 10],
		]);
		expect(await edge()).toMatchObject({ totalWh: 1_004_501, unallocatedWh: 0, notes: [] });
		const day = await readPlantDay(database.db, { by: person(['member']), plantId, day: '2026-06-01' });
		// 10:00 UTC is noon: slot 48; only whole slots have a value.
		expect(day.channels[0]?.wh.slice(47, 51)).toEqual([null, 1501, 1500, null]);
		expect(day.channels[0]).toMatchObject({ openSlots: 2, version: 0, importId: null });
		expect(
			await listPlantDays(database.db, { by: person(['member']), plantId, from: '2026-06-01', to: '2026-06-01' }),
		).toMatchObject([{ totalWh: 3001, slots: 96, gaps: 94, qualities: [0, 0, 2, 0, 94], open: true }]);
	});

	test('sixteen polls of the same moment count once, also by two processes', async () => {
		await create({});
		await polls(['10:00:00', { 1: 5_000 }]);
		answer = inverter({ 1: 6_000 });
		await Promise.all(Array.from({ length: 16 }, () => pull('2026-06-01T10:05:00Z')));
		expect(await open()).toEqual([['06-01 10:00', 1000, 5]]);
		// Whoever comes while another process asks leaves it to that one.
		await Promise.all(['10:07:00', '10:08:00', '10:09:00'].map((time) => pull(`2026-06-01T${time}Z`)));
		await pull('2026-06-01T10:10:00Z');
		expect((await open())[0]).toEqual(['06-01 10:00', 1000, 10]);
	});

	test('after a long gap nothing is booked; what came meanwhile is told as unallocated', async () => {
		await create({});
		expect(await polls(['10:00:00', { 1: 5_000 }], ['10:20:01', { 1: 9_000 }], ['10:30:00', { 1: 9_500 }])).toEqual([
			'first',
			'gap',
			'booked',
		]);
		expect((await open()).map(([start]) => start)).toEqual(['06-01 10:15']);
		expect(await edge()).toMatchObject({
			unallocatedWh: 4000,
			notes: [{ kind: 'gap', wh: 4000, since: '2026-06-01T10:00:00.000Z' }],
		});
	});

	test('a register that falls is a new base, one that comes back is not a harvest', async () => {
		await create({});
		expect(
			await polls(
				['10:00:00', { 1: 26_213_502 }],
				['10:05:00', { 1: 0 }],
				['10:10:00', { 1: 26_213_600 }],
				['10:15:00', { 1: 26_213_700 }],
			),
		).toEqual(['first', 'fell', 'jump', 'booked']);
		expect(await open()).toEqual([['06-01 10:00', 100, 5]]);
		expect((await edge())?.notes.map(({ kind, wh }) => [kind, wh])).toEqual([
			['fell', -26_213_502],
			['jump', 26_213_600],
		]);
	});

	test('of several inverters none may be missing; a new one starts a new base', async () => {
		await create({});
		expect(
			await polls(
				['10:00:00', { 1: 100, 2: 100 }],
				['10:05:00', { 1: 150 }],
				['10:10:00', { 1: 200, 2: 150 }],
				['10:15:00', { 1: 250, 2: 200, 3: 9 }],
			),
		).toEqual(['first', 'absent', 'booked', 'devices']);
		expect(await open()).toEqual([['06-01 10:00', 150, 10]]);
	});

	test('asleep, refusing, garbled, redirecting, endless: skipped with its problem, the next poll works', async () => {
		await create({});
		const problems: unknown[] = [];
		for (const said of [
			inverter(undefined),
			inverter({ 1: 5 }, 12),
			json({ hello: 'world' }),
			(reply: ServerResponse) => reply.end('<html>'),
			(reply: ServerResponse) => reply.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
			(reply: ServerResponse) => reply.end(Buffer.alloc(1_200_000, 32)),
			(reply: ServerResponse) => reply.destroy(),
			inverter({ 1: null }),
			inverter({ 1: -5 }),
		]) {
			answer = said;
			problems.push((await pull('2026-06-01T10:00:00Z')).sources[0]?.problem);
		}
		expect(problems).toEqual([
			'readings.source-asleep',
			'readings.source-device',
			...[
				'readings.source-unreadable',
				'readings.source-unreadable',
				'readings.source-status',
				'readings.source-too-large',
			],
			...['readings.source-unreachable', 'readings.source-asleep', 'readings.source-asleep'],
		]);
		expect(await open()).toEqual([]);
		answer = inverter({ 1: 10 });
		await pull('2026-06-01T10:05:00Z');
		const [source] = await listSources(database.db, { by: person(['auditor']) });
		expect(source).toMatchObject({
			lastProblem: null,
			lastSuccessAt: '2026-06-01T10:05:00.000Z',
			channels: [{ totalWh: 10 }],
		});
	});

	test.skipIf(!existsSync(fixtures))('real answers: Solar API v1, and GEN24 by its power flow', async () => {
		await create({});
		const file = (name: string) => readFileSync(path.join(fixtures, name), 'utf8');
		answer = (reply) => reply.end(file('GetInverterRealtimeData.cgi___Scope_System.json'));
		await pull('2026-06-01T10:00:00Z');
		expect(await edge()).toMatchObject({ totalWh: 26_213_502 });
		await database.owner`update source_channels set edge = null`;
		answer = (reply, url) =>
			url.includes('PowerFlow') ? reply.end(file('gen24_GetPowerFlowRealtimeData.json')) : inverter(undefined)(reply);
		await pull('2026-06-01T10:05:00Z');
		expect(await edge()).toMatchObject({ totalWh: 1_530_193 });
	});

	test('switched off it is not asked; trying it out books nothing', async () => {
		const { id } = await create({});
		await setSourceEnabled(database.db, { by: person(['operator']), at, sourceId: id, enabled: false });
		answer = inverter({ 1: 42_000 });
		expect((await pull('2026-06-01T10:00:00Z')).sources).toEqual([]);
		expect(await testSource(database.db, { by: person(['operator']), at, sourceId: id, config })).toMatchObject({
			ok: true,
			values: [{ channel: '', amount: 42_000 }],
		});
		expect(await edge()).toMatchObject({ totalWh: null, through: null });
	});
});

describe('a day that is over', () => {
	async function quarterHours(day: string, wh: (slot: number) => number, slots = 96) {
		await create({});
		const start = Date.parse(`${day}T00:00:00+02:00`);
		let total = 0;
		for (let slot = 0; slot <= slots; slot++) {
			answer = inverter({ 1: total });
			await pull(new Date(start + slot * 900_000).toISOString());
			total += wh(slot);
		}
	}

	test('is sealed once, with provisional quality, and never before the last poll could add to it', async () => {
		await quarterHours('2026-07-01', (slot) => slot);
		expect((await seal('2026-07-01T22:10:00Z')).days).toEqual([]);
		const results = await Promise.all(Array.from({ length: 8 }, () => seal('2026-07-01T23:20:00Z')));
		expect(results.reduce((sum, r) => sum + r.channelDays, 0)).toBe(1);
		const [row] =
			await database.owner`select r.*, i.origin from reading_days r join imports i on i.id = import_id where day = '2026-07-01'`;
		expect(row).toMatchObject({ gaps: 0, version: 1, origin: 'http-pull' });
		expect(Number(row?.total_wh)).toBe((95 * 96) / 2);
		expect(new Set(row?.quality)).toEqual(new Set([2]));
		expect(await open()).toEqual([]);
		expect((await seal('2026-07-01T23:20:00Z')).days).toEqual([]);
	});

	test('does not touch measured values; half-covered slots stay missing', async () => {
		const name = path.join(config.dataFolder, 'measured.csv');
		const begin = Date.parse('2026-07-02T22:00:00Z');
		writeFileSync(
			name,
			Array.from(
				{ length: 48 },
				(_, i) => `${malo},${new Date(begin + i * 900_000).toISOString().replace('.000Z', 'Z')},7.000,M\n`,
			).join(''),
		);
		await importFile(database.db, { by: system, at, path: name, origin: 'command' });
		await quarterHours('2026-07-03', () => 100, 60);
		answer = inverter({ 1: 60 * 100 + 20 });
		await pull('2026-07-03T13:05:00Z');
		const report = await seal('2026-07-05T23:20:00Z');
		expect(report).toMatchObject({ days: ['2026-07-03'], channelDays: 1, droppedSlots: 1, droppedWh: 20 });
		const [row] =
			await database.owner`select array_to_json(wh) as wh, quality, gaps, version from reading_days where day = '2026-07-03'`;
		expect(row?.wh.slice(47, 62)).toEqual([7000, ...Array.from({ length: 12 }, () => 100), null, null]);
		expect(row).toMatchObject({ gaps: 36, version: 2 });
		expect([row?.quality[0], row?.quality[48], row?.quality[60]]).toEqual([0, 2, 4]);
		const [history] = await database.owner`select version, gaps from reading_days_history where day = '2026-07-03'`;
		expect(history).toMatchObject({ version: 1, gaps: 48 });
	});

	test('has a hundred quarter-hours when the clocks go back', async () => {
		await create({});
		const start = Date.parse('2026-10-24T22:00:00Z');
		for (let slot = 0; slot <= 100; slot++) {
			answer = inverter({ 1: slot * 10 });
			await pull(new Date(start + slot * 900_000).toISOString());
		}
		expect(await seal('2026-10-26T00:20:00Z')).toMatchObject({ days: ['2026-10-25'], channelDays: 1, droppedSlots: 0 });
		const [row] =
			await database.owner`select cardinality(wh) as slots, total_wh::int, gaps from reading_days where day = '2026-10-25'`;
		expect(row).toEqual({ slots: 100, total_wh: 1000, gaps: 0 });
	});
});

describe('a watched folder', () => {
	let folder = '';
	let number = 0;
	const ingest = (time = at) => ingestFolders(database.db, { by: system, at: time, config });
	function drop(name: string, content: string, ageSeconds = 60) {
		writeFileSync(path.join(folder, name), content);
		const time = at.getTime() / 1000 - ageSeconds;
		utimesSync(path.join(folder, name), time, time);
	}
	const rows = (day: string, kwh: string, count = 96) =>
		Array.from(
			{ length: count },
			(_, i) =>
				`${malo},${new Date(Date.parse(`${day}T00:00:00Z`) + i * 900_000).toISOString().replace('.000Z', 'Z')},${kwh},M\n`,
		).join('');

	beforeEach(async () => {
		folder = path.join(config.dataFolder, `inbox-${++number}`);
		mkdirSync(folder);
		await create({ kind: 'watch-folder', location: folder, meteringPointId: undefined });
	});

	test('good files go to done/, bad ones to refused/ with the reason, unfinished ones wait, nothing blocks', async () => {
		drop('1-broken.csv', `${malo},2026-05-01T00:00:00Z,zwölf,M\n`);
		drop('2-good.csv', rows('2026-05-01', '1.000'));
		drop('3-foreign.csv', rows('2026-05-01', '1.000').replaceAll(malo, '51481308448'));
		drop('4-growing.csv', rows('2026-05-02', '1.000', 50), 2);
		drop('5-later.csv.part', rows('2026-05-03', '1.000'));
		drop('.hidden', 'x');
		symlinkSync('/etc/hostname', path.join(folder, '6-link.csv'));
		// A metering point that no plant has is kept apart until it is assigned.
		expect(await ingest()).toMatchObject({ stored: 2, refused: 1, waiting: 1, known: 0, problems: [] });
		expect(readdirSync(path.join(folder, 'done'))).toEqual(['2-good.csv', '3-foreign.csv']);
		expect(readdirSync(path.join(folder, 'refused'))).toEqual(['1-broken.csv', '1-broken.csv.txt']);
		expect(readFileSync(path.join(folder, 'refused/1-broken.csv.txt'), 'utf8')).toMatch(/^readings\./);
		expect(readdirSync(folder)).toEqual(
			expect.arrayContaining(['4-growing.csv', '5-later.csv.part', '6-link.csv', '.hidden']),
		);
		drop('4-growing.csv', rows('2026-05-02', '1.000'), 1);
		expect(await ingest()).toMatchObject({ stored: 0, waiting: 1 });
		// The same at two looks.
		expect(await ingest()).toMatchObject({ stored: 1, waiting: 0 });
		const [source] = await listSources(database.db, { by: system });
		expect(source).toMatchObject({ lastProblem: null, lastSuccessAt: at.toISOString() });
		const refused =
			await database.owner`select file_name from imports where state = 'refused' and origin = 'watch-folder' order by file_name`;
		expect(refused.map((row) => row.file_name)).toEqual(['1-broken.csv']);
	});

	test('a file stored before a crash is moved and not stored again; names that are taken get a number', async () => {
		const content = rows('2026-05-05', '2.000');
		drop('a.csv', content);
		await importFile(database.db, { by: system, at, path: path.join(folder, 'a.csv'), origin: 'watch-folder' });
		expect(await ingest()).toMatchObject({ stored: 0, known: 1 });
		drop('a.csv', content);
		expect(await ingest()).toMatchObject({ known: 1 });
		expect(readdirSync(path.join(folder, 'done'))).toEqual(['a (2).csv', 'a.csv']);
		const [row] = await database.owner`select version from reading_days where day = '2026-05-05'`;
		expect(row?.version).toBe(1);
	});

	test('four processes on one folder store each file once', async () => {
		for (let i = 0; i < 6; i++) drop(`${i}.csv`, rows(`2026-04-0${i + 1}`, '3.000'));
		const reports = await Promise.all(Array.from({ length: 4 }, () => ingest()));
		expect(reports.reduce((sum, r) => sum + r.stored, 0)).toBe(6);
		expect(readdirSync(folder)).toEqual(['done']);
		const versions =
			await database.owner`select distinct version from reading_days where day between '2026-04-02' and '2026-04-05'`;
		// Each local day is made of two files' UTC days.
		expect(versions.map((row) => row.version)).toEqual([2]);
	});

	test('a folder that went away is a problem of its own', async () => {
		await create({
			name: 'Fort',
			kind: 'watch-folder',
			location: mkdtempSync(path.join(config.dataFolder, 'gone-')),
			meteringPointId: undefined,
		});
		await database.owner`update sources set location = location || '-weg' where name = 'Fort'`;
		drop('x.csv', rows('2026-05-09', '1.000'));
		expect(await ingest()).toMatchObject({ stored: 1, problems: [{ source: 'Fort', problem: 'missing' }] });
	});
});

describe('what may be a source', () => {
	test.each([
		[{ location: 'ftp://example.org' }, 'readings.source-address'],
		[{ location: 'http://user:pass@example.org' }, 'readings.source-address'],
		[{ location: 'http://example.org/?a=1' }, 'readings.source-address'],
		[{ location: 'example.org' }, 'readings.source-address'],
		[{ meteringPointId: undefined }, 'readings.source-place-needed'],
		[{ meteringPointId: '01990000-0000-7000-8000-000000000000' }, 'readings.metering-point-unknown'],
		[{ obis: 'Strom' }, 'readings.obis'],
		[{ kind: 'watch-folder', location: 'inbox' }, 'readings.source-folder'],
		[{ kind: 'watch-folder', location: '/nirgends/hier' }, 'readings.source-folder'],
		[{ kind: 'watch-folder', location: '/etc' }, 'readings.source-folder'],
		[{ kind: 'watch-folder', location: '/' }, 'readings.source-folder'],
		[{ kind: 'watch-folder', location: process.cwd() }, 'readings.source-folder'],
		[{ kind: 'watch-folder', location: path.resolve('api') }, 'readings.source-folder'],
	])('%j is refused', async (source, code) => {
		await expect(create(source)).rejects.toMatchObject({ code });
	});

	test('the data folder itself is out of the question; names, places and channels are there once', async () => {
		await expect(create({ kind: 'watch-folder', location: config.dataFolder })).rejects.toMatchObject({
			code: 'readings.source-folder',
		});
		const results = await Promise.allSettled(Array.from({ length: 16 }, () => create({})));
		expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
		await expect(create({ name: 'Zweite' })).rejects.toMatchObject({ code: 'readings.source-known' });
		await expect(create({ name: 'Zweite', location: `${base}/b` })).rejects.toMatchObject({
			code: 'readings.source-channel-taken',
		});
		await expect(create({ name: 'Zweite', location: `${base}/b`, obis: '1-2:2.29.0' })).resolves.toHaveProperty('id');
		expect(await listSources(database.db, { by: person(['member']) })).toEqual([]);
	});

	test.each([
		...[
			'http://127.0.0.1',
			'http://[::1]',
			'http://2130706433',
			'http://0x7f.1',
			'http://10.0.0.1',
			'http://192.168.1.1',
		],
		...[
			'http://169.254.169.254/latest',
			'http://[::ffff:127.0.0.1]',
			'http://[fd00::1]',
			'http://[fe80::1]',
			'http://0.0.0.0',
		],
		...['http://100.64.0.1', 'http://[64:ff9b::7f00:1]', 'http://[2002:7f00:1::]', 'http://224.0.0.1', 'http://[::]'],
	])('%s is not asked', async (location) => {
		await create({ location });
		expect((await pull('2026-06-01T10:00:00Z')).sources[0]?.problem).toBe('readings.source-forbidden');
	});

	test('unless host or network are listed', async () => {
		await create({ location: base.replace('localhost', '127.0.0.1') });
		answer = inverter({ 1: 1 });
		for (const [allowed, outcome] of [
			[['localhost'], 'problem'],
			[['127.0.0.2', '127.0.0.1/33', '::1/8', 'x/8'], 'problem'],
			[['127.0.0.0/8'], 'first'],
			[['127.0.0.1'], 'stale'],
		] as const) {
			const report = await pullSources(database.db, {
				by: system,
				at: new Date('2026-06-01T10:00:00Z'),
				config: { ...config, allowedSourceHosts: allowed },
			});
			expect([allowed, report.sources[0]?.outcome]).toEqual([allowed, outcome]);
		}
	});

	test('a name that leads nowhere', async () => {
		await create({ location: 'http://wechselrichter.invalid' });
		expect((await pull('2026-06-01T10:00:00Z')).sources[0]?.problem).toBe('readings.source-host-unknown');
	});
});
