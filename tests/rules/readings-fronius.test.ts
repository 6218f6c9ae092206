// Fronius and Solar-Log answers kept as files: registers of inverters and meters, the archive, and answers that hold no energy.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { look } from './readings-files.ts';
import { anyDays, data, isAbsent, kilo, lookAt, startsOf, sum, survivesChangedBytes } from './readings-formats.ts';

const head = (more: object = {}, code = 0) => ({
	RequestArguments: { Scope: 'System', ...more },
	Status: { Code: code, Reason: code === 0 ? '' : 'Device not present', UserMessage: '' },
	Timestamp: '2026-10-25T02:30:00+01:00',
});
const answer = (body: object, more: object = {}, code = 0): string =>
	JSON.stringify({ Body: { Data: body }, Head: head(more, code) });

describe.skipIf(isAbsent)('real answers', () => {
	const known: Record<string, readonly (readonly [obis: string, device: string, wh: number, at: string])[] | string> = {
		'GetAPIVersion.cgi.json': 'GetAPIVersion',
		'GetActiveDeviceInfo.cgi___DeviceClass_System.json': 'GetActiveDeviceInfo',
		'GetInverterInfo.cgi.json': 'GetInverterInfo',
		'GetInverterRealtimeData.cgi___Scope_Device_DeviceId_1_DataCollection_CommonInverterData.json': [
			['1-1:2.8.0', '1', 26_213_502, '2019-01-10T22:33:15.000Z'],
		],
		'GetInverterRealtimeData.cgi___Scope_System.json': [['1-1:2.8.0', '1', 26_213_502, '2019-01-10T22:33:16.000Z']],
		'GetLoggerInfo.cgi.json': 'GetLoggerInfo',
		'GetLoggerLEDInfo.cgi.json': 'GetLoggerLEDInfo',
		'GetMeterRealtimeData.cgi___Scope_Device_DeviceId_0.json': 'GetMeterRealtimeData',
		'GetOhmPilotRealtimeData.cgi___Scope_System.json': 'GetOhmPilotRealtimeData',
		'GetStorageRealtimeData.cgi___Scope_Device_DeviceId_0.json': 'GetStorageRealtimeData',
		'gen24_GetMeterRealtimeData.subset.json': [
			['1-1:1.8.0', '1234567890', 2_013_105, '2021-11-26T11:07:52.000Z'],
			['1-1:2.8.0', '1234567890', 3_863_340, '2021-11-26T11:07:52.000Z'],
			['1-1:3.8.0', '1234567890', 88_221, '2021-11-26T11:07:52.000Z'],
			['1-1:4.8.0', '1234567890', 1_989_125, '2021-11-26T11:07:52.000Z'],
		],
		'gen24_GetPowerFlowRealtimeData.json': [['1-1:2.8.0', '1', 1_530_193, '2021-11-26T11:07:53.000Z']],
	};

	test('registers, or a refusal that says which answer it is', async () => {
		const names = readdirSync(join(data, 'fronius')).filter((name) => name.endsWith('.json'));
		expect(names.toSorted()).toEqual(Object.keys(known).toSorted());
		for (const name of names) {
			const found = await lookAt(`fronius/${name}`);
			const expected = known[name] ?? '';
			expect(found.format, name).toBe('fronius');
			expect(found.series).toEqual([]);
			if (typeof expected === 'string') {
				expect(found.refusal).toMatchObject({ code: 'readings.fronius-answer', values: { answer: expected } });
			} else {
				expect(found.refusal).toBeNull();
				expect(found.registers.map(({ obis, device, wh, at }) => [obis, device, wh, at])).toEqual(expected);
			}
		}
	});
});

test('registers of several inverters, of one by its number, in other units', async () => {
	const system = await look(answer({ TOTAL_ENERGY: { Unit: 'kWh', Values: { '1': 12.5, '2': 7, '3': null } } }));
	expect(system.registers.map(({ obis, device, wh, at }) => [obis, device, wh, at])).toEqual([
		['1-1:2.8.0', '1', 12_500, '2026-10-25T01:30:00.000Z'],
		['1-2:2.8.0', '2', 7000, '2026-10-25T01:30:00.000Z'],
	]);
	const device = await look(
		answer({ TOTAL_ENERGY: { Unit: 'Wh', Value: 5_000_000_000_000 } }, { Scope: 'Device', DeviceId: '4' }),
	);
	expect(device.registers).toMatchObject([{ device: '4', wh: 5_000_000_000_000, meteringPoint: null }]);
	const site = await look(answer({ Inverters: { '1': { E_Total: null } }, Site: { E_Total: 99.6 } }));
	expect(site.registers).toMatchObject([{ device: null, wh: 100 }]);
	const load = await look(answer({ '0': { EnergyReal_WAC_Sum_Consumed: 5, Meter_Location_Current: 1 } }));
	expect(load.registers).toMatchObject([{ obis: 'LOAD 1-1:1.8.0', device: 'meter 0', wh: 5 }]);
});

type Values = Record<string, number | null>;

/** An archive of inverters; values in watt-hours by seconds from the first day's beginning. */
function archive(
	nodes: Record<string, Values>,
	start: number,
	{ span = 300, more = {} as object, channel = 'EnergyReal_WAC_Sum_Produced' } = {},
): string {
	const data = Object.entries(nodes).map(([name, values]) => [
		name,
		{
			...{ DeviceType: 81, NodeType: 97, Start: new Date(start * 60_000).toISOString().replace('.000Z', '+00:00') },
			Data: {
				[channel]: { Unit: 'Wh', Values: values, _comment: 'channelId=67830024' },
				TimeSpanInSec: { Unit: 'sec', Values: { '0': span } },
			},
		},
	]);
	return answer(Object.fromEntries(data), { SeriesType: 'Detail', ...more });
}

test('archives are read as they are printed, across the clock changes', async () => {
	await fc.assert(
		fc.asyncProperty(anyDays, fc.constantFrom(5, 10, 15, 30, 60), fc.nat(), async (span, minutes, seed) => {
			const starts = startsOf(span, minutes);
			const first = starts[0] as number;
			const amounts = starts.map((_, i) => ((i + 1) * (seed + 5)) % 5_003);
			const values = Object.fromEntries(starts.map((start, i) => [String((start - first) * 60), amounts[i] as number]));
			const found = await look(
				archive({ 'inverter/1': values, 'inverter/2': values, 'meter:1234': {} }, first, { span: minutes * 60 }),
			);
			const whole = {
				obis: null,
				direction: 'production',
				slotMinutes: minutes,
				values: starts.length,
				gaps: 0,
				kWh: kilo(sum(amounts)),
			};
			expect(found.refusal).toBeNull();
			expect(found.series).toMatchObject([
				{ ...whole, device: '1' },
				{ ...whole, device: '2' },
			]);
			const days = startsOf(span, 1440);
			const totals = Object.fromEntries(days.map((start, i) => [String((start - first) * 60), i + 1]));
			const daily = await look(archive({ 'inverter/1': totals }, first, { more: { SeriesType: 'DailySum' } }));
			expect(daily.series).toMatchObject([{ slotMinutes: 1440, values: days.length, gaps: 0 }]);
		}),
		{ numRuns: 25 },
	);
});

test('an archive with an empty value, of another channel, at odd times', async () => {
	const start = startsOf({ day: '2026-06-15', days: 1 }, 60)[0] as number;
	const gaps = await look(archive({ 'inverter/1': { '0': 12.4, '300': null, '600': 3 } }, start));
	expect(gaps.series).toMatchObject([{ slotMinutes: 5, values: 2, nulls: 1, kWh: '0.015' }]);
	const code = async (text: string) => (await look(text)).refusal?.code;
	expect(await code(archive({ 'inverter/1': { '0': 1 } }, start, { channel: 'Voltage_AC_Phase_1' }))).toBe(
		'readings.fronius-answer',
	);
	expect(await code(archive({ 'inverter/1': { '7': 1 } }, start))).toBe('readings.bad-time');
	expect(await code(archive({ 'inverter/1': { '60': 1 } }, start))).toBe('readings.off-grid');
	expect(await code(archive({ 'inverter/1': { '0': -1 } }, start))).toBe('readings.negative');
	expect(await code(archive({ 'inverter/1': { '0': 1, '180': 1, '360': 1 } }, start, { span: 180 }))).toBe(
		'readings.no-slot',
	);
	expect(await code(archive({ 'inverter/1': {} }, start))).toBe('readings.no-values');
});

test.each([
	[
		'a device that reports an error',
		answer({ TOTAL_ENERGY: { Unit: 'Wh', Values: {} } }, {}, 12),
		'readings.source-device',
	],
	['inverters asleep', answer({ TOTAL_ENERGY: { Unit: 'Wh', Values: { '1': null } } }), 'readings.source-asleep'],
	['an inverter asleep that names no total', answer({ DeviceStatus: { StatusCode: 3 } }), 'readings.source-asleep'],
	['a negative register', answer({ TOTAL_ENERGY: { Unit: 'Wh', Values: { '1': -5 } } }), 'readings.bad-number'],
	['a word for a register', answer({ TOTAL_ENERGY: { Unit: 'Wh', Values: { '1': 'viel' } } }), 'readings.bad-number'],
	['another unit', answer({ TOTAL_ENERGY: { Unit: 'constructor', Values: { '1': 5 } } }), 'readings.bad-unit'],
	[
		'no time',
		answer({ TOTAL_ENERGY: { Unit: 'Wh', Values: { '1': 5 } } }).replace(/"Timestamp":"[^"]*"/, '"x":1'),
		'readings.bad-time',
	],
	[
		'an answer cut short',
		answer({ TOTAL_ENERGY: { Unit: 'Wh', Values: { '1': 5 } } }).slice(0, 60),
		'readings.truncated',
	],
	['an answer with a comma too many', answer({ Site: { E_Total: 5 } }).replace('}}', '},}'), 'readings.bad-syntax'],
	['an answer far too long', `${answer({ Site: { E_Total: 5 } })}${' '.repeat(17_000_000)}`, 'readings.json-too-large'],
	['nesting without end', `{"Body":{"Data":${'['.repeat(1_000_000)}`, 'readings.truncated'],
	['deep nesting', `{"Body":{"Data":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, 'readings.fronius-answer'],
])('%s is refused', async (_, text, code) => {
	const found = await look(text);
	expect(found).toMatchObject({ format: 'fronius', refusal: { code } });
});

test('with byte order mark, white space, in UTF-16 and in chunks of any size the answer is the same', async () => {
	const text = answer({ Site: { E_Total: 5000 } });
	for (const bytes of [Buffer.from(`\ufeff\r\n ${text}`), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
		for (const sizes of [[1], [7, 3], [100_000]]) {
			expect((await look(bytes, { sizes })).registers).toMatchObject([{ wh: 5000 }]);
		}
	}
});

describe('Solar-Log', () => {
	const values = {
		100: '25.10.26 14:19:45',
		101: 1200,
		105: 5400,
		106: 6100,
		107: 99_000,
		108: 900_000,
		109: 123_456_789,
		110: 300,
		111: 1,
		115: 0,
		116: 9800,
	};
	const getjp = (more: object = {}): string => JSON.stringify({ 801: { 170: { ...values, ...more } } });

	test('the total is the register; counters that begin again are counted', async () => {
		const found = await look(getjp());
		expect(found).toMatchObject({
			...{ format: 'solarlog-json', refusal: null, series: [] },
			registers: [
				{
					obis: '1-1:2.8.0',
					device: null,
					wh: 123_456_789,
					at: '2026-10-25T13:19:45.000Z',
					rank: 0,
					occasion: 'reading',
				},
			],
			warnings: [{ code: 'readings.counters-skipped', values: { count: 5 } }],
		});
		const load = await look(getjp({ 115: '777' }));
		expect(load.registers).toMatchObject([{ obis: '1-1:2.8.0' }, { obis: 'LOAD 1-1:1.8.0', wh: 777 }]);
	});

	test.each([
		['a query it does not know', '{"801":{"170":"QUERY IMPOSSIBLE 000"}}', 'readings.solarlog-denied'],
		['a refusal that is no JSON', '{"QUERY IMPOSSIBLE 000"}', 'readings.solarlog-denied'],
		['a closed interface', '{"801":{"170":"ACCESS DENIED"}}', 'readings.solarlog-denied'],
		['power alone', '{"782":{"0":"120","1":"95"}}', 'readings.solarlog-answer'],
		['sums of years', '{"854":[["31.12.23",[1234,5678]]]}', 'readings.solarlog-answer'],
		['a time that is none', getjp({ 100: '31.02.26 14:19:45' }), 'readings.bad-time'],
		['an hour that does not exist', getjp({ 100: '29.03.26 02:30:00' }), 'readings.bad-time'],
		['no time', getjp({ 100: null }), 'readings.bad-time'],
		['a total that is none', getjp({ 109: 'viel' }), 'readings.bad-number'],
		['a negative total', getjp({ 109: -1 }), 'readings.bad-number'],
		['an answer cut short', getjp().slice(0, 60), 'readings.truncated'],
	])('%s is refused', async (_, text, code) => {
		expect(await look(text)).toMatchObject({ format: 'solarlog-json', refusal: { code } });
	});
});

test('any byte of an answer changed: read or refused', async () => {
	const texts = [
		answer({ TOTAL_ENERGY: { Unit: 'Wh', Values: { '1': 5 } } }),
		'{"801":{"170":{"100":"25.10.26 14:19:45","109":5}}}',
	];
	await survivesChangedBytes(texts, 300);
});
