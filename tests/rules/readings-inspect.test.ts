// Inspection of any file: foreign, broken, empty, oddly encoded; and the real files with their known sums.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Inspection, inspectFile } from '../../api/readings/inspect.ts';
import { comma, interchange, look, message, slotsFrom, wallOf, whAt } from './readings-files.ts';

const day = slotsFrom('2026-01-15');
const csv = `Datum;kWh;Qualität\r\n${day.map((m) => `${wallOf(m).date} ${wallOf(m).time};${comma(whAt(m))};vorläufig\r\n`).join('')}`;

describe('foreign files', () => {
	test.each([
		['PDF', Buffer.from('%PDF-1.7\n1 0 obj'), 'PDF'],
		['HTML', Buffer.from('<!DOCTYPE html>\n<html><body>01.01.2026 00:00;1,0</body></html>'), 'HTML'],
		['JSON', Buffer.from('{"readings":[{"time":"2026-01-01T00:00:00Z","kWh":1}]}'), 'JSON'],
		[
			'camt',
			Buffer.from(
				'<?xml version="1.0"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt/></Document>',
			),
			'XML Document',
		],
		['plain text', Buffer.from('Sehr geehrte Damen und Herren,\nanbei die Zählerstände.\n'), 'text'],
		['a CSV of something else', Buffer.from('Name;Ort;Anteile\nMeier;Ulm;3\nSchulz;Bonn;5\n'), 'text'],
		['bytes', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197 + (i >> 3)) % 256)), 'binary'],
	])('%s', async (_, bytes, found) => {
		expect(await look(bytes)).toMatchObject({
			format: null,
			series: [],
			size: bytes.length,
			refusal: { code: 'readings.unknown-format', values: { found } },
		});
	});

	test.each(['', ' \r\n\n', '\ufeff'])('nothing at all: %j', async (text) => {
		expect((await look(text)).refusal?.code).toBe('readings.empty-file');
	});

	test('a header and no data', async () => {
		expect((await look('Datum;kWh\n')).refusal?.code).toBe('readings.unknown-format');
		expect((await look("UNB+UNOC:3+1:500+2:500+260201:1250+R'UNZ+0+R'")).refusal?.code).toBe('readings.no-values');
	});

	test('any bytes are answered, never thrown at', async () => {
		const beginnings = [
			'',
			"UNA:+.? 'UNB+UNOC:3+1+2+3+4'",
			'm[mi++]="',
			'51481308448,2026-01-01T00:00:00Z,1.000,M\n',
			'Datum;kWh\n01.01.2026 00:00;1,0\n01.01.2026 00:15;1,0\n',
		];
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom(...beginnings),
				fc.uint8Array({ maxLength: 400 }),
				fc.integer({ min: 1, max: 90 }),
				async (beginning, bytes, size) => {
					const found = await look(Buffer.concat([Buffer.from(beginning), bytes]), { sizes: [size] });
					expect(found.refusal === null || found.series.length === 0).toBe(true);
				},
			),
			{ numRuns: 500 },
		);
	});

	test('a valid file with one byte changed is read or refused', async () => {
		const files = [csv, interchange([message({ channels: [{ slots: day.slice(0, 5) }] })])].map((text) =>
			Buffer.from(text, 'latin1'),
		);
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom(...files),
				fc.nat(),
				fc.integer({ min: 0, max: 255 }),
				async (bytes, at, byte) => {
					const changed = Buffer.from(bytes);
					changed[at % bytes.length] = byte;
					const found = await look(changed);
					expect(found.refusal === null || found.series.length === 0).toBe(true);
				},
			),
			{ numRuns: 500 },
		);
	});

	test('a line, a segment or a field that never ends does not fill the memory', async () => {
		const endless = 'x'.repeat(3_000_000);
		for (const text of [
			`${csv}${endless}`,
			`UNA:+.? 'UNB+UNOC:3+1+2+3+4'UNH+${endless}`,
			`51481308448,2026-01-01T00:00:00Z,1.000,M\n51481308448,2026-01-01T00:15:00Z,1.000,M\n${endless}`,
			`m[mi++]="15.06.08 05:00:00|1;2;3;4"\n${endless}`,
			endless,
		]) {
			expect((await look(text)).refusal?.code).toMatch(/bad-row|bad-syntax|truncated|unknown-format/);
		}
	});
});

describe('encodings', () => {
	test.each([
		['UTF-8', Buffer.from(csv), 'utf-8'],
		['UTF-8 with mark', Buffer.from(`\ufeff${csv}`), 'utf-8'],
		['Windows-1252', Buffer.from(csv, 'latin1'), 'windows-1252'],
		['UTF-16', Buffer.from(`\ufeff${csv}`, 'utf16le'), 'utf-16le'],
		['UTF-16, big end first', Buffer.from(`\ufeff${csv}`, 'utf16le').swap16(), 'utf-16be'],
	])('%s', async (_, bytes, encoding) => {
		for (const sizes of [[1], [999], [100_000]]) {
			const found = await look(bytes, { sizes });
			expect(found).toMatchObject({
				refusal: null,
				encoding,
				size: bytes.length,
				sha256: createHash('sha256').update(bytes).digest('hex'),
			});
			expect(found.series).toMatchObject([{ values: 96, qualities: { provisional: 96 } }]);
		}
	});

	test('UTF-16 without mark is refused as binary, broken UTF-16 by name', async () => {
		expect((await look(Buffer.from(csv, 'utf16le'))).refusal).toMatchObject({
			code: 'readings.unknown-format',
			values: { found: 'binary' },
		});
		const odd = Buffer.from(`\ufeff${csv}`, 'utf16le').subarray(0, 101);
		expect((await look(odd)).refusal).toMatchObject({ code: 'readings.encoding', values: { found: 'utf-16le' } });
	});

	test('any chunks of a CSV give the same', async () => {
		const expected = await look(csv);
		await fc.assert(
			fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }), async (sizes) => {
				expect(await look(csv, { sizes })).toEqual(expected);
			}),
			{ numRuns: 30 },
		);
	});
});

const data = join(import.meta.dirname, '../../../shared/data');
const isAbsent = !existsSync(data);
if (isAbsent) console.log(`skipped: the real meter files are not at ${data}`);

type Expected = {
	values: number;
	sum: number;
	loc: string;
	obis: string;
	byDay: Record<string, { n: number; kwh: number }>;
	gaps: number;
	first: string;
	last: string;
};

describe.skipIf(isAbsent)('real files', () => {
	const look = (path: string): Promise<Inspection> => inspectFile(join(data, path), { byDay: true });
	const expected = (path: string) => JSON.parse(readFileSync(join(data, path, 'expected.json'), 'utf8'));
	const thousandths = (n: number) => n.toFixed(3);

	async function compare(folder: string, name: string): Promise<Inspection> {
		const [known]: Expected[] = expected(folder).files[name].series;
		const found = await look(join(folder, name));
		expect(found.refusal).toBeNull();
		expect(found.series).toHaveLength(1);
		const [series] = found.series;
		expect(series?.kWh ?? series?.kvarh).toBe(thousandths(known!.sum));
		expect(series).toMatchObject({
			values: known!.values,
			meteringPoint: known!.loc,
			obis: known!.obis.replace(/\*255$/, ''),
			gaps: known!.gaps,
			duplicates: 0,
			from: known!.first,
			to: known!.last,
		});
		const days = Object.entries(series?.byDay ?? {}).map(([name, { values, kWh, kvarh }]) => [
			name,
			{ n: values, kwh: kWh ?? kvarh },
		]);
		expect(days).toEqual(
			Object.entries(known!.byDay).map(([name, { n, kwh }]) => [name, { n, kwh: thousandths(kwh) }]),
		);
		return found;
	}

	test('German MSCONS: a month of quarter-hours with wrong stamps in it', async () => {
		const found = await compare('mscons-de', 'MSCONS_TL_SAMPLE01.txt');
		expect(found.warnings).toMatchObject([{ code: 'readings.times-rounded', values: { count: 77 } }]);
		for (const name of ['mscons-message-example.txt', 'mscons-message-example-una-spec.txt']) {
			const { refusal, series } = await look(join('mscons-de', name));
			expect(refusal?.code).toMatch(/^readings\./);
			expect(series).toEqual([]);
		}
	});

	test('Swiss MSCONS: import, export and reactive energy', async () => {
		for (const name of Object.keys(expected('mscons-ch').files)) {
			const { warnings, series } = await compare('mscons-ch', name);
			expect(warnings).toMatchObject([{ code: 'readings.segments-miscounted' }]);
			expect(series[0]?.unit).toBe(series[0]?.obis?.startsWith('1-1:5') ? 'kvarh' : 'kWh');
		}
	});

	test('1388 days of Solar-Log, by day and month', async () => {
		const { days, months, total_kwh } = expected('solarlog');
		const folder = mkdtempSync(join(tmpdir(), 'solarlog-'));
		try {
			execFileSync('tar', ['xJf', join(data, 'solarlog/min-2006-2009.tar.xz'), '-C', folder]);
		} catch {
			console.log('skipped: tar or xz is not installed');
			rmSync(folder, { recursive: true });
			return;
		}
		const sums: Record<string, number> = {};
		for (const name of readdirSync(folder)) {
			const found = await inspectFile(join(folder, name), { byDay: true });
			const local = `20${name.slice(3, 5)}-${name.slice(5, 7)}-${name.slice(7, 9)}`;
			const known = days[local];
			expect(found.refusal).toBeNull();
			expect(
				found.series.map(({ byDay }) => byDay?.[local]?.kWh ?? '0.000'),
				name,
			).toEqual([thousandths(known.wh_sb2100 / 1000), thousandths(known.wh_sb4200 / 1000)]);
			for (const { kWh } of found.series)
				sums[local.slice(0, 7)] = (sums[local.slice(0, 7)] ?? 0) + Math.round(Number(kWh) * 1000);
		}
		rmSync(folder, { recursive: true });
		for (const [month, { kwh }] of Object.entries<{ kwh: number }>(months))
			expect(sums[month], month).toBe(Math.round(kwh * 1000));
		expect(Object.values(sums).reduce((a, b) => a + b, 0)).toBe(Math.round(total_kwh * 1000));
	});

	test('Solar-Log daily totals, before and after the owner corrected them', async () => {
		const [now, before] = await Promise.all([look('solarlog/days_hist.js'), look('solarlog/days_hist_09_original.js')]);
		expect(now.series.map(({ days, gaps, kWh }) => [days, gaps, kWh])).toEqual([
			[1388, 0, '9027.881'],
			[1388, 0, '17158.427'],
		]);
		expect(before.series.map(({ days, gaps }) => [days, gaps])).toEqual([
			[265, 0],
			[265, 0],
		]);
	});

	test('everything else is refused without harm', async () => {
		const folders = ['pvgis', 'xsd', 'power-curves'];
		for (const folder of folders) {
			for (const name of readdirSync(join(data, folder))) {
				const { refusal } = await look(join(folder, name));
				expect(refusal?.code, name).toMatch(/^readings\./);
			}
		}
	});
});
