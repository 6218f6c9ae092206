// Wide tables and loggers: a column or a row's name tells devices apart; the real files of PV plants, SMARD and wind turbines.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comma, look, point, slotsFrom, wallOf, whAt } from './readings-files.ts';

const stamp = (minute: number) => `${wallOf(minute).date} ${wallOf(minute).time}`;
const january = slotsFrom('2026-01-15', 2);
const kwh = (slots: readonly number[], times = 1) => point(slots.reduce((sum, m) => sum + whAt(m), 0) * times);

describe('wide tables', () => {
	test('each column is a series by its name; the unit stands in it or below it', async () => {
		const body = january.map((m) => `${stamp(m)};${comma(whAt(m))};${comma(whAt(m) * 2)};${comma(whAt(m) * 3)}\r\n`);
		for (const header of [
			'Datum;Halle Nord [kWh];Halle Süd [kWh];Carport (kWh)\r\n',
			'Datum;Halle Nord;Halle Süd;Carport\r\n[dd.MM.yyyy HH:mm];[kWh];[kWh];[kWh]\r\n',
		]) {
			const { series, refusal, formatVersion } = await look(header + body.join(''));
			expect(refusal).toBeNull();
			expect(formatVersion).toBe('wide');
			expect(series.map(({ device }) => device?.replace(/ [([].*/, ''))).toEqual([
				'Halle Nord',
				'Halle Süd',
				'Carport',
			]);
			expect(series.map((one) => one.kWh)).toEqual([kwh(january), kwh(january, 2), kwh(january, 3)]);
		}
	});

	test('directions of columns by their words, and net values below zero', async () => {
		const header = 'Datum;WR 1 Erzeugung [kWh];WR 2 Erzeugung [kWh];Netzbezug [kWh];Residuallast [kWh]\n';
		const body = january.map((m) => `${stamp(m)};1,0;2,0;0,5;-0,25\n`).join('');
		const { series, findings } = await look(header + body);
		expect(series.map(({ direction, obis, kWh }) => [direction, obis, kWh])).toEqual([
			['production', null, '192.000'],
			['production', null, '384.000'],
			['consumption', null, '96.000'],
			['unknown', null, '-48.000'],
		]);
		expect(findings).toContainEqual({
			code: 'readings.negative-values',
			values: { series: 3, device: 'Residuallast [kWh]', count: 192, energy: '-48.000', unit: 'kWh' },
		});
	});

	test('tables of Sunny Portal, Solar.web and Solar-Log', async () => {
		const body = (values: string) => january.map((m) => `${stamp(m)};${values}\r\n`).join('');
		const ennexos = await look(
			`Id der Anlage;4711\r\nName der Anlage;Halle\r\n\r\nZeitraum;Direktverbrauch [kWh];Netzbezug [kWh];Netzeinspeisung [kWh];Gesamterzeugung [kWh]\r\n${body('0,5;0,25;1,0;1,5')}`,
		);
		expect(ennexos.series.map(({ device, kWh, direction }) => [device, kWh, direction])).toEqual([
			['Direktverbrauch [kWh]', '96.000', 'consumption'],
			['Netzbezug [kWh]', '48.000', 'consumption'],
			['Netzeinspeisung [kWh]', '192.000', 'production'],
			['Gesamterzeugung [kWh]', '288.000', 'production'],
		]);
		const solarweb = await look(
			`Datum und Uhrzeit;PV Produktion;Energie ins Netz eingespeist;Energie vom Netz bezogen\r\n[dd.MM.yyyy HH:mm];[Wh];[Wh];[Wh]\r\n${body('1500;1000;250,5')}`,
		);
		expect(solarweb.series.map(({ obis, device, kWh }) => [obis ?? device, kWh])).toEqual([
			['PV Produktion', '288.000'],
			['1-1:2.29.0', '192.000'],
			['1-1:1.29.0', '48.096'],
		]);
		const days = Array.from({ length: 28 }, (_, i) => `${String(i + 1).padStart(2, '0')}.02.2026;${i},5\n`).join('');
		const solarlog = await look(`Datum;Ertrag\n${days}`);
		expect(solarlog.series).toMatchObject([{ slotMinutes: 1440, values: 28, kWh: '392.000', direction: 'production' }]);
	});

	test('a table of any names and numbers comes back as it was written', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.uniqueArray(fc.stringMatching(/^[A-Z][a-z]{2,8}$/), { minLength: 2, maxLength: 5 }),
				fc.constantFrom(';', '\t', '|'),
				fc.constantFrom('\n', '\r\n'),
				fc.array(fc.array(fc.option(fc.integer({ min: 1, max: 9_999_999 })), { minLength: 5, maxLength: 5 }), {
					minLength: 96,
					maxLength: 96,
				}),
				async (names, separator, lineEnd, rows) => {
					const header = ['Datum', ...names.map((name) => `Feld ${name} [kWh]`)].join(separator);
					const slots = slotsFrom('2026-06-01');
					const lines = slots.map((m, i) =>
						[stamp(m), ...names.map((_, n) => (rows[i]?.[n] === null ? '' : comma(rows[i]?.[n] as number)))].join(
							separator,
						),
					);
					const { series, refusal } = await look([header, ...lines, ''].join(lineEnd));
					expect(refusal).toBeNull();
					expect(series.map(({ values, nulls, kWh }) => [values, nulls, kWh])).toEqual(
						names.map((_, n) => {
							const given = rows.map((row) => row[n] ?? null);
							const filled = given.filter((wh) => wh !== null);
							return [filled.length, 96 - filled.length, point(filled.reduce((a, b) => a + b, 0))];
						}),
					);
				},
			),
			{ numRuns: 60 },
		);
	});
});

describe('stamps of loggers', () => {
	const utc = slotsFrom('2022-01-03', 2);
	const western = (m: number) => new Date((m - 7 * 60) * 60_000).toISOString();
	test.each([
		['an offset west of Greenwich', (m: number) => `${western(m).slice(0, 19).replace('T', ' ')}-07:00`],
		['the same with T and without seconds', (m: number) => `${western(m).slice(0, 16)}-07:00`],
		['the same without a colon', (m: number) => `${western(m).slice(0, 19)}-0700`],
		['a fraction of a second', (m: number) => `${new Date(m * 60_000).toISOString().slice(0, 23)}Z`],
	])('%s', async (_, write) => {
		const { series, refusal } = await look(`time,ac_power\n${utc.map((m) => `${write(m)},${whAt(m)}.5\n`).join('')}`);
		expect(refusal).toBeNull();
		expect(series).toMatchObject([{ values: 192, from: '2022-01-02T23:00:00.000Z', direction: 'production' }]);
	});

	test('month before day, with and without AM and PM', async () => {
		const american = (m: number) => {
			const [day = '', month = '', year = ''] = wallOf(m).date.split('.');
			return `${Number(month)}/${Number(day)}/${year}`;
		};
		const half = (m: number) => {
			const [hour = 0, minute = 0] = wallOf(m).time.split(':').map(Number);
			return `${hour % 12 || 12}:${String(minute).padStart(2, '0')}:00 ${hour < 12 ? 'AM' : 'PM'}`;
		};
		for (const time of [half, (m: number) => wallOf(m).time]) {
			const found = await look(`time,ac_power (kW)\n${utc.map((m) => `${american(m)} ${time(m)},1.5\n`).join('')}`);
			expect(found.refusal).toBeNull();
			expect(found.series).toMatchObject([{ values: 192, kWh: '72.000', from: '2022-01-02T23:00:00.000Z' }]);
			expect(found.warnings).toEqual([]);
		}
		const one = utc.slice(0, 96);
		const { warnings } = await look(
			`time,ac_power (kW)\n${one.map((m) => `${american(m)} ${wallOf(m).time},1.5\n`).join('')}`,
		);
		expect(warnings.map(({ code }) => code)).toEqual(['readings.date-order-assumed']);
	});
});

describe('wind turbines', () => {
	const slots = slotsFrom('2016-01-03', 2, 10);
	const utc = (m: number) => new Date(m * 60_000).toISOString().slice(0, 19).replace('T', ' ');
	const power = (m: number) => (whAt(m) * 6 - 6000) / 1000;
	const sum = point(slots.reduce((total, m) => total + Math.round(power(m) * 1000) / 6, 0));

	const greenbyte = (zone: string) =>
		[
			'# This file was exported by Greenbyte at 2022-02-01 07:52:56.',
			'#',
			'# Turbine: Kelmarsh 1',
			'# Turbine type: Senvion MM92',
			...(zone ? [`# Time zone: ${zone}`] : []),
			'# Time interval: 2016-01-03 00:00:00 - 2016-01-05 00:00:00',
			'#',
			'# Date and time,Wind speed (m/s),"Wind speed, Standard deviation (m/s)",Power (kW),"Power, Minimum (kW)",Reactive power (kvar),Energy Export (kWh),Energy Export counter (kWh)',
			...slots.map((m) => `${utc(m)},7.5,0.3,${power(m)},-1,NaN,${power(m) / 6},12345.6`),
			'',
		].join('\n');

	test('Greenbyte: comments, quoted names, mean power with its sign', async () => {
		const { series, format, sender, formatVersion, warnings } = await look(greenbyte('UTC'));
		expect([format, formatVersion, sender]).toEqual(['scada', 'greenbyte', 'Greenbyte']);
		expect(series).toMatchObject([{ device: 'Kelmarsh 1', values: 288, kWh: sum, from: '2016-01-02T23:00:00.000Z' }]);
		expect(Number(series[0]?.negative)).toBeLessThan(0);
		expect(warnings.map(({ code }) => code)).toEqual(['readings.negative-values']);
		expect((await look(greenbyte(''))).warnings.map(({ code }) => code)).toContain('readings.utc-assumed');
	});

	test('a farm in rows by name, in columns, with offsets, a comma, and rows that come twice', async () => {
		const rows = slots.flatMap((m) => ['R80711', 'R80721'].map((name) => ({ name, m })));
		const offset = (m: number) => `${new Date((m + 60) * 60_000).toISOString().slice(0, 19)}+01:00`;
		const long = rows.map(({ name, m }) => `${name};${offset(m)};-1;${String(power(m)).replace('.', ',')};7,1`);
		const engie = ['Wind_turbine_name;Date_time;Ba_avg;P_avg;Ws_avg', ...long, ...long.slice(10, 30), ''].join('\r\n');
		const found = await look(engie);
		expect(found.refusal).toBeNull();
		expect(found.series.map(({ device, kWh, duplicates }) => [device, kWh, duplicates])).toEqual([
			['R80711', sum, 10],
			['R80721', sum, 10],
		]);
		const shuffled = [...long].sort((a, b) => (a.length % 7) - (b.length % 7) || (a < b ? 1 : -1));
		const again = await look(['Wind_turbine_name;Date_time;Ba_avg;P_avg;Ws_avg', ...shuffled, ''].join('\n'));
		expect(again.series.map(({ kWh }) => kWh)).toEqual([sum, sum]);
		const wide = [
			'TimeStamp_StartFormat,T01 ActivePowerMean,T02 ActivePowerMean,T01 WindSpeedMean',
			...slots.map((m) => `${utc(m)},${power(m)},${m === slots[4] ? 'NaN' : power(m)},7`),
		].join('\n');
		const farm = await look(wide);
		expect(farm.series).toMatchObject([
			{ device: 'T01 ActivePowerMean', values: 288, kWh: sum },
			{ device: 'T02 ActivePowerMean', values: 287, nulls: 1 },
		]);
	});

	test('energy where there is no power, end stamps by their name', async () => {
		const header = 'Turbine\tTimestamp_End\tWind Speed\tEnergy Production (kWh)\n';
		const body = slots.map((m) => `WEA 1\t${utc(m + 10)}\t5.5\t${point(whAt(m))}\n`).join('');
		const { series } = await look(header + body);
		expect(series).toMatchObject([{ device: 'WEA 1', kWh: kwh(slots), from: '2016-01-02T23:00:00.000Z' }]);
	});

	test.each([
		['cut in its last row', (text: string) => text.slice(0, -30), 'readings.truncated'],
		['a row cut short', (text: string) => text.replace(/,NaN,[^\n]*/, ''), 'readings.bad-row'],
		['a value that is none', (text: string) => text.replace(',7.5,0.3,', ',7.5,0.3,x'), 'readings.bad-number'],
		[
			'a time that is none',
			(text: string) => text.replace('2016-01-03 08:10', '2016-01-03 28:10'),
			'readings.bad-time',
		],
		[
			'a stamp beside its slot',
			(text: string) => text.replace('2016-01-03 08:10', '2016-01-03 08:13'),
			'readings.off-grid',
		],
		[
			'two values for one slot',
			(text: string) => text.replace('2016-01-03 08:20', '2016-01-03 08:10'),
			'readings.conflict',
		],
	])('refused: %s', async (_, harm, code) => {
		expect((await look(harm(greenbyte('UTC')))).refusal?.code).toBe(code);
	});
});

const data = join(import.meta.dirname, '../../../shared/data');
const isAbsent = !existsSync(data);
if (isAbsent) console.log(`skipped: the real meter files are not at ${data}`);

type Known = {
	name: string;
	rows: number;
	null_values: number;
	negative_values: number;
	missing_intervals_inside_range: number;
	first: string;
	last: string;
	step_min: number;
	totals: Record<string, Record<string, { slots: number; nulls: number; kwh: number }>>;
	total_kwh: number;
	total_kwh_positive_only: number;
};

describe.skipIf(isAbsent)('real files', () => {
	const read = (path: string) => {
		const bytes = readFileSync(join(data, path));
		return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
	};
	const expected = <T>(folder: string): T => JSON.parse(readFileSync(join(data, folder, 'expected.json'), 'utf8'));
	const thousandths = (n: number) => n.toFixed(3);

	async function compare(path: string, device: string | null, known: Known, zone = 'Europe/Berlin', offset = 0) {
		const { series, refusal } = await look(read(path), { byDay: false, zone });
		expect(refusal).toBeNull();
		const one = series.find((candidate) => candidate.device === device);
		const at = (instant: string, minutes: number) => new Date(Date.parse(instant) + minutes * 60_000).toISOString();
		expect(one).toMatchObject({
			values: known.rows - known.null_values,
			nulls: known.null_values,
			gaps: known.missing_intervals_inside_range,
			negatives: known.negative_values,
			from: at(known.first, offset),
			to: at(known.last, offset + known.step_min),
			kWh: thousandths(known.total_kwh),
			positive: thousandths(known.total_kwh_positive_only),
			direction: 'production',
		});
		const months = Object.entries(known.totals[zone] ?? {}).map(([month, { slots, nulls, kwh: sum }]) => [
			month,
			{ values: slots - nulls, nulls, kWh: thousandths(sum) },
		]);
		expect(one?.months).toEqual(Object.fromEntries(months));
	}

	test('PV of NREL: power in watts below zero at night, and kilowatts with American stamps', async () => {
		const [serf, rsf] = expected<[Known, Known]>('pv-nrel');
		await compare('pv-nrel/serf_east_15min_ac_power.csv.gz', 'ac_power', serf);
		await compare('pv-nrel/serf_east_15min_ac_power.csv.gz', 'ac_power', serf, 'America/Denver');
		// Its stamps name no zone and are read as German time: eight hours later than they were meant.
		await compare('pv-nrel/nrel_RSF_II.csv', 'ac_power_kw_1137', rsf, 'Europe/Berlin', -8 * 60);
	});

	test('wind turbines of RES and of the power curve working group', async () => {
		for (const known of expected<Known[]>('wind-res')) {
			const file = known.name.startsWith('MRG') ? 'MRG_9turbines_2023-01-01_03' : 'BRT_T16_2021_filtered';
			await compare(`wind-res/${file}.csv.gz`, known.name, known);
		}
		const pcwg = 'wind-pcwg/dataset1_actual_power_2011-10_2012-03.dat.gz';
		await compare(pcwg, 'Turbine Power', expected<Known>('wind-pcwg'), 'UTC');
	});

	test('SMARD: a year of unmarked stamps with both clock changes', async () => {
		for (const [name, known] of Object.entries(expected<{ series: Record<string, Known> }>('smard-lu').series))
			await compare('smard-lu/smard_2020_complete.csv.gz', name, known);
	});
});
