// Datadis: real files, hours across the clock changes in every way they are labelled, wrapped lists, long files, and what is refused.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inspect } from '../../api/readings/inspect.ts';
import { look, wallOf } from './readings-files.ts';
import {
	data,
	expectedOf,
	firstThen,
	isAbsent,
	kilo,
	startsOf,
	sum,
	survivesChangedBytes,
} from './readings-formats.ts';

const cups = 'ES0021000000000001AB';

type Hour = Record<string, unknown>;

/** Label of the hour that begins at a minute: 'HH:MM' of its end, 24:00 at midnight. */
function endLabel(start: number, minutes = 60): { date: string; time: string } {
	const { date, time } = wallOf(start);
	const [day, month, year] = date.split('.');
	const end = Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) + minutes;
	return { date: `${year}/${month}/${day}`, time: clock(end) };
}

const clock = (minutes: number): string =>
	`${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

function hoursOf(starts: readonly number[], value = (i: number) => (i + 1) * 7, minutes = 60): Hour[] {
	return starts.map((start, i) => ({
		...{ cups, ...endLabel(start, minutes) },
		...{ consumptionKWh: value(i) / 1000, obtainMethod: 'Real', surplusEnergyKWh: value(i) / 500 },
	}));
}

const list = (hours: readonly Hour[]): string => JSON.stringify(hours, null, 2);

describe.skipIf(isAbsent)('real files', () => {
	test('consumption and surplus by hour', async () => {
		for (const known of expectedOf('datadis-es')) {
			const bytes = gunzipSync(readFileSync(join(data, 'datadis-es', known.file)));
			const found = await look(bytes);
			expect(found).toMatchObject({ format: 'datadis', refusal: null, warnings: [] });
			const [consumption, surplus] = found.series;
			expect(consumption).toMatchObject({
				...{ meteringPoint: 'ES00210000XXXXXXXXXX', obis: '1-1:1.29.0', direction: 'consumption', slotMinutes: 60 },
				...{ values: known.rows, duplicates: known.duplicates, gaps: 0, kWh: known.consumption_kwh.toFixed(3) },
				from: '2023-11-30T23:00:00.000Z',
			});
			const months = Object.entries<{ n: number; kwh: number }>(known.months_local);
			expect(Object.entries(consumption?.months ?? {})).toMatchObject(
				months.map(([month, { n, kwh }]) => [month.replace('/', '-'), { values: n, kWh: kwh.toFixed(3) }]),
			);
			expect(consumption?.qualities.estimated).toBe(1);
			expect(surplus?.kWh ?? '0.000').toBe(known.surplus_kwh.toFixed(3));
			expect(surplus?.obis ?? '1-1:2.29.0').toBe('1-1:2.29.0');
		}
	});
});

test('what is printed is read; the second of the two hours in October is lost, and said so', async () => {
	const anyDays = fc.record({
		day: fc.constantFrom('2026-03-28', '2026-03-29', '2026-10-24', '2026-10-25', '2026-06-15'),
		days: fc.integer({ min: 1, max: 3 }),
	});
	const wraps = [
		(text: string) => text,
		(text: string) => `\ufeff\n ${text}`,
		(text: string) => `{"response": ${text}, "error": []}`,
		(text: string) =>
			`{"a":{"b":[1,"}]{[\\""]},"data":{"timeCurve":${text},"distributorError":[{"errorCode":"1","errorDescription":"x"}]}}`,
	];
	await fc.assert(
		fc.asyncProperty(
			anyDays,
			fc.constantFrom(...wraps),
			fc.constantFrom(15, 60),
			fc.boolean(),
			fc.nat(),
			async (span, wrap, minutes, commas, seed) => {
				const starts = startsOf(span, minutes);
				const hours = hoursOf(starts, (i) => ((i + 1) * (seed + 3)) % 9_001, minutes).map((hour) =>
					commas ? { ...hour, consumptionKWh: String(hour.consumptionKWh).replace('.', ',') } : hour,
				);
				const isLost = (i: number) =>
					starts.some(
						(start, j) =>
							j < i &&
							endLabel(start, minutes).time === hours[i]?.time &&
							endLabel(start, minutes).date === hours[i]?.date,
					);
				const kept = hours.filter((_, i) => !isLost(i));
				const lost = hours.length - kept.length;
				const values = starts.map((_, i) => ((i + 1) * (seed + 3)) % 9_001).filter((_, i) => !isLost(i));
				const found = await look(wrap(list(kept)));
				expect(found.refusal).toBeNull();
				expect(found.series).toMatchObject([
					{
						obis: '1-1:1.29.0',
						slotMinutes: minutes,
						values: kept.length,
						nulls: lost,
						gaps: 0,
						kWh: kilo(sum(values)),
					},
					{ obis: '1-1:2.29.0', values: kept.length, kWh: kilo(2 * sum(values)) },
				]);
				expect(found.warnings.map(({ code, values }) => [code, values.day])).toEqual(
					lost > 0 ? [['readings.hour-lost', '2026-10-25']] : [],
				);
				// With both hours in the file their order tells them apart; nothing is lost then.
				const whole = await look(wrap(list(hours)));
				expect(whole).toMatchObject({ refusal: null, warnings: [] });
				expect(whole.series).toMatchObject([{ values: starts.length, gaps: 0 }, {}]);
				const shuffled = await look(wrap(list(kept.toReversed())));
				expect(shuffled.series).toEqual(found.series);
				// The whole file twice: every hour is a repetition.
				const twice = await look(list([...hours, ...hours]));
				expect(twice.series).toMatchObject([{ values: starts.length, duplicates: starts.length }, {}]);
			},
		),
		{ numRuns: 20 },
	);
});

describe('days when the clocks change, labelled in other ways', () => {
	const labelled = (date: string, times: readonly string[]) =>
		times.map((time, i) => ({
			cups,
			date,
			time,
			consumptionKWh: (i + 1) / 1000,
			obtainMethod: '',
			surplusEnergyKWh: null,
		}));
	const first23 = Array.from({ length: 23 }, (_, i) => clock((i + 1) * 60));
	const all25 = Array.from({ length: 25 }, (_, i) => clock((i + 1) * 60));
	const spring = '2026/03/29';

	test.each([
		['the label 03:00 left out', ['01:00', '02:00', ...all25.slice(3, 24)]],
		['the label 02:00 left out', ['01:00', ...all25.slice(2, 24)]],
		['the hours counted on', first23],
	])('March: %s', async (_, times) => {
		const found = await look(list(labelled(spring, times)));
		expect(found).toMatchObject({ refusal: null, warnings: [] });
		expect(found.series).toMatchObject([
			{ values: 23, gaps: 0, kWh: '0.276', from: '2026-03-28T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z' },
		]);
	});

	test('March: an hour that does not exist is left out if it holds nothing, else refused', async () => {
		const hours = labelled(spring, all25.slice(0, 24));
		const empty = hours.map((hour) => (hour.time === '03:00' ? { ...hour, consumptionKWh: 0 } : hour));
		expect((await look(list(empty))).series).toMatchObject([{ values: 23, gaps: 0, kWh: '0.297' }]);
		expect((await look(list(hours))).refusal).toMatchObject({
			code: 'readings.bad-time',
			values: { text: '2026-03-29 02:00' },
		});
	});

	test('October: the hours counted on to 25', async () => {
		const found = await look(list(labelled('2026/10/25', all25)));
		expect(found).toMatchObject({ refusal: null, warnings: [] });
		expect(found.series).toMatchObject([{ values: 25, gaps: 0, kWh: '0.325' }]);
	});
});

test('labels from 00:00 to 23:00 name the beginning, with a warning', async () => {
	const hours = Array.from({ length: 24 }, (_, i) => ({
		cups,
		date: '2026/06/15',
		time: `${i}:00`,
		consumptionKWh: 1,
	}));
	const found = await look(list(hours));
	expect(found.warnings).toMatchObject([{ code: 'readings.stamps-assumed' }]);
	expect(found.series).toMatchObject([
		{ values: 24, from: '2026-06-14T22:00:00.000Z', to: '2026-06-15T22:00:00.000Z' },
	]);
});

test('no supply point: nothing named; nulls are missing, fields of communities are not read', async () => {
	const starts = startsOf({ day: '2026-06-15', days: 1 }, 60);
	const hours = hoursOf(starts).map((hour, i) => ({
		...hour,
		cups: '',
		consumptionKWh: i === 3 ? null : 1,
		generationEnergyKWh: 2,
	}));
	const found = await look(list(hours));
	expect(found.series).toMatchObject([{ meteringPoint: null, values: 23, nulls: 1 }, {}]);
	expect(found.warnings).toMatchObject([
		{ code: 'readings.columns-ignored', values: { columns: 'generationEnergyKWh' } },
	]);
});

test.each([
	['a date that is none', { date: '2026/06/31' }, 'readings.bad-time'],
	['a time that is none', { time: '26:00' }, 'readings.bad-time'],
	['the 25th hour of a usual day', { time: '25:00' }, 'readings.bad-time'],
	['a time beside the hours', { time: '12:07' }, 'readings.bad-time'],
	['no time', { time: null }, 'readings.bad-time'],
	['a word for a number', { consumptionKWh: 'viel' }, 'readings.bad-number'],
	['a list for a number', { consumptionKWh: [1] }, 'readings.bad-row'],
	['an hour that holds more than values', { more: {} }, 'readings.bad-row'],
	['a truth for a number', { consumptionKWh: true }, 'readings.bad-number'],
	['a negative value', { consumptionKWh: -1 }, 'readings.negative'],
	['a value no meter counts', { consumptionKWh: 1e12 }, 'readings.too-large'],
	['a method nobody knows', { obtainMethod: 'Inventada' }, 'readings.bad-quality'],
	['a supply point that is none', { cups: 'ÑÑ' }, 'readings.bad-metering-point'],
])('%s is refused', async (_, change, code) => {
	const hours = hoursOf(startsOf({ day: '2026-06-15', days: 1 }, 60));
	Object.assign(hours[5] as Hour, change);
	const { refusal } = await look(list(hours));
	expect(refusal?.code).toBe(code);
	expect(refusal?.values).toMatchObject({ line: expect.any(Number) });
});

test('another value for the same hour is a conflict', async () => {
	const hours = hoursOf(startsOf({ day: '2026-06-15', days: 1 }, 60));
	expect((await look(list([...hours, { ...hours[5], consumptionKWh: 9 }]))).refusal?.code).toBe('readings.conflict');
});

describe('broken files', () => {
	const text = list(hoursOf(startsOf({ day: '2026-06-15', days: 1 }, 60)));

	test('cut anywhere, in chunks of any size, with more behind it', async () => {
		for (const share of [0.3, 0.5, 0.9, 0.999]) {
			expect((await look(text.slice(0, Math.floor(text.length * share)))).refusal?.code).toBe('readings.truncated');
		}
		const expected = await look(text);
		// The first mebibyte always comes in one piece: what follows it is cut anywhere.
		const long = text.replace('},', `},${'\n'.repeat(1_048_576)}`);
		for (const size of [1, 7]) expect((await look(long, { sizes: firstThen(size) })).series).toEqual(expected.series);
		expect((await look(`${text}]`)).refusal?.code).toBe('readings.bad-syntax');
		expect((await look(text.replace('"date"', 'date'))).refusal).toMatchObject({
			code: 'readings.bad-syntax',
			values: { line: 4 },
		});
		expect((await look(Buffer.from(text.replace('Real', 'Reäl'), 'latin1'))).refusal?.code).toBe('readings.encoding');
	});

	test('strings, objects and nesting without end', async () => {
		const open = text.slice(0, -2);
		expect((await look(`${open},{"x":"${'x'.repeat(200_000)}`)).refusal?.code).toBe('readings.bad-syntax');
		expect((await look(`${open},{${'"x":1,'.repeat(20_000)}`)).refusal?.code).toBe('readings.bad-syntax');
		expect((await look(`${open},${'['.repeat(9_000_000)}`)).refusal?.code).toBe('readings.json-too-large');
		expect((await look(`${open},${'['.repeat(100_000)}`)).refusal?.code).toBe('readings.truncated');
	});

	test('any byte changed: read or refused', async () => {
		await survivesChangedBytes([text], 200);
	});
});

test('a long file is read piece by piece', async () => {
	const day = list(hoursOf(startsOf({ day: '2026-06-15', days: 1 }, 60))).slice(1, -1);
	const times = 1_500;
	async function* chunks(): AsyncGenerator<Buffer> {
		yield Buffer.from(`[${day}`);
		for (let i = 1; i < times; i++) yield Buffer.from(`,${day}`);
		yield Buffer.from(']');
	}
	const found = await inspect(chunks());
	expect(found.size).toBeGreaterThan(5_000_000);
	expect(found).toMatchObject({ refusal: null, series: [{ values: 24, duplicates: 24 * (times - 1) }, {}] });
});
