// Lists as files: what a spreadsheet reads back is what the list says; nothing in them is a formula.
import { unzipSync } from 'fflate';
import readXlsxFile from 'read-excel-file/node';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { harmlessCell, type Sheet, type SheetFormat, spreadsheetOf } from '../../api/documents/spreadsheet.ts';

interface Line {
	name: string;
	count: number;
	cents: number;
	day: string | null;
	at: string;
}
const lines: Line[] = [
	{ name: 'Müller; "Groß"', count: 1_204, cents: 120_450, day: '2026-06-12', at: '2026-06-12T22:05:00.000Z' },
	{ name: '=1+1', count: 0, cents: -5, day: null, at: '2026-01-31T23:30:00.000Z' },
	{ name: 'A <b> & \u0001 \ud800', count: -3, cents: 0, day: '2024-02-29', at: '2026-11-22T11:00:00.000Z' },
];
const sheet: Sheet<Line> = {
	title: 'Mitglieder [1/2]',
	language: 'de',
	columns: [
		{ key: 'name', heading: 'Name', kind: 'text', value: ({ name }) => name },
		{ key: 'count', heading: 'Anteile', kind: 'whole', value: ({ count }) => count },
		{ key: 'cents', heading: 'Guthaben', kind: 'cents', value: ({ cents }) => cents },
		{ key: 'day', heading: 'Beitritt', kind: 'day', value: ({ day }) => day },
		{ key: 'at', heading: 'Erklärt', kind: 'instant', value: ({ at }) => at },
	],
	parts: [lines.slice(0, 1), lines.slice(1), []],
};

async function bytesOf<T>(format: SheetFormat, given: Sheet<T>): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of spreadsheetOf(format, given)) chunks.push(Buffer.from(chunk as Buffer));
	return Buffer.concat(chunks);
}

describe('CSV', () => {
	test('German: byte order mark, semicolons, comma, day.month.year; quotes doubled; formulas made harmless', async () => {
		expect((await bytesOf('csv', sheet)).toString()).toBe(
			[
				'\ufeffName;Anteile;Guthaben;Beitritt;Erklärt',
				'"Müller; ""Groß""";1204;1204,50;12.06.2026;13.06.2026 00:05',
				"'=1+1;0;-0,05;;01.02.2026 00:30",
				'A <b> &  \ufffd;-3;0,00;29.02.2024;22.11.2026 12:00',
				'',
			].join('\r\n'),
		);
	});

	test('English: commas, point, ISO days', async () => {
		const [, first] = (await bytesOf('csv', { ...sheet, language: 'en' })).toString().split('\r\n');
		expect(first).toBe('"Müller; ""Groß""",1204,1204.50,2026-06-12,2026-06-13 00:05');
	});
});

describe('XLSX', () => {
	test('reads back as text, numbers and dates', async () => {
		const [{ data = [], sheet: title } = {}] = await readXlsxFile(await bytesOf('xlsx', sheet));
		expect(title).toBe('Mitglieder  1 2 ');
		expect(data[0]).toEqual(['Name', 'Anteile', 'Guthaben', 'Beitritt', 'Erklärt']);
		expect(data[1]?.slice(0, 4)).toEqual(['Müller; "Groß"', 1204, 1204.5, new Date('2026-06-12T00:00:00Z')]);
		expect(Number(data[1]?.[4])).toBeCloseTo(Date.parse('2026-06-13T00:05:00Z'), -2);
		expect(data[2]?.slice(0, 4)).toEqual(["'=1+1", 0, -0.05, null]);
		expect(data[3]?.slice(0, 3)).toEqual(['A <b> &  \ufffd', -3, 0]);
	});

	test('is a whole archive: every part, its size and its check sum', async () => {
		const parts = unzipSync(await bytesOf('xlsx', { ...sheet, parts: [] }));
		expect(Object.keys(parts)).toEqual([
			...['[Content_Types].xml', '_rels/.rels', 'xl/workbook.xml', 'xl/_rels/workbook.xml.rels', 'xl/styles.xml'],
			'xl/worksheets/sheet1.xml',
		]);
	});
});

test('no text begins as a formula, whatever stands in front of the sign', () => {
	for (const text of [
		'=1',
		'+49 171 1',
		'-2',
		'@x',
		'\t=1',
		'\r1',
		' =1',
		'\u00a0+1',
		'\uff1d1',
		'\uff20x',
		'\ufeff=1',
		'\u0000=1',
	])
		expect(harmlessCell(text), JSON.stringify(text)).toMatch(/^'/);
	for (const text of ['Müller', 'a=b', '1-2', "'=1", 'post@auental.example', '']) expect(harmlessCell(text)).toBe(text);
	fc.assert(
		fc.property(fc.string(), (text) => {
			expect(harmlessCell(text)).not.toMatch(/^\s*[=+\-@]/);
			expect(harmlessCell(harmlessCell(text))).toBe(harmlessCell(text));
		}),
	);
});

test.each(['csv', 'xlsx'] as const)(
	'fifty thousand lines as %s: read as they are written, not held',
	async (format) => {
		let read = 0;
		let behind = 0;
		let written = 0;
		const parts = (function* () {
			for (let part = 0; part < 50; part++) {
				const some = Array.from({ length: 1_000 }, (_, i) => ({
					...(lines[0] as Line),
					name: `Name ${part * 1_000 + i}`,
				}));
				read += some.length;
				yield some;
			}
		})();
		for await (const chunk of spreadsheetOf(format, { ...sheet, parts })) {
			if (written === 0) behind = read;
			written += (chunk as Buffer).length;
		}
		expect(read).toBe(50_000);
		expect(behind).toBeLessThan(10_000);
		expect(written).toBeGreaterThan(100_000);
	},
);

test('a list that breaks off while it is read leaves no file that looks whole', async () => {
	const parts = async function* () {
		yield lines;
		throw new Error('the database went away');
	};
	for (const format of ['csv', 'xlsx'] as const)
		await expect(bytesOf(format, { ...sheet, parts: parts() })).rejects.toThrow();
});
