// Workbooks and packed files: load profiles and Austrian portal reports as XLSX, gzip and ZIP, and everything that must not open.
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateFormatOf } from '../../api/readings/formats/workbook/parts.ts';
import { dateText } from '../../api/readings/formats/workbook/sheet.ts';
import { berlinOffsetMinutes } from '../../api/values/calendar.ts';
import { comma, look, point, slotsFrom, totalWh, wallOf, whAt } from './readings-files.ts';
import { type Cell, serialOf, workbook } from './readings-sheets.ts';

const malo = '51481308448';
const stamp = (minute: number) => `${wallOf(minute).date} ${wallOf(minute).time}`;
const wall = (minute: number) => minute + berlinOffsetMinutes(minute * 60_000);
const serial = (minute: number): Cell => ({ serial: serialOf(wall(minute)), format: 'both' });
const january = slotsFrom('2026-01-15', 2);
const kwh = (slots: readonly number[]) => point(totalWh(slots));

async function only(bytes: Buffer) {
	const found = await look(bytes);
	expect(found.refusal).toBeNull();
	expect(found.series).toHaveLength(1);
	return { ...found, one: found.series[0]! };
}

describe('load profiles as workbooks', () => {
	test('stamp and value; date, time and value; metadata above data without header', async () => {
		const files = [
			workbook([
				{
					name: 'Daten',
					rows: [['Datum/Uhrzeit', `${malo} 1-1:2.29.0 kWh`], ...january.map((m) => [serial(m), whAt(m) / 1000])],
				},
			]),
			workbook([
				{
					name: 'Lastgang',
					rows: [
						['Marktlokation', malo],
						['OBIS-Kennziffer', '1-1:2.29.0'],
						['Datum', 'Zeit', 'kW'],
						...january.map((m): Cell[] => [
							{ serial: Math.floor(serialOf(wall(m))), format: 'date' },
							{ serial: serialOf(wall(m)) % 1, format: 'time' },
							whAt(m) / 250,
						]),
					],
				},
			]),
			workbook([
				{
					name: 'Tabelle1',
					rows: [
						['Medium', 'Strom'],
						['Einheit', 'kWh'],
						['Lokation', malo],
						['OBIS-Kennziffer', '1-1:2.29.0'],
						[],
						...january.map((m): Cell[] => [stamp(m), comma(whAt(m))]),
					],
				},
			]),
		];
		for (const file of files) {
			const { one, format, container } = await only(file);
			expect([format, container]).toEqual(['quarter-hour-csv', 'xlsx']);
			expect(one).toMatchObject({
				meteringPoint: malo,
				obis: '1-1:2.29.0',
				values: 192,
				kWh: kwh(january),
				from: '2026-01-14T23:00:00.000Z',
				direction: 'production',
			});
		}
	});

	test('serial numbers and text in one column, ends of slots, both clock changes', async () => {
		for (const day of ['2026-03-29', '2026-10-25']) {
			const slots = slotsFrom(day);
			const rows = slots.map((m, i): Cell[] => [
				i % 2 === 0 ? { serial: serialOf(wall(m) + 15), format: 'both' } : stampOfWall(wall(m) + 15),
				whAt(m) / 1000,
			]);
			const { one } = await only(workbook([{ name: 'Daten', rows: [['Bis', 'kWh'], ...rows] }]));
			expect(one).toMatchObject({ values: slots.length, incompleteDays: 0, kWh: kwh(slots) });
		}
	});

	test('what is written is read: any numbers, any precision', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.option(fc.integer({ min: 0, max: 99_999_999 })), { minLength: 96, maxLength: 96 }),
				fc.boolean(),
				async (values, asText) => {
					const slots = slotsFrom('2026-06-01');
					const rows = slots.map((m, i): Cell[] => {
						const wh = values[i] ?? null;
						return [serial(m), wh === null ? null : asText ? comma(wh) : wh / 1000];
					});
					const given = values.filter((wh) => wh !== null);
					fc.pre(given.length > 2);
					const { one } = await only(workbook([{ name: 'D', rows: [['Datum', 'Wert kWh'], ...rows] }]));
					expect([one.values, one.kWh]).toEqual([given.length, point(given.reduce((a, b) => a + b, 0))]);
				},
			),
			{ numRuns: 40 },
		);
	});

	test('formulas are their stored results, links stay text; one without result is said', async () => {
		const rows = january.map((m, i): Cell[] => [
			serial(m),
			i === 7 ? { formula: 'B2*2' } : { formula: 'A1+1', result: whAt(m) / 1000 },
			{ formula: 'HYPERLINK("http://x/";"y")', result: '=HYPERLINK("http://x/";"y")' },
		]);
		const { one, warnings } = await only(workbook([{ name: 'D', rows: [['Datum', 'kWh', 'Link'], ...rows] }]));
		expect(one).toMatchObject({ values: 191, nulls: 1 });
		expect(warnings).toContainEqual({ code: 'readings.formulas-uncalculated', values: { count: 1 } });
	});

	test('the sheet with data is found; a sheet a month is one file; another table is said', async () => {
		const months = [january.slice(0, 96), january.slice(96)].map((slots, n) => ({
			name: `Monat ${n + 1}`,
			rows: [['Bericht'], ['Datum', 'kWh'], ...slots.map((m): Cell[] => [serial(m), whAt(m) / 1000])],
		}));
		const other = { name: 'Wetter', rows: [['Datum', 'Sonne Wh'], ...january.map((m): Cell[] => [serial(m), 1])] };
		const { one, warnings } = await only(
			workbook([
				{ name: 'Deckblatt', rows: [['Sehr geehrte Damen und Herren']] },
				...months,
				other,
				{ ...other, hidden: true },
			]),
		);
		expect(one).toMatchObject({ values: 192, kWh: kwh(january) });
		expect(warnings).toContainEqual({ code: 'readings.sheets-ignored', values: { sheets: 'Wetter' } });
	});

	test('a bad cell is refused by the row of the sheet', async () => {
		const rows: Cell[][] = january.map((m, i) => [serial(m), i === 40 ? 'kaputt' : whAt(m) / 1000]);
		const { refusal } = await look(workbook([{ name: 'D', rows: [['Datum', 'kWh'], ...rows] }]));
		expect(refusal).toMatchObject({ code: 'readings.bad-number', values: { line: 42 } });
	});
});

function stampOfWall(minute: number): string {
	const iso = new Date(minute * 60_000).toISOString();
	return `${iso.slice(8, 10)}.${iso.slice(5, 7)}.${iso.slice(0, 4)} ${iso.slice(11, 16)}`;
}

describe('reports of the Austrian portal', () => {
	const [consumer, producer] = ['AT0010000000000000000000000012345', 'AT0010000000000000000000000054321'];
	const report = (slots: readonly number[], { quality = false, harm = (rows: Cell[][]) => rows } = {}) => {
		const columns = [
			[consumer, 'CONSUMPTION', 'Gesamtverbrauch lt. Messung (bei Teilnahme gem. Erzeugung) [KWH]'],
			[consumer, 'CONSUMPTION', 'Anteil gemeinschaftliche Erzeugung [KWH]'],
			[consumer, 'CONSUMPTION', 'Eigendeckung gemeinschaftliche Erzeugung [KWH]'],
			[producer, 'GENERATION', 'Gesamte gemeinschaftliche Erzeugung [KWH]'],
			[producer, 'GENERATION', 'Gesamt/Überschusserzeugung, Gemeinschaftsüberschuss [KWH]'],
			['TOTAL', 'GENERATION', 'Gesamte gemeinschaftliche Erzeugung [KWH]'],
		] as const;
		const labelled = (label: string, of: (column: (typeof columns)[number]) => string): Cell[] => [
			label,
			...columns.flatMap((column) => (quality ? [of(column), 'MM'] : [of(column)])),
		];
		const rows: Cell[][] = [
			['Die Informationen in den Reports werden auf Basis der Datensätze generiert.'],
			labelled('MeteringpointID', ([point]) => point),
			labelled('Name', () => 'Ingrid Thatcher'),
			labelled('Energy direction', ([, direction]) => direction),
			labelled('Period start', () => '01.10.2025 00:00:00'),
			labelled('Period end', () => '01.11.2025 00:00:00'),
			labelled('Data Completeness', ([point]) => (point === producer ? 'INCOMPLETE' : 'COMPLETE')),
			labelled('Metercode', ([, , code]) => code),
			['Spaltensumme'],
			...slots.map((m, i): Cell[] => [
				i % 5 === 0 ? `${stamp(m)}:00` : serial(m),
				...columns.flatMap((_, n) => {
					const wh = whAt(m) + n;
					return quality ? [wh / 1000, i % 3 === 0 ? 'L2' : 'L1'] : [n === 4 && i === 2 ? null : wh / 1000];
				}),
			]),
		];
		return workbook([{ name: 'Energiedaten', rows: harm(rows) }]);
	};

	test('columns by metering point and kind; a total is none; the autumn day has 100 rows', async () => {
		const slots = slotsFrom('2025-10-26');
		const found = await look(report(slots));
		expect(found).toMatchObject({
			format: 'eda-workbook',
			formatVersion: 'without quality',
			sender: 'EDA',
			refusal: null,
		});
		expect(
			found.series.map(({ meteringPoint, obis, values, nulls, duplicates, kWh, direction }) => [
				...[meteringPoint, obis, values, nulls, duplicates, direction],
				kWh,
			]),
		).toEqual([
			[consumer, '1-1:1.9.0', 100, 0, 0, 'consumption', point(totalWh(slots))],
			[consumer, 'G.02 1-1:2.9.0', 100, 0, 0, 'unknown', point(totalWh(slots) + 100)],
			[consumer, 'G.03 1-1:2.9.0', 100, 0, 0, 'unknown', point(totalWh(slots) + 200)],
			[producer, '1-1:2.9.0', 100, 0, 0, 'production', point(totalWh(slots) + 300)],
			[producer, 'P.01 1-1:2.9.0', 99, 1, 0, 'unknown', point(totalWh(slots) + 396 - whAt(slots[2]!))],
		]);
		expect(found.warnings.map(({ code }) => code).sort()).toEqual([
			'readings.report-incomplete',
			'readings.shares-apart',
		]);
	});

	test('with a column of quality beside each value', async () => {
		const slots = slotsFrom('2025-10-01', 2);
		const { series, formatVersion, refusal } = await look(report(slots, { quality: true }));
		expect(refusal).toBeNull();
		expect(formatVersion).toBe('with quality');
		expect(series).toHaveLength(5);
		expect(series[3]).toMatchObject({ obis: '1-1:2.9.0', qualities: { measured: 128, substitute: 64 } });
	});

	test('columns without data, an unknown kind, a broken value', async () => {
		const slots = slotsFrom('2025-10-01');
		const none = await look(
			report(slots, {
				harm: (rows) => rows.map((row, r) => row.map((cell, c) => (r > 8 && c === 4 ? 'Keine Daten verfügbar' : cell))),
			}),
		);
		expect(none.refusal).toBeNull();
		expect(none.series[3]).toMatchObject({ meteringPoint: producer, values: 0, nulls: 96 });
		const odd = await look(
			report(slots, {
				harm: (rows) => rows.map((row) => row.map((cell) => (String(cell).startsWith('Anteil') ? 'Wetter' : cell))),
			}),
		);
		expect(odd.series).toHaveLength(4);
		expect(odd.warnings.map(({ code }) => code)).toContain('readings.columns-ignored');
		const broken = await look(
			report(slots, { harm: (rows) => rows.map((row, r) => (r === 20 ? [row[0] ?? null, 'x'] : row)) }),
		);
		expect(broken.refusal).toMatchObject({ code: 'readings.bad-number', values: { line: 21 } });
	});
});

describe('packed files', () => {
	const csv = `Datum;kWh\n${january.map((m) => `${stamp(m)};${comma(whAt(m))}\n`).join('')}`;
	test.each([
		['gzip', gzipSync(csv), 'gzip'],
		['gzip of UTF-16', gzipSync(Buffer.from(`\ufeff${csv}`, 'utf16le')), 'gzip'],
		['a ZIP with one file', Buffer.from(zipSync({ 'a/b.txt': strToU8(csv), '__MACOSX/._b.txt': strToU8('x') })), 'zip'],
	])('%s is opened', async (_, bytes, container) => {
		for (const sizes of [[1000], [100_000]]) {
			const found = await look(bytes, { sizes });
			expect(found).toMatchObject({ refusal: null, container, size: bytes.length });
			expect(found.series).toMatchObject([{ values: 192, kWh: kwh(january) }]);
		}
	});

	const empty = new Uint8Array(60_000_000);
	const good = workbook([{ name: 'D', rows: [['Datum', 'kWh'], ...january.map((m): Cell[] => [serial(m), 1])] }]);
	const sheet = (data: string) => workbook([{ name: 'D', rows: [], xml: data }]);
	test.each<[string, Buffer, string]>([
		['gzip cut short', gzipSync(csv).subarray(0, 400), 'readings.truncated'],
		['gzip with a wrong byte', withByte(gzipSync(csv), 60), 'readings.archive-broken'],
		['gzip in gzip', gzipSync(gzipSync(csv)), 'readings.unknown-format'],
		[
			'a gzip bomb',
			gzipSync(Buffer.concat([Buffer.from(csv), Buffer.alloc(60_000_000, '\n')])),
			'readings.opened-too-large',
		],
		['a ZIP bomb', Buffer.from(zipSync({ 'a.csv': empty })), 'readings.opened-too-large'],
		[
			'a workbook that blows up',
			workbook([{ name: 'D', rows: [] }], { 'xl/worksheets/sheet1.xml': empty }),
			'readings.opened-too-large',
		],
		['two files', Buffer.from(zipSync({ 'a.csv': strToU8(csv), 'b.csv': strToU8(csv) })), 'readings.archive-many'],
		['a ZIP cut short', good.subarray(0, good.length - 200), 'readings.archive-broken'],
		['an empty ZIP', Buffer.from(zipSync({})), 'readings.unknown-format'],
		['an entity', sheet('<!DOCTYPE a [<!ENTITY b "cc">]><worksheet><sheetData/></worksheet>'), 'readings.xml-entities'],
		[
			'an undefined entity',
			sheet('<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>&b;</v></c></row></sheetData></worksheet>'),
			'readings.xml-entities',
		],
		['a sheet cut short', sheet('<worksheet><sheetData><row r="1"><c r="A1"><v>1'), 'readings.archive-broken'],
		['an empty sheet', sheet('<worksheet><sheetData/></worksheet>'), 'readings.empty-file'],
		[
			'a workbook of something else',
			workbook([
				{
					name: 'D',
					rows: [
						['Name', 'Ort'],
						['Meier', 'Ulm'],
					],
				},
			]),
			'readings.unknown-format',
		],
		['XLS', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'readings.save-as-xlsx'],
		['ODS', Buffer.from(zipSync({ mimetype: strToU8('x'), 'content.xml': strToU8('<a/>') })), 'readings.save-as-xlsx'],
		['XLSB', Buffer.from(zipSync({ 'xl/workbook.bin': strToU8('x') })), 'readings.save-as-xlsx'],
	])('refused: %s', async (_, bytes, code) => {
		expect((await look(bytes)).refusal?.code).toBe(code);
	});

	test('a sheet of a million empty rows is cheap', async () => {
		const rows = Array.from({ length: 1_048_576 }, (_, r) => `<row r="${r + 1}" s="1"/>`).join('');
		const data = january.map(
			(m, i) =>
				`<row r="${1_000_000 + i}"><c r="A1" s="3"><v>${serialOf(wall(m))}</v></c><c r="B1"><v>1.5</v></c></row>`,
		);
		const claimed = sheet(`<worksheet><sheetData>${rows}</sheetData></worksheet>`);
		const started = performance.now();
		expect((await look(claimed)).refusal?.code).toMatch(/empty-file|unknown-format/);
		const header = '<row r="1"><c r="A1" t="str"><v>Datum</v></c><c r="B1" t="str"><v>kWh</v></c></row>';
		const apart = await look(sheet(`<worksheet><sheetData>${header}${data.join('')}</sheetData></worksheet>`));
		expect(apart.refusal?.code).toBe('readings.unknown-format');
		expect(performance.now() - started).toBeLessThan(8000);
	}, 20_000);

	test('any damage is answered, never thrown at', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.nat(),
				fc.integer({ min: 0, max: 255 }),
				fc.integer({ min: 1, max: 5000 }),
				async (at, byte, size) => {
					const bytes = Buffer.from(good);
					bytes[at % bytes.length] = byte;
					const found = await look(bytes, { sizes: [size] });
					expect(found.refusal === null || found.series.length === 0).toBe(true);
				},
			),
			{ numRuns: 150 },
		);
	});
});

function withByte(bytes: Buffer, at: number): Buffer {
	const changed = Buffer.from(bytes);
	changed[at] = (changed[at] ?? 0) ^ 0xff;
	return changed;
}

describe('dates of sheets', () => {
	test('formats that show dates, times, both, or amounts', () => {
		const both = { date: true, time: true };
		expect([14, 20, 22, 0, 4, 45].map((id) => dateFormatOf(id, undefined))).toEqual([
			{ date: true, time: false },
			{ date: false, time: true },
			both,
			null,
			null,
			{ date: false, time: true },
		]);
		expect(
			['dd.mm.yyyy hh:mm', 'TT.MM.JJJJ hh:mm', '[$-407]d/ mmmm yyyy\\ h:mm;@', '[h]:mm'].map((code) =>
				dateFormatOf(170, code),
			),
		).toEqual([both, both, both, { date: false, time: true }]);
		for (const code of ['General', '0.00', '#,##0.000\\ "kWh"', '0.000;[Red]-0.000', '@', '"Stand"0'])
			expect(dateFormatOf(170, code), code).toBeNull();
	});

	test('serial numbers, also those that lie a second beside', () => {
		const both = { date: true, time: true };
		expect(dateText(45_292.0104166667, both, false)).toBe('2024-01-01 00:15:00');
		expect(dateText(45_292.9999884, both, false)).toBe('2024-01-02 00:00:00');
		expect(dateText(45_292, { date: true, time: false }, false)).toBe('2024-01-01');
		expect(dateText(1, { date: false, time: true }, false)).toBe('24:00:00');
		expect(dateText(45_292.75, { date: false, time: true }, false)).toBe('18:00:00');
		expect(dateText(43_830, { date: true, time: false }, true)).toBe('2024-01-01');
	});
});
