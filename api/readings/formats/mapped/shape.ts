// The shape of a table: what is the same in every file that a portal exports, so that a profile made once is found again.
import { createHash } from 'node:crypto';
import { cellsOf, type Separator, textOf } from '../csv/cells.ts';
import { firstRowOf, linesOf } from '../csv/layout.ts';
import { isNumeric } from '../csv/numbers.ts';
import { stampColumnsOf } from '../csv/columns.ts';

/** A table as far as its shape goes: separator, header (null without), index of the first row, its cells. */
export type TableShape = {
	shape: string;
	separator: Separator;
	headerLine: number | null;
	header: string[];
	first: number;
};

/**
 * The shape of the table that begins like this: a hash of its separator and its header, dates and white space left out, or
 * of what its columns hold where it has none. Undefined if no line of it is a row with a time and something else.
 */
export function shapeOf(head: Buffer): TableShape | undefined {
	const lines = linesOf(head);
	const row = firstRowOf(lines);
	if (!row) return undefined;
	const { separator, index } = row;
	const width = cellsOf(lines[index] as string, separator).length;
	let at = index - 1;
	while (at >= 0 && !isHeaderLine(lines[at] as string, separator, width)) at--;
	const header = at < 0 ? [] : cellsOf((lines[at] as string).replace(/^#\s*/, ''), separator).map(textOf);
	const kinds = cellsOf(lines[index] as string, separator).map(kindOf);
	const said = at < 0 ? kinds : header.map(normalisedName);
	const shape = createHash('sha256')
		.update([separator, ...said].join('\u001f'))
		.digest('hex')
		.slice(0, 32);
	return { shape, separator, headerLine: at < 0 ? null : at + 1, header, first: index };
}

/** A header stands close above the data, is about as wide, and holds names. */
function isHeaderLine(line: string, separator: Separator, width: number): boolean {
	const cells = cellsOf(line, separator).map(textOf);
	const filled = cells.filter((cell) => cell !== '');
	return filled.length >= 2 && filled.length * 2 >= width && filled.filter(isNumeric).length * 2 < filled.length;
}

function normalisedName(name: string): string {
	return name
		.toLowerCase()
		.replace(/\d{1,4}[./-]\d{1,2}[./-]\d{1,4}/g, '')
		.replace(/\s+/g, ' ')
		.trim();
}

function kindOf(cell: string): string {
	if (stampColumnsOf([cell])) return 'stamp';
	return isNumeric(cell) ? 'number' : 'text';
}
