// Makes small workbooks for the tests of readings: cells of every kind, with the parts a spreadsheet program writes.
import { strToU8, zipSync } from 'fflate';

/** A cell: number, text, a date as serial number with one of the formats, a formula with its stored result. */
export type Cell =
	| number
	| string
	| null
	| { serial: number; format: 'date' | 'time' | 'both' }
	| { formula: string; result?: string | number };

export type SheetOf = { name: string; rows: readonly (readonly Cell[])[]; xml?: string; hidden?: boolean };

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

export function letters(column: number): string {
	return (column < 26 ? '' : letters(Math.floor(column / 26) - 1)) + String.fromCharCode(65 + (column % 26));
}

/** A serial number of an instant on the wall clock (minutes since 1970 of that clock). */
export function serialOf(wallMinute: number): number {
	return wallMinute / 1440 + 25_569;
}

/** Bytes of a workbook. Texts go to the shared ones, every third inline. */
export function workbook(sheets: readonly SheetOf[], extra: Record<string, string | Uint8Array> = {}): Buffer {
	const strings: string[] = [];
	const index = new Map<string, number>();
	const styles = { date: 1, time: 2, both: 3 };
	let texts = 0;
	const cellXml = (cell: Cell, at: string): string => {
		if (cell === null) return `<c r="${at}" s="1"/>`;
		if (typeof cell === 'number') return `<c r="${at}"><v>${cell}</v></c>`;
		if (typeof cell === 'string') {
			if (texts++ % 3 === 0)
				return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
			const known = index.get(cell) ?? strings.push(cell) - 1;
			index.set(cell, known);
			return `<c r="${at}" t="s"><v>${known}</v></c>`;
		}
		if ('serial' in cell) return `<c r="${at}" s="${styles[cell.format]}"><v>${cell.serial}</v></c>`;
		const { formula, result } = cell;
		const value = result === undefined ? '' : `<v>${typeof result === 'string' ? escaped(result) : result}</v>`;
		return `<c r="${at}"${typeof result === 'string' ? ' t="str"' : ''}><f>${escaped(formula)}</f>${value}</c>`;
	};
	const parts: Record<string, Uint8Array> = {};
	sheets.forEach(({ rows, xml }, n) => {
		const lines = rows.map(
			(row, r) => `<row r="${r + 1}">${row.map((cell, c) => cellXml(cell, `${letters(c)}${r + 1}`)).join('')}</row>`,
		);
		parts[`xl/worksheets/sheet${n + 1}.xml`] = strToU8(
			xml ??
				`<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>${lines.join('')}</sheetData></worksheet>`,
		);
	});
	const list = sheets.map(
		({ name, hidden }, n) =>
			`<sheet name="${escaped(name)}" sheetId="${n + 1}"${hidden ? ' state="hidden"' : ''} r:id="rId${n + 1}"/>`,
	);
	parts['xl/workbook.xml'] = strToU8(
		`<workbook xmlns="x" xmlns:r="y"><workbookPr/><sheets>${list.join('')}</sheets></workbook>`,
	);
	parts['xl/_rels/workbook.xml.rels'] = strToU8(
		`<Relationships>${sheets.map((_, n) => `<Relationship Id="rId${n + 1}" Target="worksheets/sheet${n + 1}.xml"/>`).join('')}</Relationships>`,
	);
	parts['xl/styles.xml'] = strToU8(
		'<styleSheet><numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy\\ hh:mm"/><numFmt numFmtId="171" formatCode="#,##0.000\\ &quot;kWh&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="20"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>',
	);
	parts['xl/sharedStrings.xml'] = strToU8(
		`<sst>${strings.map((text) => `<si><t>${escaped(text)}</t></si>`).join('')}</sst>`,
	);
	for (const [name, content] of Object.entries(extra))
		parts[name] = typeof content === 'string' ? strToU8(content) : content;
	return Buffer.from(zipSync(parts));
}
