// Austrian ConsumptionRecord: real files, intervals across the clock changes, the codes of energy communities, and what is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { edaChannelOf } from '../../api/readings/formats/eda/codes.ts';
import { look, wallOf } from './readings-files.ts';
import { anyDays, expectedOf, isAbsent, iso, kilo, lookAt, startsOf, sum, survives } from './readings-formats.ts';

const point = 'AT0031000000000000000000000012345';

type Value = { from: string; to?: string; quality?: string; amount: string };
type Data = { code?: string; unit?: string; interval?: string; declared?: number; values: readonly Value[] };

function record(
	energies: readonly (readonly Data[])[],
	{ version = '01p41', p = 'ns0:', t = 'ns1:', points = [point], sector = '01', mode = 'PROD' } = {},
): string {
	const process = points.map((id, i) => {
		const energy = energies.map((data) => {
			const parts = data.map(({ code = '1-1:2.9.0 G.01', unit = 'KWH', values }) => {
				const eps = values.map(
					({ from, to, quality = 'L1', amount }) =>
						`<${p}EP><${p}DTF>${from}</${p}DTF>${to ? `<${p}DTT>${to}</${p}DTT>` : ''}<${p}MM>${quality}</${p}MM><${p}BQ>${amount}</${p}BQ></${p}EP>\n`,
				);
				return `<${p}EnergyData MeterCode="${code}" UOM="${unit}">\n${eps.join('')}</${p}EnergyData>\n`;
			});
			const { interval = 'QH', declared = data[0]?.values.length } = data[0] ?? {};
			return `<${p}Energy><${p}MeteringReason>00</${p}MeteringReason><${p}MeteringIntervall>${interval}</${p}MeteringIntervall><${p}NumberOfMeteringIntervall>${declared}</${p}NumberOfMeteringIntervall>${parts.join('')}</${p}Energy>\n`;
		});
		const location = id ? `<${t}MeteringPoint>${id}</${t}MeteringPoint>` : '';
		return `<${p}ProcessDirectory><${t}MessageId>MSG${i}</${t}MessageId>${location}${energy.join('')}</${p}ProcessDirectory>\n`;
	});
	const address = (role: string, id: string) =>
		`<${t}${role}><${t}MessageAddress>${id}</${t}MessageAddress></${t}${role}>`;
	const routing = `<${t}RoutingHeader>${address('Sender', 'AT003100')}${address('Receiver', 'RC100001')}<${t}DocumentCreationDateTime>2026-11-02T05:52:15.5391430Z</${t}DocumentCreationDateTime></${t}RoutingHeader>`;
	const xmlns = (prefix: string) => (prefix ? `xmlns:${prefix.slice(0, -1)}` : 'xmlns');
	return `<?xml version="1.0" encoding="UTF-8"?>\n<${p}ConsumptionRecord ${xmlns(p)}="http://www.ebutilities.at/schemata/customerprocesses/consumptionrecord/${version}"${t === p ? '' : ` ${xmlns(t)}="http://www.ebutilities.at/types/01p20"`}><${p}MarketParticipantDirectory DocumentMode="${mode}">${routing}<${t}Sector>${sector}</${t}Sector><${p}MessageCode>DATEN_CRMSG</${p}MessageCode></${p}MarketParticipantDirectory>${process.join('')}</${p}ConsumptionRecord>\n`;
}

const noon = Date.parse('2026-06-15T10:00:00Z') / 60_000;

function quarters(amounts: readonly string[], more: Partial<Data> = {}): Data {
	const values = amounts.map((amount, i) => ({ from: iso(noon + i * 15), to: iso(noon + i * 15 + 15), amount }));
	return { values, ...more };
}

describe.skipIf(isAbsent)('real files', () => {
	test('quarter-hours and a day', async () => {
		for (const known of expectedOf('eda-at')) {
			const found = await lookAt(`eda-at/${known.file}`);
			expect(found).toMatchObject({ format: 'eda', formatVersion: '01.41', sender: 'ATXXXXXX', refusal: null });
			expect(found.documents).toMatchObject([
				{ type: 'DATEN_CRMSG', function: 'original', values: known.values, test: false },
			]);
			expect(found.warnings).toMatchObject([
				{ code: 'readings.shares-apart', values: { codes: known.meter_codes[0], count: known.values } },
			]);
			const [series] = found.series;
			expect(found.series).toHaveLength(1);
			expect(series).toMatchObject({
				meteringPoint: 'ATXXXXXX00000000000000000XXXXXXXX',
				...{ obis: edaChannelOf(known.meter_codes[0])?.obis, direction: 'unknown' },
				...{ values: known.values, kWh: known.sum_kwh.toFixed(3), gaps: 0, qualities: { measured: known.values } },
				from: new Date(known.first).toISOString(),
				slotMinutes: known.values === 1 ? 1440 : 15,
			});
			const last = Date.parse(known.last) + (known.values === 1 ? 1440 : 15) * 60_000;
			expect(series?.to).toBe(new Date(last).toISOString());
		}
	});
});

/** Local time with its offset, as the grid operators write it. */
function withOffset(minute: number): string {
	const { date, time } = wallOf(minute);
	const [day, month, year] = date.split('.');
	const wall = `${year}-${month}-${day}T${time}:00`;
	return `${wall}${Date.parse(`${wall}Z`) / 60_000 - minute === 120 ? '+02:00' : '+01:00'}`;
}

/** Local time that does not say which of the two hours in October it means: the order does. */
const withoutOffset = (minute: number): string => withOffset(minute).slice(0, 19);

test('what is printed is read, in every interval and version, across the clock changes', async () => {
	await fc.assert(
		fc.asyncProperty(
			anyDays,
			fc.constantFrom([15, 'QH'] as const, [60, 'H'] as const, [1440, 'D'] as const),
			fc.constantFrom(['01p30', 'ns0:', 'ns1:'], ['01p41', 'cr:', 'ct:'], ['02p00', '', '']),
			fc.constantFrom(withOffset, withoutOffset, iso),
			fc.boolean(),
			fc.nat(),
			async (span, [minutes, interval], [version = '', p = '', t = ''], stamp, ends, seed) => {
				const starts = startsOf({ ...span, days: span.days + 1 }, minutes);
				const until = startsOf({ ...span, days: span.days + 1 }, 1440).at(-1) as number;
				const own = starts.filter((start) => start < until);
				const amounts = own.map((_, i) => ((i + 3) * (seed + 11)) % 90_001);
				const values = own.map((start, i) => ({
					...{ from: stamp(start), amount: `${kilo(amounts[i] as number)}000`, quality: `L${(i % 3) + 1}` },
					...(ends ? { to: stamp(starts[i + 1] ?? until) } : {}),
				}));
				const found = await look(record([[{ interval, values }]], { version, p, t, points: [point, 'AT0002'] }));
				const whole = {
					...{ slotMinutes: minutes, obis: '1-1:2.9.0', direction: 'production', gaps: 0, values: own.length },
					...{ kWh: kilo(sum(amounts)), days: span.days },
				};
				expect(found.refusal).toBeNull();
				expect(found.formatVersion).toBe(version);
				expect(found.series).toMatchObject([
					{ meteringPoint: point, ...whole },
					{ meteringPoint: 'AT0002', ...whole },
				]);
				expect(found.documents.map(({ number, values }) => [number, values])).toEqual([
					['MSG0', own.length],
					['MSG1', own.length],
				]);
			},
		),
		{ numRuns: 40 },
	);
});

test('only the whole is production; shares, own coverage and surplus are channels of their own', async () => {
	const codes = [
		'1-1:1.9.0 G.01',
		'1-1:2.9.0 G.01',
		'1-1:2.9.0 G.02',
		'1-1:2.9.0 G.03',
		'1-1:2.9.0 P.01',
		'1-1:2.9.0 G.01T',
		'1-1:2.9.0 G.03R',
		'1-1:2.9.0',
	];
	const found = await look(record([codes.slice(0, 7).map((code) => quarters(['1', '2'], { code }))]));
	expect(found.series.map(({ obis, direction }) => [obis, direction])).toEqual([
		['1-1:1.9.0', 'consumption'],
		['1-1:2.9.0', 'production'],
		['G.02 1-1:2.9.0', 'unknown'],
		['G.03 1-1:2.9.0', 'unknown'],
		['P.01 1-1:2.9.0', 'unknown'],
		['G.01T 1-1:2.9.0', 'unknown'],
		['G.03R 1-1:2.9.0', 'unknown'],
	]);
	expect(found.warnings).toMatchObject([{ code: 'readings.shares-apart', values: { count: 10 } }]);
	expect(codes.map((code) => edaChannelOf(code)?.apart)).toEqual([false, false, true, true, true, true, true, false]);
	expect(['', 'Wirkenergie', '1-1:2.9.0 X', 'G.01', '1-1:2.9.0 G.01 G.02'].map(edaChannelOf)).toEqual(
		Array(5).fill(undefined),
	);
});

test('a value without amount is missing, a test message says so', async () => {
	const found = await look(record([[quarters(['1', '', '3'])]], { mode: 'SIMU' }));
	expect(found.series).toMatchObject([{ values: 2, nulls: 1, kWh: '4.000' }]);
	expect(found.documents).toMatchObject([{ test: true, documentTime: '2026-11-02T05:52:15.000Z' }]);
});

test('the same twice is a repetition, another value a conflict, a better quality wins; rows may be shuffled', async () => {
	const energy = quarters(['1', '2', '3']);
	expect((await look(record([[energy], [energy]]))).series).toMatchObject([{ duplicates: 3, kWh: '6.000' }]);
	expect((await look(record([[energy], [quarters(['1', '2', '4'])]]))).refusal?.code).toBe('readings.conflict');
	const estimated = { ...energy, values: energy.values.map((value) => ({ ...value, quality: 'L3', amount: '9' })) };
	for (const order of [
		[[energy], [estimated]],
		[[estimated], [energy]],
	]) {
		expect((await look(record(order))).series).toMatchObject([{ outranked: 3, kWh: '6.000' }]);
	}
	const shuffled = { ...energy, values: energy.values.toReversed() };
	expect((await look(record([[shuffled]]))).series).toEqual((await look(record([[energy]]))).series);
});

test.each([
	['a value too few', quarters(['1', '2'], { declared: 3 }), 'readings.wrong-count'],
	['a value too many', quarters(['1', '2'], { declared: 1 }), 'readings.wrong-count'],
	['a beginning that is no time', { values: [{ from: '2026-06-31T00:00:00Z', amount: '1' }] }, 'readings.bad-time'],
	['an hour that does not exist', { values: [{ from: '2026-03-29T02:15:00', amount: '1' }] }, 'readings.bad-time'],
	[
		'a beginning beside the quarter-hours',
		{ values: [{ from: '2026-06-15T10:07:00Z', amount: '1' }] },
		'readings.off-grid',
	],
	[
		'an end that does not fit',
		{ values: [{ from: '2026-06-15T10:00:00Z', to: '2026-06-15T10:20:00Z', amount: '1' }] },
		'readings.no-slot',
	],
	[
		'an interval that does not fit',
		{ interval: 'H', values: [{ from: '2026-06-15T10:00:00Z', to: '2026-06-15T10:15:00Z', amount: '1' }] },
		'readings.no-slot',
	],
	[
		'an unknown interval',
		{ interval: 'M', values: [{ from: '2026-06-15T10:00:00Z', amount: '1' }] },
		'readings.no-slot',
	],
	['another unit', quarters(['1'], { unit: 'MTQ' }), 'readings.bad-unit'],
	['no unit', quarters(['1'], { unit: '' }), 'readings.bad-unit'],
	[
		'another quality',
		{ values: [{ from: '2026-06-15T10:00:00Z', amount: '1', quality: 'L9' }] },
		'readings.bad-quality',
	],
	['a word for a number', quarters(['viel']), 'readings.bad-number'],
	['a negative value', quarters(['-1']), 'readings.negative'],
	['a value no meter counts', quarters(['99999999999']), 'readings.too-large'],
	['a code that is none', quarters(['1'], { code: 'Strom' }), 'readings.bad-syntax'],
])('%s is refused', async (_, data, code) => {
	const { refusal } = await look(record([[data]]));
	expect(refusal?.code).toBe(code);
	expect(refusal?.values).toHaveProperty('line');
});

test('gas, no metering point and no values are refused', async () => {
	const code = async (text: string) => (await look(text)).refusal?.code;
	expect(await code(record([[quarters(['1'])]], { sector: '02' }))).toBe('readings.not-electricity');
	expect(await code(record([[quarters(['1'])]], { points: [''] }))).toBe('readings.no-metering-point');
	expect(await code(record([[quarters(['1'])]], { points: ['ÄÖÜ !'] }))).toBe('readings.bad-metering-point');
	expect(await code(record([]))).toBe('readings.no-values');
});

test('whatever happens to the file, it is read whole or refused', async () => {
	await survives(record([[quarters(['1', '2', '3', '4'])]]), { format: 'eda', root: 'ns0:ConsumptionRecord' });
});
