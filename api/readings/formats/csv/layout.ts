// Finds out how a CSV of quarter-hours is laid out, from its first mebibyte: separator, columns, clock, slot length, decimal mark.
import { Refusal } from '../../../values/refusal.ts';
import { excerpt, kindOfUnit, type SlotMinutes, slotLengthOf } from '../../rules.ts';
import type { Warning } from '../format.ts';
import { cellsOf, type Separator, separators, textOf } from './cells.ts';
import { isHeader, Metadata, type Preamble, type StampColumns, stampColumnsOf, type ValueColumn, valueColumnsOf, wantsToBeData } from './columns.ts';
import { decimalsOf, isNumeric, type Mark, markOf } from './numbers.ts';
import { isLeftOut, offsetAt, type Stamp, StampReader, type Zone } from './stamps.ts';

/** How to read the rows of one file. */
export type Layout = {
	separator: Separator;
	/** Line of the first row of data, from 1. */
	firstLine: number;
	stamps: StampColumns;
	values: ValueColumn[];
	/** Columns that name metering point, channel and unit row by row, if there are such. */
	meteringPoint: number | null;
	obis: number | null;
	unit: number | null;
	/** Cells a row must have at least and may have at most. */
	cells: { least: number; most: number };
	slotMinutes: SlotMinutes;
	mark: Mark | null;
	/** Digits behind the mark where all values have the same number of them; else 0. */
	decimals: number;
	zone: Zone;
	/** Stamps name the end of their slot. */
	ends: boolean;
	descending: boolean;
	warnings: Warning[];
};

type Row = { line: number; cells: string[]; stamp: Stamp };

const sampledLines = 60_000;

/** A head this long is not the whole file. */
const headBytes = 1_048_576;

/** Lines of the head (bytes as characters), the last one only if the file ends there. */
export function linesOf(head: Buffer): string[] {
	const bom = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
	const text = head.toString('latin1', bom ? 3 : 0);
	const lines = text.split(text.includes('\n') ? /\r?\n/ : /\r/, sampledLines);
	if (head.length >= headBytes) lines.pop();
	return lines;
}

/** Separator and first row of data; undefined if no line looks like one. */
export function firstRowOf(lines: readonly string[]): { separator: Separator; index: number; stamps: StampColumns } | undefined {
	const told = /^"?sep=(.)"?\s*$/i.exec(lines[0] ?? '')?.[1] ?? (lines[0] === 'sep=\t' ? '\t' : undefined);
	const possible = separators.filter((separator) => told === undefined || separator === told);
	const looked = lines.slice(0, 200);
	let best: { separator: Separator; index: number; stamps: StampColumns; rows: number } | undefined;
	for (const separator of possible) {
		let index = -1;
		let rows = 0;
		let stamps: StampColumns | undefined;
		looked.forEach((line, i) => {
			const cells = cellsOf(line, separator);
			const own = cells.length > 1 && cells.length < 500 ? stampColumnsOf(cells) : undefined;
			// Behind the stamp, or before it, there is room for a value.
			if (!own || cells.length - (own.last - own.date + 1) < 1) return;
			const values = cells.filter((cell, column) => (column < own.date || column > own.last) && (/\d/.test(cell) || cell.trim() === '' || cell.trim() === '-'));
			if (values.length === 0 || (own.date > 0 && !cells.slice(0, own.date).every((cell) => /\d|^\s*$/.test(cell)))) return;
			if (index < 0) {
				index = i;
				stamps = own;
			}
			rows++;
		});
		if (stamps && (!best || rows > best.rows)) best = { separator, index, stamps, rows };
	}
	return best;
}

/**
 * The layout of the file that begins like this. Refuses readings.unknown-format, -bad-row and -bad-time (a broken first
 * row), -ambiguous-columns, -bad-unit, -bad-metering-point, -no-values, -no-slot, -not-electricity, each with its line.
 */
export function layoutOf(head: Buffer): Layout {
	const lines = linesOf(head);
	const first = firstRowOf(lines);
	if (!first) throw new Refusal('invalid', 'readings.unknown-format', { found: 'text', line: 1 });
	const { separator, index, stamps } = first;
	const preamble = preambleOf(lines.slice(0, index), separator);
	for (const { line, cells } of preamble) {
		if (wantsToBeData(cells, stamps)) {
			const code = stampColumnsOf(cells) ? 'readings.bad-number' : 'readings.bad-time';
			throw new Refusal('invalid', code, { line, text: excerpt(textOf(lines[line - 1] ?? '')) });
		}
	}
	const header = preamble.slice(-3).findLast((candidate) => isHeader(candidate, stamps));
	const unitRow = header && preamble.find(({ line }) => line === header.line + 1);
	const metadata = new Metadata(preamble.filter((candidate) => candidate !== header && candidate !== unitRow));
	const medium = metadata.find(/^(medium|sparte|energieart|energieträger)$/i);
	if (medium && !/strom|elektr|electric|power/i.test(medium.text)) {
		throw new Refusal('invalid', 'readings.not-electricity', { line: medium.line, medium: excerpt(medium.text) });
	}
	const rows = rowsOf(lines, index, separator, stamps);
	const columns = valueColumnsOf(rows.slice(0, 5000).map(({ cells }) => cells), { stamps, header, unitRow, metadata, line: header?.line ?? index + 1 });
	const warnings: Warning[] = [];
	const line = header?.line ?? index + 1;
	if (columns.ignored.length > 0) {
		warnings.push({ code: 'readings.columns-ignored', values: { line, columns: excerpt(columns.ignored.join(', ')) } });
	}
	if (columns.assumedUnit) warnings.push({ code: 'readings.unit-assumed', values: { line, unit: columns.values[0]?.unit === 'kw' ? 'kW' : 'kWh' } });
	const slotMinutes = slotOf(rows, index + 1);
	const power = columns.values.find(({ unit }) => kindOfUnit(unit).power);
	if (power && slotMinutes === 1440) throw new Refusal('invalid', 'readings.bad-unit', { line, text: 'kW' });
	const values = rows.slice(0, 5000).flatMap(({ cells }) => columns.values.map(({ column }) => cells[column] ?? ''));
	const mark = markOf(values);
	const stampName = [stamps.date, ...(stamps.time === null ? [] : [stamps.time])].map((column) => header?.cells[column] ?? '').join(' ');
	const zone = zoneOf(rows, slotMinutes, `${metadata.find(/zeitzone|time ?zone|zeitbasis/i)?.text ?? ''} ${stampName}`, warnings);
	const descending = isDescending(rows, columns.meteringPoint);
	return {
		separator,
		firstLine: index + 1,
		stamps,
		...columns,
		cells: { least: Math.max(...columns.values.map(({ column }) => column), stamps.last) + 1, most: rows.reduce((most, { cells }) => Math.max(most, cells.length), 0) },
		slotMinutes,
		mark,
		decimals: mark ? fixedDecimals(values, mark) : 0,
		zone,
		ends: endsOf(rows, { stamps, stampName, slotMinutes, zone, whole: head.length < headBytes, descending, warnings }),
		descending,
		warnings,
	};
}

function preambleOf(lines: readonly string[], separator: Separator): Preamble[] {
	return lines
		.map((line, i) => ({ line: i + 1, cells: cellsOf(line, separator).map(textOf) }))
		.filter(({ line, cells }) => cells.some((cell) => cell !== '') && !(line === 1 && /^"?sep=/i.test(lines[0] ?? '')));
}

/** The rows of the head that can be read; what cannot is refused later, by its line. */
function rowsOf(lines: readonly string[], from: number, separator: Separator, stamps: StampColumns): Row[] {
	const reader = new StampReader();
	const rows: Row[] = [];
	for (let i = from; i < lines.length; i++) {
		const cells = cellsOf(lines[i] as string, separator);
		const stamp = cells.length > stamps.last ? reader.of(cells[stamps.date] as string, stamps.time === null ? undefined : cells[stamps.time]) : undefined;
		if (stamp) rows.push({ line: i + 1, cells, stamp });
	}
	return rows;
}

function slotOf(rows: readonly Row[], line: number): SlotMinutes {
	if (rows.every(({ stamp }) => !stamp.timed)) return 1440;
	const slot = slotLengthOf(rows.map(({ stamp }) => stamp.wall));
	if (!slot) throw new Refusal('invalid', 'readings.no-slot', { line });
	return slot;
}

function fixedDecimals(values: readonly string[], mark: Mark): number {
	const counts = new Set(values.filter(isNumeric).map((value) => decimalsOf(value, mark)));
	return values.length > 10 && counts.size === 1 ? Math.max(...counts) : 0;
}

/** Which clock the stamps follow: what the file says, else German time, unless it has the hour that German time leaves out. */
function zoneOf(rows: readonly Row[], slotMinutes: SlotMinutes, told: string, warnings: Warning[]): Zone {
	if (slotMinutes === 1440) return 'berlin';
	if (/\b(utc|gmt)\b(?!\s*[+-]\s*0?[1-9])/i.test(told)) return 'utc';
	if (/\b(MEZ|CET)\b|utc\s*\+\s*0?1\b|winterzeit|normalzeit/i.test(told) && !/MESZ|CEST|sommer|berlin/i.test(told)) return 'cet';
	const leftOut = rows.filter(({ stamp }) => stamp.instant === null && stamp.wall % 60 !== 0 && isLeftOut(stamp.wall));
	const perHour = 60 / slotMinutes - 1;
	if (perHour > 0 && leftOut.length >= perHour) {
		warnings.push({ code: 'readings.winter-time-assumed', values: { line: leftOut[0]?.line ?? 1 } });
		return 'cet';
	}
	return 'berlin';
}

function isDescending(rows: readonly Row[], point: number | null): boolean {
	let down = 0;
	let up = 0;
	for (let i = 1; i < Math.min(rows.length, 2000); i++) {
		const [before, row] = [rows[i - 1] as Row, rows[i] as Row];
		if (point !== null && before.cells[point] !== row.cells[point]) continue;
		if (row.stamp.wall < before.stamp.wall) down++;
		else if (row.stamp.wall > before.stamp.wall) up++;
	}
	return down > up * 10;
}

type EndQuestion = {
	stamps: StampColumns;
	stampName: string;
	slotMinutes: SlotMinutes;
	zone: Zone;
	whole: boolean;
	descending: boolean;
	warnings: Warning[];
};

function clockOf(wall: number): number {
	return ((wall % 1440) + 1440) % 1440;
}

/** The German wall clock of a stamp. */
function localOf({ wall, instant }: Stamp, zone: Zone): number {
	if (instant === null && zone === 'berlin') return wall;
	const minute = instant ?? (zone === 'utc' ? wall : wall - 60);
	return minute + offsetAt(minute);
}

/** Whether stamps name the end of their slot: what the file says, 24:00, or where the first and last day begin and end. */
function endsOf(
	rows: readonly Row[],
	{ stamps, stampName, slotMinutes, zone, whole, descending, warnings }: EndQuestion,
): boolean {
	if (slotMinutes === 1440 || stamps.explicitStart || rows.some(({ stamp }) => stamp.range)) return false;
	if (rows.some(({ stamp }) => stamp.endOfDay)) return true;
	if (/\b(bis|ende|end|to)\b|endzeit|intervallende/i.test(stampName)) return true;
	if (/\b(von|ab|beginn|start|from)\b|startzeit|intervallbeginn/i.test(stampName)) return false;
	const votes = (walls: readonly number[]) => {
		const lowest = clockOf(walls.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY));
		const highest = clockOf(walls.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY));
		// A head of a longer file, newest row first, shows the end of the file only, else its beginning.
		const beginning = whole || !descending ? Number(lowest === slotMinutes) - Number(lowest === 0) : 0;
		const ending = whole || descending ? Number(highest === 0) - Number(highest === 1440 - slotMinutes) : 0;
		return beginning + ending;
	};
	const vote = votes(rows.map(({ stamp }) => localOf(stamp, zone))) || votes(rows.map(({ stamp }) => stamp.wall));
	if (vote !== 0) return vote > 0;
	if (rows.every(({ stamp }) => stamp.instant !== null)) return false;
	const first = rows[0];
	warnings.push({ code: 'readings.stamps-assumed', values: { line: first?.line ?? 1, text: excerpt(first?.cells[stamps.date] ?? '') } });
	return false;
}
