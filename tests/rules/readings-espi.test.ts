// Green Button: real feeds, several usage points and directions linked by address or by order, multipliers, and what is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { look } from './readings-files.ts';
import { anyDays, expectedOf, isAbsent, kilo, lookAt, startsOf, sum, survives } from './readings-formats.ts';

type Reading = { start: number | null; duration?: number; value: number | null; quality?: readonly number[] };
type Type = Partial<
	Record<
		| 'accumulationBehaviour'
		| 'commodity'
		| 'dataQualifier'
		| 'flowDirection'
		| 'intervalLength'
		| 'powerOfTenMultiplier'
		| 'uom',
		number
	>
>;
type Meter = { point?: string; id?: string; service?: number; type?: Type; blocks: readonly (readonly Reading[])[] };

/** How a feed is put together: links absolute, relative or none; the blocks first or last. */
type Shape = { links?: 'absolute' | 'relative' | 'none'; blocksFirst?: boolean; p?: string };

function feed(meters: readonly Meter[], { links = 'relative', blocksFirst = false, p = '' }: Shape = {}): string {
	const base = links === 'absolute' ? 'https://utility.example/DataCustodian/espi/1_1/resource' : '/espi/1_1/resource';
	const link = (rel: string, path: string) => (links === 'none' ? '' : `<link rel="${rel}" href="${base}${path}"/>\n`);
	const entry = (inner: string, content: string) =>
		`<entry>\n<id>urn:uuid:1</id>\n${inner}<content>${content}</content>\n</entry>\n`;
	const e = (name: string, inner: string | number) => `<${p}${name}>${inner}</${p}${name}>\n`;
	const xmlns = `xmlns${p ? `:${p.slice(0, -1)}` : ''}="http://naesb.org/espi"`;
	const root = (name: string, inner: string) => `<${p}${name} ${xmlns}>${inner}</${p}${name}>`;
	const all = meters.map(({ point = 'P1', id = 'M1', service = 0, type = {}, blocks }) => {
		const [usage, meter, kind] = [
			`/UsagePoint/${point}`,
			`/UsagePoint/${point}/MeterReading/${id}`,
			`/ReadingType/${point}${id}`,
		];
		const of = {
			accumulationBehaviour: 4,
			commodity: 1,
			flowDirection: 19,
			intervalLength: 900,
			powerOfTenMultiplier: 0,
			uom: 72,
			...type,
		};
		const printed = blocks.map((readings, i) => {
			const first = readings.find(({ start }) => start !== null)?.start ?? 1_750_000_500;
			const values = readings.map(({ start, duration = 900, value, quality = [] }) =>
				e(
					'IntervalReading',
					[
						e('cost', 974),
						...quality.map((code) => e('ReadingQuality', e('quality', code))),
						start === null ? '' : e('timePeriod', e('duration', duration) + e('start', start)),
						value === null ? '' : e('value', value),
					].join(''),
				),
			);
			const block = root('IntervalBlock', e('interval', e('duration', 86_400) + e('start', first)) + values.join(''));
			return entry(link('self', `${meter}/IntervalBlock/${i}`) + link('up', `${meter}/IntervalBlock`), block);
		});
		const heads = [
			entry(
				link('self', usage) + link('related', `${usage}/MeterReading`),
				root('UsagePoint', e('ServiceCategory', e('kind', service))),
			),
			entry(
				link('self', meter) +
					link('up', `${usage}/MeterReading`) +
					link('related', `${meter}/IntervalBlock`) +
					link('related', kind),
				root('MeterReading', ''),
			),
			entry(
				link('self', kind),
				root(
					'ReadingType',
					Object.entries(of)
						.map(([name, value]) => e(name, value ?? ''))
						.join(''),
				),
			),
		];
		return { heads, printed };
	});
	const entries = blocksFirst
		? [...all.flatMap(({ printed }) => printed), ...all.flatMap(({ heads }) => heads)]
		: all.flatMap(({ heads, printed }) => [...heads, ...printed]);
	const summary = entry('', root('ElectricPowerUsageSummary', e('billToDate', 1_149_000) + e('value', 12)));
	return `<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n<author><name>Example Utility</name></author>\n${entries.join('')}${summary}</feed>\n`;
}

const noon = Date.parse('2026-06-15T10:00:00Z') / 1000;

function quarters(values: readonly (number | null)[], more: Partial<Reading> = {}): Reading[] {
	return values.map((value, i) => ({ start: noon + i * 900, value, ...more }));
}

describe.skipIf(isAbsent)('real files', () => {
	test('quarter-hours of two utilities', async () => {
		for (const known of expectedOf('greenbutton')) {
			const [type] = known.reading_types;
			const found = await lookAt(`greenbutton/${known.file}`);
			expect(found).toMatchObject({ format: 'espi', refusal: null, registers: [], documents: [] });
			expect(found.series).toMatchObject([
				{
					...{
						meteringPoint: null,
						slotMinutes: 15,
						values: known.interval_readings,
						duplicates: known.duplicate_starts,
					},
					obis: type.flowDirection === 19 ? '1-1:2.29.0' : '1-1:1.29.0',
					direction: type.flowDirection === 19 ? 'production' : 'consumption',
					from: known.first,
					to: new Date(Date.parse(known.last) + 900_000).toISOString(),
					kWh: kilo(known.sum_raw * 10 ** type.powerOfTenMultiplier),
				},
			]);
		}
		expect((await lookAt('greenbutton/Batch.xml')).sender).toBe('utilityapi.com');
		const [series] = (await lookAt('greenbutton/test_usage_data_01.xml')).series;
		expect(series?.qualities).toEqual({ measured: 94, substitute: 2 });
	});
});

test('what is printed is read: durations, multipliers, days across the clock changes, links of any kind', async () => {
	await fc.assert(
		fc.asyncProperty(
			anyDays,
			fc.constantFrom(
				[300, 5] as const,
				[900, 15] as const,
				[1800, 30] as const,
				[3600, 60] as const,
				[86_400, 1440] as const,
			),
			fc.constantFrom(-3, 0, 3),
			fc.constantFrom('absolute' as const, 'relative' as const, 'none' as const),
			fc.boolean(),
			fc.constantFrom('', 'espi:'),
			fc.nat(),
			async (span, [length, minutes], power, links, first, p, seed) => {
				const starts = startsOf({ ...span, days: span.days + 1 }, minutes);
				const until = startsOf({ ...span, days: span.days + 1 }, 1440).at(-1) as number;
				const own = starts.filter((start) => start < until);
				const amounts = own.map((_, i) => (((i + 5) * (seed + 13)) % 90) * 1000);
				const readings = own.map((start, i) => ({
					...{ start: start * 60, duration: ((starts[i + 1] ?? until) - start) * 60 },
					value: (amounts[i] as number) / 10 ** power,
				}));
				const half = Math.floor(readings.length / 2);
				const blocks = [readings.slice(0, half), readings.slice(half)];
				const type = { intervalLength: length, powerOfTenMultiplier: power };
				const meters = [
					{ type, blocks },
					{ id: 'M2', type: { ...type, flowDirection: 1 }, blocks },
					{ point: 'P2', type, blocks },
				];
				// Without links only the usual order can tell what belongs together.
				const found = await look(feed(meters, { links, p, blocksFirst: first && links !== 'none' }));
				expect(found.refusal).toBeNull();
				expect(found.sender).toBe('Example Utility');
				const whole = { slotMinutes: minutes, values: own.length, gaps: 0, kWh: kilo(sum(amounts)), days: span.days };
				if (links !== 'none') {
					expect(found.series).toMatchObject([
						{ ...whole, device: 'P1', obis: '1-1:2.29.0' },
						{ ...whole, device: 'P1', obis: '1-1:1.29.0' },
						{ ...whole, device: 'P2', obis: '1-1:2.29.0' },
					]);
				} else {
					expect(found.series).toMatchObject([
						{ ...whole, device: null, obis: '1-1:2.29.0', duplicates: own.length },
						{ ...whole, device: null, obis: '1-1:1.29.0' },
					]);
				}
			},
		),
		{ numRuns: 40 },
	);
});

test('readings without a time of their own follow each other from the block’s start', async () => {
	const readings = [1, 2, 3, 4].map((value) => ({ start: null, value }));
	const found = await look(feed([{ type: { powerOfTenMultiplier: 3 }, blocks: [readings] }]));
	expect(found.series).toMatchObject([
		{ from: '2025-06-15T15:15:00.000Z', to: '2025-06-15T16:15:00.000Z', kWh: '10.000', gaps: 0 },
	]);
});

test('qualities: the worst one counts; a reading without value is missing', async () => {
	const codes = [[], [0], [8], [14], [12], [17, 9]];
	const readings = codes.map((quality, i) => ({ start: noon + i * 900, value: 1000, quality }));
	const found = await look(feed([{ blocks: [[...readings, { start: noon + 6 * 900, value: null }]] }]));
	expect(found.series).toMatchObject([
		{ values: 6, nulls: 1, qualities: { measured: 2, substitute: 2, provisional: 1, estimated: 1, missing: 1 } },
	]);
});

test('net values may be negative, reactive energy is its own, mean power becomes energy', async () => {
	const net = await look(feed([{ type: { flowDirection: 4 }, blocks: [quarters([1000, -3000])] }]));
	expect(net.series).toMatchObject([{ obis: '1-1:16.29.0', kWh: '-2.000' }]);
	const reactive = await look(feed([{ type: { uom: 73 }, blocks: [quarters([1000])] }]));
	expect(reactive.series).toMatchObject([{ obis: '1-1:4.29.0', unit: 'kvarh', kvarh: '1.000' }]);
	const power = await look(feed([{ type: { uom: 38, dataQualifier: 2 }, blocks: [quarters([4000])] }]));
	expect(power.series).toMatchObject([{ kWh: '1.000' }]);
});

test('cumulative values are registers', async () => {
	const found = await look(
		feed([{ type: { accumulationBehaviour: 3, powerOfTenMultiplier: 3 }, blocks: [quarters([9_000_000_000])] }]),
	);
	expect(found.series).toEqual([]);
	expect(found.registers).toMatchObject([
		{ obis: '1-1:2.8.0', device: 'P1', wh: 9_000_000_000_000, at: '2026-06-15T10:15:00.000Z', occasion: 'reading' },
	]);
});

test('gas, demand and other quantities beside energy are counted and not read; alone they are refused', async () => {
	const energy = { blocks: [quarters([1000])] };
	const gas = { point: 'G', service: 1, type: { uom: 169 }, blocks: [quarters([1, 2, 3])] };
	const found = await look(feed([energy, gas]));
	expect(found.series).toMatchObject([{ kWh: '1.000' }]);
	expect(found.warnings).toMatchObject([{ code: 'readings.quantities-skipped', values: { count: 3, text: 'Gas' } }]);
	expect((await look(feed([gas]))).refusal).toMatchObject({
		code: 'readings.not-electricity',
		values: { medium: 'Gas' },
	});
	for (const type of [
		{ uom: 38 },
		{ uom: 5 },
		{ commodity: 9 },
		{ flowDirection: 7 },
		{ accumulationBehaviour: 12 },
		{ powerOfTenMultiplier: 99 },
	]) {
		expect((await look(feed([{ type, blocks: [quarters([1])] }]))).refusal?.code).toBe('readings.bad-unit');
	}
});

test('the same twice is a repetition, another value a conflict; order does not matter', async () => {
	const blocks = [quarters([1000, 2000, 3000])];
	expect((await look(feed([{ blocks: [...blocks, ...blocks] }]))).series).toMatchObject([
		{ duplicates: 3, kWh: '6.000' },
	]);
	expect((await look(feed([{ blocks: [...blocks, quarters([1000, 2001])] }]))).refusal?.code).toBe('readings.conflict');
	const shuffled = await look(feed([{ blocks: [quarters([1000, 2000, 3000]).toReversed()] }]));
	expect(shuffled.series).toEqual((await look(feed([{ blocks }]))).series);
});

test.each([
	['a start beside the minutes', [{ start: noon + 1, value: 1 }], 'readings.bad-time'],
	['a start beside the quarter-hours', [{ start: noon + 420, value: 1 }], 'readings.off-grid'],
	['a length that no channel has', [{ start: noon, duration: 1200, value: 1 }], 'readings.no-slot'],
	['a day of another continent', [{ start: noon - 36_000 + 18_000, duration: 86_400, value: 1 }], 'readings.no-slot'],
	['half a number', [{ start: noon, value: Number.NaN }], 'readings.bad-number'],
	['a negative value', [{ start: noon, value: -1 }], 'readings.negative'],
	['a value no meter counts', [{ start: noon, value: 99_999_999_999 }], 'readings.too-large'],
	['a quality nobody knows', [{ start: noon, value: 1, quality: [99] }], 'readings.bad-quality'],
])('%s is refused', async (_, readings, code) => {
	const { refusal } = await look(feed([{ blocks: [readings] }]));
	expect(refusal?.code).toBe(code);
	expect(refusal?.values).toHaveProperty('line');
});

test('blocks without any ReadingType, and feeds without values, are refused', async () => {
	const text = feed([{ blocks: [quarters([1])] }]);
	expect((await look(text.replace(/<ReadingType[\s\S]*?<\/ReadingType>/, ''))).refusal?.code).toBe(
		'readings.bad-syntax',
	);
	expect((await look(feed([{ blocks: [] }]))).refusal?.code).toBe('readings.no-values');
	const news = '<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title></feed>';
	expect((await look(news)).refusal).toMatchObject({ code: 'readings.unknown-format', values: { found: 'XML feed' } });
});

test('whatever happens to the file, it is read whole or refused', async () => {
	await survives(feed([{ blocks: [quarters([1, 2, 3, 4])] }]), { format: 'espi', root: 'feed' });
});
