// Rules of readings: exact watt-hours, OBIS codes, slot lengths, status words, and days put together in any order.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DayAssembler, type MeterDay } from '../../api/readings/assemble.ts';
import {
	channelKindOf,
	excerpt,
	isMistypedMaLo,
	meteringPointOf,
	missingRank,
	missingWh,
	obisOf,
	rankOfStatus,
	scaleOf,
	slotLengthOf,
	whOf,
} from '../../api/readings/rules.ts';
import { Refusal } from '../../api/values/refusal.ts';
import { slotsFrom, whAt } from './readings-files.ts';

const kWh = scaleOf('kwh', 15);

describe('watt-hours from text', () => {
	test.each([
		['0', 0],
		['38.412', 38_412],
		['0.0005', 1],
		['0.0004999', 0],
		['-0.0005', -1],
		['2147483.647', 2_147_483_647],
		['2147483.648', Number.POSITIVE_INFINITY],
		['-2147483.648', Number.NEGATIVE_INFINITY],
		['000000000000001.5', 1500],
		['0.300000000000000044', 300],
		['.25', 250],
		['1e3', Number.NaN],
		['', Number.NaN],
		['.', Number.NaN],
		['1.', Number.NaN],
		['1,5', Number.NaN],
		['--1', Number.NaN],
		['0x10', Number.NaN],
		['Infinity', Number.NaN],
		[' 1', Number.NaN],
	])('%s kWh', (text, wh) => {
		expect(whOf(text, '.', kWh)).toBe(wh);
		expect(
			whOf(
				text.replace(/[.,]/, (c) => (c === '.' ? ',' : '.')),
				',',
				kWh,
			),
		).toBe(wh);
	});

	test('any number of three digits is exact, any other rounds to the nearest', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }),
				fc.integer({ min: 0, max: 999_999 }),
				(wh, rest) => {
					const text = (n: number) =>
						`${n < 0 ? '-' : ''}${Math.floor(Math.abs(n) / 1000)}.${String(Math.abs(n) % 1000).padStart(3, '0')}`;
					expect(whOf(text(wh), '.', kWh)).toBe(wh);
					const up = rest >= 500_000 ? 1 : 0;
					expect(Math.abs(whOf(`${text(wh)}${String(rest).padStart(6, '0')}`, '.', kWh))).toBe(Math.abs(wh) + up);
				},
			),
		);
	});

	test('power over a slot', () => {
		expect(whOf('4', '.', scaleOf('kw', 15))).toBe(1000);
		expect(whOf('1', '.', scaleOf('kw', 10))).toBe(167);
		expect(whOf('0.001', '.', scaleOf('mw', 5))).toBe(83);
		expect(whOf('7', '.', scaleOf('w', 60))).toBe(7);
	});
});

test.each([
	['1-1:2.29.0', '1-1:2.29.0'],
	['1-1:2.29.0*255', '1-1:2.29.0'],
	['1-0:02.8.0', '1-0:2.8.0'],
	['2.29.0', '1-1:2.29.0'],
	['1-1:1.29', '1-1:1.29.0'],
	[' 1-1 : 1.29.0 ', '1-1:1.29.0'],
	['1-1:1.29.0.1', undefined],
	['AUA', undefined],
	['', undefined],
])('OBIS %s', (text, obis) => expect(obisOf(text)).toBe(obis));

test('what an OBIS code says', () => {
	for (const quantity of [3, 4, 5, 6, 7, 8, 23, 25]) expect(channelKindOf(`1-1:${quantity}.29.0`).unit).toBe('kvarh');
	for (const quantity of [1, 2, 16, 21, 22]) expect(channelKindOf(`1-1:${quantity}.29.0`).unit).toBe('kWh');
	expect(channelKindOf('1-1:16.29.0').signed).toBe(true);
	expect(channelKindOf('1-1:1.4.0').power).toBe(true);
	expect(channelKindOf(null)).toEqual({ unit: 'kWh', power: false, signed: false });
});

test('metering points', () => {
	expect(meteringPointOf(' de 00011 1222333444555666777888999 0 ')).toBe(
		'DE000111222333444555666777888999 0'.replace(' ', ''),
	);
	expect(meteringPointOf('Mühle 1')).toBeUndefined();
	expect(isMistypedMaLo('51481308448')).toBe(false);
	expect(isMistypedMaLo('51481308449')).toBe(true);
	expect(isMistypedMaLo('401234500000000001')).toBe(false);
});

test.each([
	[[0, 15, 30], 15],
	[[0, 60, 120], 60],
	[[0, 10, 20], 10],
	[[5, 10], 5],
	[[0, 1440], 1440],
	[[0, 30], 30],
	[[0, 1], undefined],
	[[15], undefined],
	[[15, 15], undefined],
	[[], undefined],
])('slot length of %j', (stamps, length) => expect(slotLengthOf(stamps)).toBe(length));

test('status words', () => {
	expect(
		['W', 'E', 'V', 'G', '', 'Wahrer Wert', '(Ersatzwert)', 'VORLÄUFIG', 'fehlt', '220', 'Z18'].map(rankOfStatus),
	).toEqual([0, 1, 2, 3, 0, 0, 1, 2, 4, 0, 2]);
	expect(rankOfStatus('Hallo')).toBeUndefined();
});

test('an excerpt is short and printable', () => {
	expect(excerpt('a\u0000b\u001b[31m')).toBe('a·b·[31m');
	expect([...excerpt('x'.repeat(1000))].length).toBe(60);
});

describe('days', () => {
	const key = { meteringPoint: 'A', obis: null, device: null, unit: 'kWh', slotMinutes: 15 } as const;
	function collector(options = {}) {
		const days = new Map<string, MeterDay>();
		const batches: number[] = [];
		const sink: DayAssembler = new DayAssembler((batch) => {
			batches.push(batch.length);
			for (const day of batch) days.set(`${sink.keys[day.series]?.meteringPoint} ${day.day}`, day);
		}, options);
		return { sink, days, batches };
	}
	const plain = (days: Map<string, MeterDay>) =>
		[...days]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([name, { wh, quality, totalWh, gaps }]) => ({
				name,
				wh: [...wh],
				quality: quality && [...quality],
				totalWh,
				gaps,
			}));

	test('92, 96 and 100 slots, gaps marked and not zero, quality only where it is needed', async () => {
		const { sink, days } = collector();
		const series = sink.series(key);
		for (const [day, rank] of [
			['2026-03-29', 0],
			['2026-03-30', 1],
			['2026-10-25', 0],
		] as const) {
			for (const minute of slotsFrom(day).slice(1)) sink.put(series, minute, 7, rank, 1);
		}
		const [summary] = await sink.close();
		expect(
			plain(days).map(({ name, wh, gaps, totalWh, quality }) => [
				name,
				wh.length,
				wh[0],
				gaps,
				totalWh,
				quality?.slice(0, 2) ?? null,
			]),
		).toEqual([
			['A 2026-03-29', 92, missingWh, 1, 91 * 7, null],
			['A 2026-03-30', 96, missingWh, 1, 95 * 7, [missingRank, 1]],
			['A 2026-10-25', 100, missingWh, 1, 99 * 7, null],
		]);
		expect(summary).toMatchObject({ values: 285, days: 3, incompleteDays: 3, duplicates: 0 });
		expect(summary?.qualities).toEqual([190, 95, 0, 0, summary?.gaps]);
	});

	test('a full day is handed on at once, and awaited when many wait', async () => {
		const { sink, batches } = collector();
		const series = sink.series(key);
		for (const minute of slotsFrom('2026-01-01', 300)) {
			sink.put(series, minute, 1, 0, 1);
			if (sink.full) await sink.flush();
		}
		expect(batches).toEqual([256]);
		await sink.close();
		expect(batches).toEqual([256, 44]);
	});

	test('any order of values gives the same days', async () => {
		const values = ['A', 'B'].flatMap((meteringPoint, n) =>
			slotsFrom('2026-10-24', 3).map((minute) => ({
				meteringPoint,
				minute,
				wh: whAt(minute) + n,
				rank: minute % 4 === 0 ? 1 : 0,
			})),
		);
		const assemble = async (order: typeof values) => {
			const { sink, days } = collector();
			for (const { meteringPoint, minute, wh, rank } of order) {
				sink.put(sink.series({ ...key, meteringPoint }), minute, wh, rank, 1);
				if (sink.full) await sink.flush();
			}
			return {
				summaries: (await sink.close()).toSorted((a, b) => (a.key.meteringPoint! < b.key.meteringPoint! ? -1 : 1)),
				days: plain(days),
			};
		};
		const expected = await assemble(values);
		await fc.assert(
			fc.asyncProperty(fc.shuffledSubarray(values, { minLength: values.length }), async (order) => {
				expect(await assemble(order)).toEqual(expected);
			}),
			{ numRuns: 20 },
		);
	});

	test('the better quality wins whatever comes first; a day handed on comes again', async () => {
		const slots = slotsFrom('2026-01-01');
		for (const [first, second] of [
			[1, 0],
			[0, 1],
		] as const) {
			const { sink, days } = collector();
			const series = sink.series(key);
			for (const minute of slots) sink.put(series, minute, first === 0 ? 5 : 9, first, 1);
			await sink.flush();
			sink.put(series, slots[3]!, second === 0 ? 5 : 9, second, 2);
			const [summary] = await sink.close();
			const day = days.get('A 2026-01-01');
			expect(day?.wh[3]).toBe(5);
			expect(day?.replaces).toBe(second === 0);
			expect(day?.totalWh).toBe(summary?.totalWh);
			expect(summary).toMatchObject({ values: 96, days: 1, outranked: 1, gaps: 0 });
		}
	});

	test('the same value again is a duplicate, another one of the same quality a conflict', async () => {
		const slots = slotsFrom('2026-01-01');
		const { sink } = collector();
		const series = sink.series(key);
		for (const minute of [...slots, ...slots]) sink.put(series, minute, 5, 0, 1);
		expect(sink.summaries()[0]).toMatchObject({ duplicates: 96, values: 96 });
		sink.put(series, slots[1]!, 6, 0, 77);
		sink.put(series, slots[2]!, 6, 0, 78);
		const refusal = await sink.close().catch((error) => error);
		expect(refusal).toBeInstanceOf(Refusal);
		expect(refusal).toMatchObject({
			code: 'readings.conflict',
			values: { line: 77, firstWh: 5, secondWh: 6, conflicts: 2, meteringPoint: 'A' },
		});
	});

	test('memory is bounded: what was forgotten cannot be changed unseen', async () => {
		const { sink, days } = collector({ slots: 960 });
		const series = sink.series(key);
		const slots = slotsFrom('2026-05-01', 100);
		for (const minute of slots) sink.put(series, minute, 1, 0, 1);
		expect(() => sink.put(series, slots[0]!, 1, 0, 9)).toThrow(/readings.unsorted/);
		sink.put(series, slots.at(-1)!, 1, 0, 9);
		const [summary] = await sink.close();
		expect(summary).toMatchObject({ values: 9600, days: 100, duplicates: 1 });
		expect(days.size).toBe(100);
	});

	test('bounded memory with open days: handed on as they are', async () => {
		const { sink, days } = collector({ slots: 960 });
		const series = sink.series(key);
		for (let i = 0; i < 50; i++) sink.put(series, slotsFrom('2026-01-01', 50)[i * 96]!, 3, 0, 1);
		const [summary] = await sink.close();
		expect(days.size).toBe(50);
		expect(summary).toMatchObject({ values: 50, totalWh: 150, days: 50, incompleteDays: 50 });
	});

	test('a slot without value counts as a gap, also at the edge', async () => {
		const { sink, days } = collector();
		const series = sink.series(key);
		const slots = slotsFrom('2026-01-01');
		for (const minute of slots.slice(0, 95)) sink.put(series, minute, 3, 0, 1);
		sink.putMissing(series, slots[95]!, 1);
		expect((await sink.close())[0]).toMatchObject({ gaps: 1, values: 95 });
		expect(days.get('A 2026-01-01')?.gaps).toBe(1);
	});

	test('a value beside its slot is refused', () => {
		const { sink } = collector();
		expect(() => sink.put(sink.series(key), slotsFrom('2026-01-01')[0]! + 7, 1, 0, 4)).toThrow(
			/readings.off-grid .*"line":4/,
		);
	});

	test('daily totals: one slot, whatever the length of the day', async () => {
		const { sink, days } = collector();
		const series = sink.series({ ...key, slotMinutes: 1440 });
		for (const day of ['2026-03-28', '2026-03-29', '2026-03-31']) sink.put(series, slotsFrom(day)[0]!, 1000, 0, 1);
		expect((await sink.close())[0]).toMatchObject({ values: 3, gaps: 1, days: 3, incompleteDays: 0 });
		expect(days.get('A 2026-03-29')?.wh).toHaveLength(1);
	});
});
