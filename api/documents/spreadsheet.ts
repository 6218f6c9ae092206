// Lists as files for a spreadsheet: CSV and XLSX, written line by line so that fifty thousand lines are never held at once.
import { crc32, createDeflateRaw } from 'node:zlib';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { clockOf, dayOf } from '../values/calendar.ts';

/** What a cell holds: text, a whole number, an amount in cents, a calendar day, an ISO instant. */
export type CellKind = 'text' | 'whole' | 'cents' | 'day' | 'instant';

/** A column: its heading, what its cells hold, and where a line has it; null is an empty cell. */
export interface SheetColumn<Line> {
	key: string;
	heading: string;
	kind: CellKind;
	value: (line: Line) => string | number | null;
}

/** The kinds of file a list is written as. */
export const sheetFormats = ['csv', 'xlsx'] as const;
export type SheetFormat = (typeof sheetFormats)[number];

/** How dates and amounts are written in CSV: as a German spreadsheet reads them, or as an English one. */
export type SheetLanguage = 'de' | 'en';

/** A list on its way into a file. `parts` gives the lines in portions, as they are read. */
export interface Sheet<Line> {
	/** names the table inside a workbook, at most 31 characters */
	title: string;
	columns: readonly SheetColumn<Line>[];
	parts: AsyncIterable<readonly Line[]> | Iterable<readonly Line[]>;
	language: SheetLanguage;
}

/** The media type of each kind of file. */
export const sheetTypes: Record<SheetFormat, string> = {
	csv: 'text/csv; charset=utf-8',
	xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/**
 * Text that no spreadsheet takes for a formula: what begins with = + - @, a tab or a line break, also after blanks or written with
 * full-width signs, gets an apostrophe in front.
 */
export function harmlessCell(text: string): string {
	const clean = text.replaceAll(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '');
	return /^[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(clean) ? `'${clean}` : clean;
}

/** Cents as a decimal number without grouping: -120450 → '-1204.50'. */
function decimalOf(cents: number): string {
	const digits = String(Math.abs(cents)).padStart(3, '0');
	return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** An instant as day and time in Germany: ['2026-11-22', '14:05']. */
function localTime(instant: string): [day: string, time: string] {
	const at = new Date(instant);
	return [dayOf(at), clockOf(at)];
}

const germanDay = (day: string) => day.split('-').reverse().join('.');

function csvCell(kind: CellKind, value: string | number | null, language: SheetLanguage): string {
	if (value === null || value === '') return '';
	const german = language === 'de';
	if (kind === 'cents') return german ? decimalOf(Number(value)).replace('.', ',') : decimalOf(Number(value));
	if (kind === 'whole') return String(value);
	if (kind === 'day') return german ? germanDay(String(value)) : String(value);
	if (kind === 'instant') {
		const [day, time] = localTime(String(value));
		return `${german ? germanDay(day) : day} ${time}`;
	}
	const text = harmlessCell(String(value));
	return /[;,"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function* csvLines<Line>({ columns, parts, language }: Sheet<Line>): AsyncGenerator<string> {
	const separator = language === 'de' ? ';' : ',';
	const lineOf = (cells: string[]) => `${cells.join(separator)}\r\n`;
	yield `\ufeff${lineOf(columns.map(({ heading }) => csvCell('text', heading, language)))}`;
	for await (const lines of parts) {
		yield lines.map((line) => lineOf(columns.map(({ kind, value }) => csvCell(kind, value(line), language)))).join('');
	}
}

/** Text inside XML: nothing that could be markup, nothing XML does not know. */
function xml(text: string): string {
	return text
		.toWellFormed()
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;');
}

/** A day as spreadsheets count: days since 30 December 1899. */
const serialOf = (day: string) => Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000) + 25_569;

const styles = { text: 0, whole: 0, heading: 1, cents: 2, day: 3, instant: 4 };

function xlsxCell(at: string, kind: CellKind, value: string | number | null): string {
	if (value === null || value === '') return '';
	const number = (style: number, text: string | number) => `<c r="${at}" s="${style}"><v>${text}</v></c>`;
	if (kind === 'cents') return number(styles.cents, decimalOf(Number(value)));
	if (kind === 'whole') return number(styles.whole, Number(value));
	if (kind === 'day') return number(styles.day, serialOf(String(value)));
	if (kind === 'instant') {
		const [day, time] = localTime(String(value));
		const [hour = 0, minute = 0] = time.split(':').map(Number);
		return number(styles.instant, serialOf(day) + (hour * 60 + minute) / 1440);
	}
	return inline(at, harmlessCell(String(value)), styles.text);
}

const inline = (at: string, text: string, style: number) =>
	`<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${xml(text)}</t></is></c>`;

/** The letters of a column, from 0: A … Z, AA … */
const lettersOf = (index: number): string =>
	(index < 26 ? '' : lettersOf(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26));

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const package_ = 'http://schemas.openxmlformats.org/package/2006';
const widths: Record<CellKind, number> = { text: 26, whole: 11, cents: 15, day: 12, instant: 17 };

async function* sheetXml<Line>({ columns, parts }: Sheet<Line>): AsyncGenerator<string> {
	yield `${head}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`;
	yield columns
		.map(({ kind }, i) => `<col min="${i + 1}" max="${i + 1}" width="${widths[kind]}" customWidth="1"/>`)
		.join('');
	yield `</cols><sheetData><row r="1">${columns.map(({ heading }, i) => inline(`${lettersOf(i)}1`, harmlessCell(heading), styles.heading)).join('')}</row>`;
	const letters = columns.map((_, i) => lettersOf(i));
	let row = 1;
	for await (const lines of parts) {
		let text = '';
		for (const line of lines) {
			row += 1;
			text += `<row r="${row}">${columns.map(({ kind, value }, i) => xlsxCell(`${letters[i]}${row}`, kind, value(line))).join('')}</row>`;
		}
		yield text;
	}
	yield '</sheetData></worksheet>';
}

const sheetPart = (index: number): string => `xl/worksheets/sheet${index + 1}.xml`;
const partType = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** The parts of a workbook beside its sheets. */
function frameOf(titles: readonly string[]): [name: string, text: string][] {
	const relation = (type: string, target: string, id: string) =>
		`<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`;
	const override = (name: string, type: string) =>
		`<Override PartName="/${name}" ContentType="${partType}.${type}+xml"/>`;
	return [
		[
			'[Content_Types].xml',
			`${head}<Types xmlns="${package_}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${override('xl/workbook.xml', 'sheet.main')}${titles.map((_, i) => override(sheetPart(i), 'worksheet')).join('')}${override('xl/styles.xml', 'styles')}</Types>`,
		],
		[
			'_rels/.rels',
			`${head}<Relationships xmlns="${package_}/relationships">${relation('officeDocument', 'xl/workbook.xml', 'rId1')}</Relationships>`,
		],
		[
			'xl/workbook.xml',
			`${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${titles.map((title, i) => `<sheet name="${xml(title.replaceAll(/[[\]:*?/\\]/g, ' ').slice(0, 31))}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`,
		],
		[
			'xl/_rels/workbook.xml.rels',
			`${head}<Relationships xmlns="${package_}/relationships">${titles.map((_, i) => relation('worksheet', `worksheets/sheet${i + 1}.xml`, `rId${i + 1}`)).join('')}${relation('styles', 'styles.xml', `rId${titles.length + 1}`)}</Relationships>`,
		],
		[
			'xl/styles.xml',
			`${head}<styleSheet xmlns="${main}"><numFmts count="3"><numFmt numFmtId="164" formatCode="#,##0.00\\ &quot;€&quot;"/><numFmt numFmtId="165" formatCode="dd\\.mm\\.yyyy"/><numFmt numFmtId="166" formatCode="dd\\.mm\\.yyyy\\ hh:mm"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/><xf xfId="0" numFmtId="165" applyNumberFormat="1"/><xf xfId="0" numFmtId="166" applyNumberFormat="1"/></cellXfs></styleSheet>`,
		],
	];
}

/** A ZIP archive, part after part, each deflated while it is written; sizes follow the data (bit 3), names are UTF-8 (bit 11). */
async function* zipOf(
	parts: Iterable<readonly [name: string, content: AsyncIterable<string> | Iterable<string>]>,
): AsyncGenerator<Buffer> {
	const directory: Buffer[] = [];
	let offset = 0;
	for (const [partName, content] of parts) {
		const name = Buffer.from(partName);
		const counted = { crc: 0, size: 0, packed: 0 };
		const start = offset;
		const header = Buffer.alloc(30);
		header.writeUInt32LE(0x04034b50, 0);
		header.writeUInt16LE(20, 4);
		header.writeUInt16LE(0x0808, 6);
		header.writeUInt16LE(8, 8);
		header.writeUInt32LE(0x00210000, 10);
		header.writeUInt16LE(name.length, 26);
		yield Buffer.concat([header, name]);
		offset += header.length + name.length;
		const deflate = createDeflateRaw({ level: 5 });
		const bytes = async function* (): AsyncGenerator<Buffer> {
			for await (const text of content) {
				const chunk = Buffer.from(text);
				counted.crc = crc32(chunk, counted.crc);
				counted.size += chunk.length;
				yield chunk;
			}
		};
		const packing = pipeline(Readable.from(bytes()), deflate);
		// Awaited below; should reading end before, the reason is already known.
		packing.catch(() => {});
		for await (const chunk of deflate as AsyncIterable<Buffer>) {
			counted.packed += chunk.length;
			yield chunk;
		}
		await packing;
		offset += counted.packed;
		const sizes = Buffer.alloc(16);
		sizes.writeUInt32LE(0x08074b50, 0);
		for (const [i, value] of [counted.crc, counted.packed, counted.size].entries())
			sizes.writeUInt32LE(value, 4 + 4 * i);
		yield sizes;
		offset += sizes.length;
		const entry = Buffer.alloc(46);
		entry.writeUInt32LE(0x02014b50, 0);
		entry.writeUInt16LE(20, 4);
		header.copy(entry, 6, 4, 14);
		sizes.copy(entry, 16, 4);
		entry.writeUInt16LE(name.length, 28);
		entry.writeUInt32LE(start, 42);
		directory.push(entry, name);
	}
	const list = Buffer.concat(directory);
	const end = Buffer.alloc(22);
	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(directory.length / 2, 8);
	end.writeUInt16LE(directory.length / 2, 10);
	end.writeUInt32LE(list.length, 12);
	end.writeUInt32LE(offset, 16);
	yield Buffer.concat([list, end]);
}

/**
 * A list as a file: CSV (with byte order mark, CRLF, and semicolons in German) or XLSX (one sheet, first line frozen). Text that could
 * be a formula is made harmless. An error while lines are read breaks the stream off, so that no file looks whole that is not.
 */
export function spreadsheetOf<Line>(format: SheetFormat, sheet: Sheet<Line>): Readable {
	if (format === 'csv') return Readable.from(csvLines(sheet), { objectMode: false });
	return workbookOf([sheet]);
}

/** A workbook of several sheets, the first line of each frozen. Text that could be a formula is made harmless. */
export function workbookOf<Line>(sheets: readonly Sheet<Line>[]): Readable {
	const frame = frameOf(sheets.map(({ title }) => title)).map(([name, text]) => [name, [text]] as const);
	const parts = sheets.map((sheet, i) => [sheetPart(i), sheetXml(sheet)] as const);
	return Readable.from(zipOf([...frame, ...parts]), { objectMode: false });
}
