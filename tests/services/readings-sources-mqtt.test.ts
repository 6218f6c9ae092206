// MQTT: what brokers keep and send twice is counted once, in order, and acknowledged when it is booked; connections that are lost come back.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BrokerListener } from '../../api/readings/service/listen.ts';
import { listSources } from '../../api/readings/service/source-views.ts';
import { editSource } from '../../api/readings/service/edit-source.ts';
import { createSource, setSourceEnabled } from '../../api/readings/service/sources.ts';
import { testSource } from '../../api/readings/service/try-source.ts';
import { person, useDatabase } from '../database.ts';
import { useOneMeter } from './oneMeter.ts';
import { type Broker, startBroker } from '../servers/broker.ts';
import { certificate } from '../servers/certificate.ts';

const database = useDatabase();
const meter = useOneMeter(database);
let at = new Date('2026-06-01T10:00:00Z');
const by = person(['operator']);
let broker: Broker;
let sourceId = '';
const listeners: BrokerListener[] = [];
const errors: unknown[] = [];

beforeEach(async () => {
	await database.owner`delete from open_readings`;
	await database.owner`delete from sources`;
	at = new Date('2026-06-01T10:00:00Z');
	broker = await startBroker();
});
afterEach(async () => {
	await Promise.all(listeners.splice(0).map((one) => one.stop()));
	await broker.close();
	expect(errors.splice(0)).toEqual([]);
});

const channel = (more: object = {}) => ({ name: 'pv/energy', meteringPointId: meter.pointId, ...more });
const location = (port = broker.port) => `mqtt://coop@localhost:${port}`;
const create = async (more: object = {}) => {
	const source = {
		...{ name: 'Broker', kind: 'mqtt', location: location(), secrets: { password: 'geheim' }, channels: [channel()] },
		...more,
	};
	({ id: sourceId } = await createSource(database.db, { by, at, config: meter.config, source: source as never }));
};
async function listener(): Promise<BrokerListener> {
	const one = new BrokerListener({
		db: database.db,
		config: meter.config,
		now: () => at,
		onError: (error) => errors.push(error),
	});
	listeners.push(one);
	await one.sync();
	return one;
}
const open = async () =>
	(
		await database.owner`select to_char(start_at at time zone 'UTC', 'HH24:MI') as start, wh from open_readings order by start_at`
	).map((row) => [row.start, row.wh]);
const view = async () => (await listSources(database.db, { by }))[0];
const booked = (expected: unknown) => expect.poll(open, { timeout: 5_000, interval: 50 }).toEqual(expected);

describe('messages', () => {
	test('with their own time count once: sent twice, kept, late and out of order', async () => {
		await create({
			channels: [channel({ meaning: 'interval', unit: 'Wh', valuePath: 'wh', timePath: 'at', slotMinutes: 15 })],
		});
		const slot = (time: string, wh: number) => ({ at: `2026-06-01T${time}:00Z`, wh });
		await broker.publish('pv/energy', slot('09:00', 100), { qos: 1, retain: true });
		await listener();
		await booked([['09:00', 100]]);
		for (const [time, wh] of [
			['09:30', 300],
			['09:30', 300],
			['09:15', 200],
			['09:00', 100],
			['09:15', 210],
		] as const)
			await broker.publish('pv/energy', slot(time, wh), { qos: 1 });
		await booked([
			['09:00', 100],
			['09:15', 210],
			['09:30', 300],
		]);
		await expect.poll(() => broker.acknowledged).toBe(6);
		expect((await view())?.channels[0]).toMatchObject({ gaps: [], contiguousThrough: '2026-06-01T09:45:00.000Z' });
		expect(await view()).toMatchObject({ lastProblem: null, lastValueAt: '2026-06-01T09:30:00.000Z' });
	});

	test('as plain numbers are of their arrival; one that was kept says nothing', async () => {
		await create();
		await broker.publish('pv/energy', '1000', { retain: true });
		await listener();
		for (const [time, wh] of [
			['10:01', '2000'],
			['10:06', '2500'],
			['10:06', '2500'],
			['10:11', '3000'],
		] as const) {
			at = new Date(`2026-06-01T${time}:00Z`);
			await broker.publish('pv/energy', wh, { qos: 1 });
			await expect.poll(async () => (await view())?.channels[0]?.totalWh).toBe(Number(wh));
		}
		expect(await open()).toEqual([['10:00', 1_000]]);
	});

	test('that were sent while nobody listened come in order afterwards', async () => {
		await create({ channels: [channel({ valuePath: 'total', timePath: 'ts' })] });
		const first = await listener();
		const send = (minute: number, total: number) =>
			broker.publish('pv/energy', { ts: Date.parse('2026-06-01T09:00:00Z') / 1000 + minute * 60, total }, { qos: 1 });
		await send(0, 1_000);
		await expect.poll(async () => (await view())?.channels[0]?.totalWh).toBe(1_000);
		await first.stop();
		for (const [minute, total] of [
			[10, 1_100],
			[20, 1_300],
			[30, 1_600],
		] as const)
			await send(minute, total);
		await listener();
		await expect.poll(async () => (await view())?.channels[0]?.totalWh).toBe(1_600);
		expect((await open()).reduce((sum, row) => sum + row[1], 0)).toBe(600);
	});

	test('that cannot be read are told, and take no other with them', async () => {
		await create({ channels: [channel({ valuePath: 'total', timePath: 'ts' })] });
		await listener();
		await broker.publish('pv/energy', 'kaputt', { qos: 1 });
		await broker.publish('pv/energy', { ts: '2026-06-01T09:00:00Z', total: 'viel' }, { qos: 1 });
		await broker.publish('pv/energy', { ts: '2030-06-01T09:00:00Z', total: 5 });
		await broker.publish('pv/energy', { ts: '2026-06-01T09:00:00Z', total: 7 });
		await broker.publish('pv/energy', { other: 1 }, { qos: 1 });
		await expect.poll(async () => (await view())?.channels[0]?.totalWh, { timeout: 4_000 }).toBe(7);
		await broker.publish('pv/energy', 'kaputt', { qos: 1 });
		await expect.poll(async () => (await view())?.lastProblem?.code).toBe('readings.source-unreadable');
		expect(broker.acknowledged).toBe(4);
	});
});

describe('a broker', () => {
	test('is listened to once by two processes; switched off it is left, changed it is asked for the new topic', async () => {
		await create();
		const one = await listener();
		const two = await listener();
		expect(broker.clients()).toHaveLength(1);
		const changed = { name: 'Broker', location: location(), channels: [channel({ name: 'pv/other' })] };
		await editSource(database.db, { by, at, config: meter.config, sourceId, source: changed });
		await one.sync();
		await broker.publish('pv/other', '5', { qos: 1 });
		await expect.poll(async () => (await view())?.channels[0]?.totalWh).toBe(5);
		await setSourceEnabled(database.db, { by, at, sourceId, enabled: false });
		await one.sync();
		await two.sync();
		await expect.poll(() => broker.clients()).toEqual([]);
	});

	test('that is lost is a problem and comes back', async () => {
		await create();
		const one = await listener();
		broker.cut();
		await expect.poll(async () => (await view())?.lastProblem?.code).toBe('readings.source-unreachable');
		await one.sync();
		await broker.publish('pv/energy', '9', { qos: 1 });
		await expect.poll(async () => (await view())?.channels[0]?.totalWh).toBe(9);
		expect((await view())?.lastProblem).toBeNull();
	});

	test('is tried out: kept values are shown and not booked; login, topic and encryption are told', async () => {
		await create();
		await broker.publish('pv/energy', '1234', { retain: true });
		const tryOut = () => testSource(database.db, { by, at, sourceId, config: meter.config });
		expect(await tryOut()).toMatchObject({ ok: true, values: [{ channel: 'pv/energy', amount: 1234 }] });
		expect(await open()).toEqual([]);
		const edit = (source: object) =>
			editSource(database.db, {
				...{ by, at, config: meter.config, sourceId },
				source: { name: 'Broker', location: location(), channels: [channel()], ...source } as never,
			});
		await edit({ secrets: { password: 'falsch' } });
		expect((await tryOut()).problem?.code).toBe('readings.source-login');
		await edit({ secrets: { password: 'geheim' }, channels: [channel({ name: 'private/energy' })] });
		expect((await tryOut()).problem?.code).toBe('readings.source-subscription');
		const safe = await startBroker({ tls: true });
		try {
			const secure = { location: `mqtts://coop@localhost:${safe.port}`, secrets: { password: 'geheim' } };
			await edit(secure);
			expect((await tryOut()).problem?.code).toBe('readings.source-unreachable');
			await edit({ ...secure, settings: { certificate } });
			expect(await tryOut()).toMatchObject({ ok: true, values: [], problem: null });
		} finally {
			await safe.close();
		}
		await expect(
			edit({ secrets: { password: 'x' }, settings: { certificate: 'kein Zertifikat' } }),
		).rejects.toMatchObject({
			code: 'readings.source-certificate',
		});
		await edit({ location: 'mqtt://coop@8.8.8.8', secrets: { password: 'x' } });
		expect((await tryOut()).problem?.code).toBe('readings.source-plain');
	});
});
