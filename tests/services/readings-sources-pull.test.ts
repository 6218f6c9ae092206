// Devices that are asked: Solar-Log and any other JSON over HTTP, SunSpec over Modbus TCP; archives, gaps, rollovers, slow ones beside quick ones.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pullSources } from '../../api/readings/service/pull.ts';
import { sealDays } from '../../api/readings/service/seal.ts';
import { listSources } from '../../api/readings/service/source-views.ts';
import { createSource } from '../../api/readings/service/sources.ts';
import { testSource } from '../../api/readings/service/try-source.ts';
import { person, system, useDatabase } from '../database.ts';
import { useOneMeter } from './oneMeter.ts';
import {
	common,
	floatInverter,
	floatMeter,
	inverter,
	meter,
	type SunSpecDevice,
	startSunSpec,
} from '../servers/sunspec.ts';

const database = useDatabase();
const place = useOneMeter(database);
const at = new Date('2026-11-22T10:00:00Z');
const by = person(['operator']);
let server: Server;
let base = '';
let answer: (request: IncomingMessage, reply: ServerResponse) => void | Promise<void>;
let device: SunSpecDevice;

beforeAll(async () => {
	server = createServer((request, reply) => void answer(request, reply));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	base = `http://localhost:${(server.address() as AddressInfo).port}`;
	device = await startSunSpec();
});

afterAll(async () => {
	server.closeAllConnections();
	server.close();
	await device.close();
});

beforeEach(async () => {
	await database.owner`delete from open_readings`;
	await database.owner`delete from sources`;
	Object.assign(device, { start: 40_000, models: [], silent: false });
});

const json = (body: unknown) => (_: unknown, reply: ServerResponse) => void reply.end(JSON.stringify(body));
const create = (source: object) =>
	createSource(database.db, {
		by,
		at,
		config: place.config,
		source: { name: 'Quelle', meteringPointId: place.pointId, ...source } as never,
	});
const pull = async (time: string) =>
	(await pullSources(database.db, { by: system, at: new Date(time), config: place.config })).sources;
const open = async () =>
	(
		await database.owner`select to_char(start_at at time zone 'UTC', 'MM-DD HH24:MI') as start, wh from open_readings order by start_at`
	).map((row) => [row.start, row.wh]);
const series = async () => (await listSources(database.db, { by }))[0]?.channels ?? [];

describe('a Solar-Log', () => {
	const says = (time: string, total: unknown) =>
		json({ 801: { 170: { 100: time, 101: 1200, 105: 3400, 109: total, 116: 10_000 } } });

	test('is asked for its total by its own clock; an answer it gave before counts nothing', async () => {
		await create({ kind: 'solarlog', location: base });
		let asked = '';
		answer = async (request, reply) => {
			asked = `${request.method} ${request.url} ${await text(request)}`;
			says('01.06.26 12:00:00', 500_000)(request, reply);
		};
		expect((await pull('2026-06-01T10:00:30Z'))[0]).toMatchObject({ outcome: 'first' });
		expect(asked).toBe('POST /getjp {"801":{"170":null}}');
		answer = says('01.06.26 12:10:00', 501_000);
		expect((await pull('2026-06-01T10:10:20Z'))[0]).toMatchObject({ outcome: 'booked', wh: 1_000 });
		expect((await pull('2026-06-01T10:15:00Z'))[0]).toMatchObject({ outcome: 'stale', problem: null });
		expect(await open()).toEqual([['06-01 10:00', 1_000]]);
		// A clock that is two hours off is not believed.
		answer = says('01.06.26 10:20:00', 502_000);
		await pull('2026-06-01T10:20:00Z');
		expect((await series())[0]?.through).toBe('2026-06-01T10:20:00.000Z');
	});

	test.each([
		[{ 801: { 170: 'ACCESS DENIED' } }, 'readings.source-device'],
		[{ 'QUERY IMPOSSIBLE 000': null }, 'readings.source-unreadable'],
		[{ 801: { 170: { 100: '01.06.26 12:00:00' } } }, 'readings.source-unreadable'],
		[{ 801: { 170: { 109: -1 } } }, 'readings.source-unreadable'],
	])('that answers %j has a problem', async (body, code) => {
		await create({ kind: 'solarlog', location: base });
		answer = json(body);
		expect((await pull('2026-06-01T10:00:00Z'))[0]).toMatchObject({ outcome: 'problem', problem: code });
	});
});

describe('JSON by path', () => {
	const channel = (more: object) => ({ name: '', meteringPointId: place.pointId, ...more });

	test('a power with its unit, a token in the header; text as number', async () => {
		const heard: unknown[] = [];
		await create({
			...{ kind: 'json', location: `${base}/live?site=7`, secrets: { password: 'geheim' } },
			channels: [channel({ meaning: 'power', unit: 'kW', valuePath: 'site.0.power', unitPath: '/site/0/unit' })],
		});
		answer = (request, reply) => {
			heard.push(request.headers.authorization, request.url);
			json({ site: [{ power: '2,0', unit: 'kW' }] })(request, reply);
		};
		await pull('2026-06-01T10:00:00Z');
		await pull('2026-06-01T10:15:00Z');
		expect(heard.slice(0, 2)).toEqual(['Bearer geheim', '/live?site=7']);
		expect(await open()).toEqual([['06-01 10:00', 500]]);
		answer = json({ site: [{ power: null, unit: 'kW' }] });
		expect((await pull('2026-06-01T10:20:00Z'))[0]).toMatchObject({ outcome: 'asleep' });
		answer = json({ site: [{ power: 'viel', unit: 'kW' }] });
		expect((await pull('2026-06-01T10:25:00Z'))[0]?.problem).toBe('readings.source-row');
		answer = json({ other: 1 });
		expect((await pull('2026-06-01T10:30:00Z'))[0]?.problem).toBe('readings.source-path-missing');
	});

	/** An archive of quarter-hours: one kWh in each, but where it has a hole. */
	function archive(asked: string[], holes: Set<string>, kwh = () => 1) {
		return (request: IncomingMessage, reply: ServerResponse) => {
			const { searchParams } = new URL(request.url ?? '', base);
			const [from, to] = [searchParams.get('from') ?? '', searchParams.get('to') ?? ''];
			asked.push(`${from.slice(0, 16)}/${to.slice(0, 16)}`);
			const rows: unknown[] = [];
			for (let ms = Math.ceil(Date.parse(from) / 900_000) * 900_000; ms + 900_000 <= Date.parse(to); ms += 900_000) {
				const start = new Date(ms).toISOString();
				if (!holes.has(start)) rows.push({ end: new Date(ms + 900_000).toISOString(), kwh: kwh() });
			}
			json({ data: { rows } })(request, reply);
		};
	}

	test('an archive: catches up in order after three days, asks again for gaps and corrections', async () => {
		await create({
			...{ kind: 'json', location: `${base}/archive?from={from}&to={to}`, settings: { rows: 'data.rows' } },
			channels: [
				channel({ meaning: 'interval', unit: 'kWh', valuePath: 'kwh', timePath: 'end', stamp: 'end', slotMinutes: 15 }),
			],
		});
		const asked: string[] = [];
		const holes = new Set(['2026-06-01T08:00:00.000Z', '2026-06-01T08:15:00.000Z']);
		answer = archive(asked, holes);
		expect((await pull('2026-06-01T10:10:00Z'))[0]).toMatchObject({ outcome: 'booked', wh: (12 * 4 - 2) * 1_000 });
		expect((await series())[0]).toMatchObject({
			contiguousThrough: '2026-06-01T08:00:00.000Z',
			through: '2026-06-01T10:00:00.000Z',
			gaps: [{ from: '2026-06-01T08:00:00.000Z', to: '2026-06-01T08:30:00.000Z' }],
		});
		// Three days away; in the first minutes of an hour gaps and the last days are asked for again.
		holes.clear();
		asked.length = 0;
		answer = archive(asked, holes, () => 2);
		await pull('2026-06-04T12:00:00Z');
		expect(asked).toEqual(['2026-06-01T10:00/2026-06-04T12:00', '2026-05-29T10:00/2026-06-01T10:00']);
		expect((await series())[0]).toMatchObject({ contiguousThrough: '2026-06-04T12:00:00.000Z', gaps: [] });
		await sealDays(database.db, { by: system, at: new Date('2026-06-04T12:00:00Z') });
		const [day] = await database.owner`select total_wh::int, gaps, version from reading_days where day = '2026-06-01'`;
		expect(day).toEqual({ total_wh: 96 * 2_000, gaps: 0, version: 1 });
		// The archive corrects a day that is sealed: another version, and no more once it is the same.
		await pull('2026-06-04T13:00:00Z');
		expect((await sealDays(database.db, { by: system, at: new Date('2026-06-04T13:00:00Z') })).days).toEqual([]);
		answer = archive(asked, holes, () => 3);
		await pull('2026-06-04T14:00:00Z');
		expect(await sealDays(database.db, { by: system, at: new Date('2026-06-04T14:00:00Z') })).toMatchObject({
			days: ['2026-06-01', '2026-06-02', '2026-06-03'],
			channelDays: 3,
		});
	});

	test('readings of a register that come late complete the slots of a day that is over', async () => {
		await create({
			...{ kind: 'json', location: `${base}/rows` },
			channels: [channel({ unit: 'Wh', valuePath: '1', timePath: '0', obis: '1-7:2.29.0' })],
		});
		const rows = (...minutes: number[]) =>
			minutes.map((minute) => [
				new Date(Date.parse('2026-07-01T10:00:00Z') + minute * 60_000).toISOString(),
				minute * 10,
			]);
		const sealAt = (time: string) => sealDays(database.db, { by: system, at: new Date(time) });
		answer = json(rows(0, 10, 60));
		await pull('2026-07-01T11:05:00Z');
		expect(await sealAt('2026-07-02T05:20:00Z')).toMatchObject({ days: [], droppedSlots: 0 });
		answer = json(rows(45, 30, 15));
		await pull('2026-07-02T06:00:00Z');
		expect(await sealAt('2026-07-02T06:20:00Z')).toMatchObject({
			days: ['2026-07-01'],
			channelDays: 1,
			droppedSlots: 0,
		});
		const [day] = await database.owner`select total_wh::int from reading_days where day = '2026-07-01'`;
		expect(day?.total_wh).toBe(600);
		answer = json(rows(65));
		await pull('2026-07-02T07:00:00Z');
		expect(await sealAt('2026-07-04T00:20:00Z')).toMatchObject({
			days: ['2026-07-01'],
			channelDays: 0,
			droppedSlots: 1,
		});
		expect(await open()).toEqual([]);
	});

	test('the hour that comes twice keeps both, when rows come in order', async () => {
		await create({
			...{ kind: 'json', location: `${base}/rows` },
			channels: [channel({ meaning: 'interval', unit: 'Wh', valuePath: '1', timePath: '0' })],
		});
		const clock = ['01:45', '02:00', '02:15', '02:30', '02:45', '02:00', '02:15', '02:30', '02:45', '03:00'];
		answer = json(clock.map((time, i) => [`2026-10-25 ${time}`, i]));
		await pull('2026-10-25T10:00:00Z');
		expect((await open()).map(([start]) => start)).toEqual([
			...['10-24 23:45', '10-25 00:00', '10-25 00:15', '10-25 00:30', '10-25 00:45'],
			...['10-25 01:00', '10-25 01:15', '10-25 01:30', '10-25 01:45', '10-25 02:00'],
		]);
	});

	test.each([
		[[['2026-06-01T10:07:00Z', 5]], 'readings.source-slot'],
		[[['2026-06-02T10:00:00Z', 5]], 'readings.source-time'],
		[[['1999-06-02T10:00:00Z', 5]], 'readings.source-time'],
		[[['2026-06-01T09:00:00Z', 1e13]], 'readings.source-value'],
		[[['morgens', 5]], 'readings.source-row'],
		[[[null, 5]], 'readings.source-row'],
	])('rows %j change nothing: %s', async (rows, code) => {
		await create({
			...{ kind: 'json', location: `${base}/rows` },
			channels: [channel({ meaning: 'interval', unit: 'Wh', valuePath: '1', timePath: '0' })],
		});
		answer = json([['2026-06-01T09:15:00Z', 1], ...rows]);
		expect((await pull('2026-06-01T10:00:00Z'))[0]?.problem).toBe(code);
		expect(await open()).toEqual([]);
	});
});

describe('SunSpec', () => {
	const address = () => `modbus://localhost:${device.port}/3`;

	test('an inverter: scale factor from the same block, rollover, another device after an exchange', async () => {
		const { id } = await create({ kind: 'modbus', location: address() });
		const steps: [string, number, number, string?][] = [
			['10:00', 429_496_000, 0],
			['10:15', 429_496_700, 0],
			['10:30', 100, 0],
			['10:45', 200, 0, 'SN-2'],
		];
		const outcomes: unknown[] = [];
		for (const [time, raw, scale, serial = 'SN-1'] of steps) {
			device.models = [common(serial), inverter(103, raw * 10, scale)];
			outcomes.push(
				(await pull(`2026-06-01T${time}:00Z`)).map(({ outcome, wh, problem }) => [outcome, wh, problem])[0],
			);
		}
		expect(outcomes).toEqual([
			['first', 0, null],
			['booked', 7_000, null],
			['booked', 1_000 + 2 ** 32 - 4_294_967_000, null],
			['absent', 0, 'readings.source-inverter-absent'],
		]);
		device.models = [common('SN-1'), inverter(101, 5_000, -1)];
		expect(await testSource(database.db, { by, at, sourceId: id, config: place.config })).toMatchObject({
			ok: true,
			values: [{ channel: '', amount: 500 }],
		});
	});

	test.each([
		[40_000, [inverter(101, 1_234)], [['', 1_234]]],
		[0, [inverter(102, 1_234, 2)], [['', 123_400]]],
		[50_000, [floatInverter(112, 98_304)], [['', 98_304]]],
		[
			40_000,
			[meter(203, 7_000, 9_000, 0)],
			[
				['', 7_000],
				['export', 7_000],
				['import', 9_000],
			],
		],
		[
			40_000,
			[floatMeter(213, 4_096, 8_192)],
			[
				['', 4_096],
				['export', 4_096],
				['import', 8_192],
			],
		],
		[
			40_000,
			[{ id: 160, data: Array(20).fill(1) as number[] }, inverter(103, 10), inverter(103, 20), meter(201, 5, 6)],
			[
				['', 30],
				['export', 5],
				['import', 6],
			],
		],
	])('at %i, models %#', async (start, models, expected) => {
		const channels = ['', 'export', 'import'].map((name, i) => ({
			name,
			meteringPointId: place.pointId,
			obis: `1-${i + 1}:2.29.0`,
		}));
		const { id } = await create({ kind: 'modbus', location: address(), channels });
		Object.assign(device, { start, models: [common('A'), ...models] });
		const { values } = await testSource(database.db, { by, at, sourceId: id, config: place.config });
		expect(values.map(({ channel, amount }) => [channel, amount])).toEqual(expected);
	});

	test.each([
		['no SunSpec', { start: null }, 'readings.source-no-sunspec'],
		['no energy', { models: [common('A')] }, 'readings.source-no-energy-model'],
		['not implemented', { models: [common('A'), inverter(103, null)] }, 'readings.source-asleep'],
		['no scale', { models: [common('A'), inverter(103, 5, null)] }, 'readings.source-asleep'],
		['asleep', { models: [common('A'), inverter(103, 0)] }, 'readings.source-asleep'],
		['float without', { models: [common('A'), floatInverter(111, Number.NaN)] }, 'readings.source-asleep'],
	])('%s is told', async (_, state, code) => {
		await create({ kind: 'modbus', location: address() });
		Object.assign(device, state);
		expect((await pull('2026-06-01T10:00:00Z'))[0]?.problem).toBe(code);
	});
});

describe('one beside another', () => {
	let hole: TcpServer;
	beforeAll(async () => {
		hole = createTcpServer(() => {});
		await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
	});
	afterAll(() => void hole.close());

	test('a device that swallows everything holds up no other, and is not asked twice at once', async () => {
		const { port } = hole.address() as AddressInfo;
		await create({ name: 'A', kind: 'solarlog', location: `http://localhost:${port}`, obis: '1-9:2.29.0' });
		await create({ name: 'B', kind: 'solarlog', location: base });
		answer = json({ 801: { 170: { 100: '01.06.26 12:00:00', 109: 5 } } });
		const slow = pull('2026-06-01T10:00:00Z');
		await expect
			.poll(async () => (await listSources(database.db, { by })).find(({ name }) => name === 'B')?.lastSuccessAt)
			.toBe('2026-06-01T10:00:00.000Z');
		// The next round comes while the first still waits.
		answer = json({ 801: { 170: { 100: '01.06.26 12:01:00', 109: 9 } } });
		expect((await pull('2026-06-01T10:01:00Z')).map(({ name, outcome }) => [name, outcome])).toEqual([['B', 'booked']]);
		expect((await slow).map(({ name, problem }) => [name, problem])).toEqual([
			['A', 'readings.source-timeout'],
			['B', null],
		]);
	}, 20_000);
});
