// Devices that send their values: one, many, line by line; again and late; what is wrong changes nothing.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { createDeviceToken, revokeDeviceToken } from '../../api/accounts/service/devices.ts';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { readSource } from '../../api/readings/service/source-views.ts';
import { createSource, setSourceEnabled } from '../../api/readings/service/sources.ts';
import { system } from '../database.ts';
import { useApi } from './app.ts';

const api = useApi();
let pointId = '';
let token = '';
let tokenId = '';
let sourceId = '';

beforeAll(async () => {
	const { db } = api.database;
	const plant = {
		...{ name: 'Schuldach', kind: 'solar' as const, capacityW: 80_000, postcode: '00000', town: 'Auental' },
		commissionedOn: '2014-05-01',
	};
	const at = api.clock.at;
	const { id: plantId } = await addPlant(db, { by: system, at, plant });
	({ id: pointId } = await addMeteringPoint(db, { by: system, at, plantId, marketLocation: '41373559241' }));
});

beforeEach(async () => {
	const { db, owner } = api.database;
	await owner`delete from open_readings`;
	await owner`delete from sources`;
	const at = api.clock.at;
	({ id: tokenId, token } = await createDeviceToken(db, {
		...{ by: system, at, name: 'Logger', scopes: ['readings.push'], days: 30 },
	}));
	const quarter = { meteringPointId: pointId, meaning: 'interval', unit: 'kWh', obis: '1-1:2.29.0' } as const;
	const source = {
		...{ name: 'Logger', kind: 'push' as const, deviceTokenId: tokenId },
		channels: [
			{ ...quarter, name: 'feed' },
			{ name: 'meter', meteringPointId: pointId, obis: '1-2:2.29.0', unit: 'Wh' },
		],
	};
	({ id: sourceId } = await createSource(db, { by: system, at, config: api.config, source }));
});

async function push(payload: unknown, { type = 'application/json', as = token } = {}) {
	const response = await api.app.inject({
		...{ method: 'POST', url: '/api/live-values' },
		headers: { authorization: `Bearer ${as}`, 'content-type': type },
		payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
	});
	return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
}
const open = async () =>
	(
		await api.database
			.owner`select to_char(start_at at time zone 'UTC', 'MM-DD HH24:MI') as start, wh from open_readings order by start_at, channel_id`
	).map((row) => [row.start, row.wh]);
const view = () => readSource(api.database.db, { by: system, sourceId });
const feed = (time: string, value: unknown) => ({ channel: 'feed', at: `2026-11-22T${time}:00Z`, value });

test('one value, many, a list, lines: each once, late ones fill the gap, corrected ones replace', async () => {
	expect(await push(feed('08:00', 1.5))).toEqual({ status: 200, body: { accepted: 1, fresh: 1 } });
	expect(await push(feed('08:00', 1.5))).toEqual({ status: 200, body: { accepted: 1, fresh: 0 } });
	expect((await push({ values: [feed('08:45', 2), feed('09:00', '0,25')] })).body).toEqual({ accepted: 2, fresh: 2 });
	expect((await view()).channels[0]).toMatchObject({
		contiguousThrough: '2026-11-22T08:15:00.000Z',
		gaps: [{ from: '2026-11-22T08:15:00.000Z', to: '2026-11-22T08:45:00.000Z' }],
	});
	const lines = [feed('08:30', 0), feed('08:15', null), feed('08:15', 3), feed('08:00', 1.6)].map((one) =>
		JSON.stringify(one),
	);
	const sent = await push(`${lines.join('\n')}\n\n`, { type: 'application/x-ndjson' });
	expect(sent).toEqual({ status: 200, body: { accepted: 3, fresh: 3 } });
	expect(await open()).toEqual([
		['11-22 08:00', 1_600],
		['11-22 08:15', 3_000],
		['11-22 08:30', 0],
		['11-22 08:45', 2_000],
		['11-22 09:00', 250],
	]);
	expect(await view()).toMatchObject({
		...{ lastProblem: null, lastValueAt: '2026-11-22T09:00:00.000Z', channels: [{ gaps: [] }, {}] },
	});
	const total = (time: string, value: number) => ({ ...feed(time, value), channel: 'meter' });
	expect((await push([total('09:00', 1_000), total('09:30', 3_000)])).body).toEqual({ accepted: 2, fresh: 2 });
	expect((await push([total('09:15', 2_500), total('09:00', 1_000)])).body).toEqual({ accepted: 2, fresh: 1 });
	expect((await open()).filter(([, wh]) => wh === 1_500 || wh === 500)).toEqual([
		['11-22 09:00', 1_500],
		['11-22 09:15', 500],
	]);
});

test('sixteen times the same at once counts once', async () => {
	const batch = Array.from({ length: 8 }, (_, i) => feed(`0${i}:15`, i + 1));
	const replies = await Promise.all(Array.from({ length: 16 }, () => push(batch)));
	expect(replies.map(({ status }) => status)).toEqual(Array(16).fill(200));
	expect(replies.reduce((sum, { body }) => sum + Number(body.fresh), 0)).toBe(8);
	expect(await open()).toHaveLength(8);
});

test.each([
	[feed('08:07', 1), 422, 'readings.source-slot'],
	[feed('23:00', 1), 422, 'readings.source-time'],
	[{ ...feed('08:00', 1), channel: 'fremd' }, 422, 'readings.source-channel-unknown'],
	[{ at: '2026-11-22T08:00:00Z', value: 1 }, 422, 'readings.source-channel-unknown'],
	[[feed('08:00', 1), feed('08:15', 'viel')], 422, 'readings.push-value'],
	[[feed('08:00', 1), { channel: 'feed', at: 'gestern', value: 1 }], 422, 'readings.push-value'],
	[feed('08:00', -1), 422, 'readings.push-value'],
	[feed('08:00', 1e12), 422, 'readings.source-value'],
	[feed('08:00', true), 422, 'readings.push-value'],
	[{ ...feed('08:00', 1), extra: 1 }, 422, 'readings.push-shape'],
	[{ values: 'x' }, 422, 'readings.push-shape'],
	[[feed('08:00', 1), 5], 422, 'readings.push-shape'],
	[Array(1_000_000).fill(1), 422, 'readings.push-too-many'],
	[{ ...feed('08:00', 1), channel: 5 }, 422, 'readings.push-shape'],
	['nonsense', 400, 'request.invalid-json-body'],
] as const)('%#: %j changes nothing', async (payload, status, code) => {
	const reply = await push(payload);
	expect([reply.status, reply.body.code]).toEqual([status, code]);
	expect(await open()).toEqual([]);
	if (code.startsWith('readings.')) expect((await view()).lastProblem?.code).toBe(code);
});

test('a line that is none is told by its number', async () => {
	const reply = await push(`${JSON.stringify(feed('08:00', 1))}\n{"at":`, { type: 'application/x-ndjson' });
	expect(reply).toMatchObject({ status: 422, body: { code: 'readings.push-line', values: { line: 2 } } });
	expect((await push('x'.repeat(5_000_000), { type: 'application/x-ndjson' })).status).toBe(413);
	expect((await push('a;b', { type: 'text/csv' })).status).toBe(415);
});

test('only its own device sends, while the token holds and the source is on', async () => {
	const { db } = api.database;
	const at = api.clock.at;
	const other = await createDeviceToken(db, { by: system, at, name: 'Andere', scopes: ['readings.push'], days: 30 });
	expect(await push(feed('08:00', 1), { as: other.token })).toMatchObject({
		...{ status: 404, body: { code: 'readings.push-no-source' } },
	});
	await setSourceEnabled(db, { by: system, at, sourceId, enabled: false });
	expect((await push(feed('08:00', 1))).body.code).toBe('readings.push-paused');
	await setSourceEnabled(db, { by: system, at, sourceId, enabled: true });
	const operator = await api.signedIn('operator');
	const asPerson = operator.headers.authorization.replace('Bearer ', '');
	expect(await push(feed('08:00', 1), { as: asPerson })).toMatchObject({
		...{ status: 403, body: { code: 'readings.push-device-only' } },
	});
	const device = { authorization: `Bearer ${token}` };
	expect((await api.app.inject({ url: '/api/sources', headers: device })).statusCode).toBe(403);
	await revokeDeviceToken(db, { by: system, at, id: tokenId });
	expect((await push(feed('08:00', 1))).status).toBe(401);
	expect(await open()).toEqual([]);
});
