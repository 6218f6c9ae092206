// Tables as they come out of a file, before anything is made of them; and the limits within which a file is opened.
import { knownHeadings } from '../rules/fields.ts';
import type { Row } from '../rules/rows.ts';
import { type Cell, textOf } from '../rules/values.ts';

/** Limits of a file: bytes as sent and when opened, files in a workbook, how far anything may blow up, rows, columns, letters a cell. */
export const fileLimits = {
	...{ sentBytes: 10_000_000, openedBytes: 100_000_000, entries: 200, ratio: 100 },
	...{ rows: 50_000, columns: 200, cellLength: 2_000, sheets: 10 },
} as const;

/** How the bytes of a file were understood. */
export type Encoding = 'utf-8' | 'utf-16' | 'windows-1252' | 'xlsx';

/** A table that was read: headings, and the rows below them that say anything. */
export interface ReadTable {
	sheet: string | null;
	encoding: Encoding;
	headings: string[];
	rows: Row[];
}

/** Why a file cannot be read: the codes of refusals without their feature. */
export type Unreadable = 'file-broken' | 'file-too-large' | 'file-empty' | 'file-not-known' | 'file-old-excel';

/** Thrown while reading; becomes a refusal. */
export class UnreadableFile extends Error {
	readonly reason: Unreadable;
	readonly row: number | null;

	constructor(reason: Unreadable, row: number | null = null) {
		super(reason);
		this.name = 'UnreadableFile';
		this.reason = reason;
		this.row = row;
	}
}

const headingRows = 20;

/**
 * Finds the line of headings among the first lines (the first with two known headings or more, else the first that is not empty) and
 * takes what stands below it. Answers undefined if there is nothing.
 */
export function tableOf(
	lines: readonly (readonly Cell[])[],
	sheet: string | null,
	encoding: Encoding,
): ReadTable | undefined {
	if (lines.length > fileLimits.rows + headingRows) throw new UnreadableFile('file-too-large');
	const filled = (line: readonly Cell[]): boolean => line.some((cell) => textOf(cell) !== '');
	const top = lines.slice(0, headingRows);
	let at = top.findIndex((line) => knownHeadings(line.map(textOf)) >= 2);
	if (at < 0) at = top.findIndex(filled);
	const head = lines[at];
	if (!head) return undefined;
	const last = head.findLastIndex((cell) => textOf(cell) !== '');
	const rows: Row[] = [];
	let width = last + 1;
	for (let i = at + 1; i < lines.length; i++) {
		const line = lines[i] ?? [];
		if (!filled(line)) continue;
		width = Math.max(width, line.findLastIndex((cell) => textOf(cell) !== '') + 1);
		if (line.some((cell) => typeof cell === 'string' && cell.length > fileLimits.cellLength)) {
			throw new UnreadableFile('file-too-large', i + 1);
		}
		rows.push({ row: i + 1, cells: line });
	}
	if (width > fileLimits.columns) throw new UnreadableFile('file-too-large');
	const headings = Array.from({ length: width }, (_, i) => textOf(head[i]).slice(0, 100) || `(${i + 1})`);
	return { sheet, encoding, headings, rows: rows.map(({ row, cells }) => ({ row, cells: cells.slice(0, width) })) };
}
