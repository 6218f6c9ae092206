// Finds out how a CSV of quarter-hours is laid out, from its first mebibyte: separator, columns, clock, slot length, decimal mark.
import { Refusal } from '../../../values/refusal.ts';
import { excerpt, kindOfUnit, type SlotMinutes } from '../../rules.ts';
import type { Warning } from '../format.ts';
import { cellsOf, type Separator, separators, textOf } from './cells.ts';
import { endsOf, isDescending, type Row, slotOf, zoneOf } from './clocks.ts';
import { type StampColumns, stampColumnsOf, type ValueColumn, valueColumnsOf, wantsToBeData } from './columns.ts';
import { decimalsOf, isEmptyCell, isNumeric, type Mark, markOf } from './numbers.ts';
import { isHeader, Metadata, type Preamble } from './preamble.ts';
import { dateOrderOf, StampReader, type Zone } from './stamps.ts';

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
	device: number | null;
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
	dateOrder: 'day-month' | 'month-day';
	/** Numbers that stand for no value; null if there are none. */
	missing: RegExp | null;
	/** Where the series of a device belong that rows name, where somebody has said so. */
	places?: ReadonlyMap<string, { meteringPoint: string | null; obis: string | null }>;
	warnings: Warning[];
};

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
export function firstRowOf(
	lines: readonly string[],
): { separator: Separator; index: number; stamps: StampColumns } | undefined {
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
			const values = cells.filter(
				(cell, column) => (column < own.date || column > own.last) && (/\d/.test(cell) || isEmptyCell(cell)),
			);
			if (values.length === 0 || (own.date > 0 && !cells.slice(0, own.date).every((cell) => /\d|^\s*$/.test(cell))))
				return;
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
	const header =
		preamble.slice(-3).findLast((candidate) => isHeader(candidate, stamps)) ??
		preamble.findLast((candidate) => candidate.line === index && isUnnamed(candidate, stamps));
	const unitRow = header && preamble.find(({ line }) => line === header.line + 1);
	const metadata = new Metadata(preamble.filter((candidate) => candidate !== header && candidate !== unitRow));
	const medium = metadata.find(/^(medium|sparte|energieart|energieträger)$/i);
	if (medium && !/strom|elektr|electric|power/i.test(medium.text)) {
		throw new Refusal('invalid', 'readings.not-electricity', { line: medium.line, medium: excerpt(medium.text) });
	}
	const warnings: Warning[] = [];
	const dateOrder = orderOf(lines.slice(index), { separator, stamps, line: index + 1, warnings });
	const rows = rowsOf(lines, index, { separator, stamps, dateOrder });
	const columns = valueColumnsOf(
		rows.slice(0, 5000).map(({ cells }) => cells),
		{ stamps, header, unitRow, metadata, line: header?.line ?? index + 1 },
	);
	const line = header?.line ?? index + 1;
	if (columns.ignored.length > 0) {
		warnings.push({ code: 'readings.columns-ignored', values: { line, columns: excerpt(columns.ignored.join(', ')) } });
	}
	if (columns.assumedUnit)
		warnings.push({
			code: 'readings.unit-assumed',
			values: { line, unit: unitNames[columns.values[0]?.unit ?? 'kwh'] ?? 'kWh' },
		});
	const slotMinutes = slotOf(rows, index + 1);
	const power = columns.values.find(({ unit }) => kindOfUnit(unit).power);
	if (power && slotMinutes === 1440) throw new Refusal('invalid', 'readings.bad-unit', { line, text: 'kW' });
	const values = rows.slice(0, 5000).flatMap(({ cells }) => columns.values.map(({ column }) => cells[column] ?? ''));
	const mark = markOf(values);
	const stampName = [stamps.date, ...(stamps.time === null ? [] : [stamps.time])]
		.map((column) => header?.cells[column] ?? '')
		.join(' ');
	const zone = zoneOf(
		rows,
		slotMinutes,
		`${metadata.find(/zeitzone|time ?zone|zeitbasis/i)?.text ?? ''} ${stampName}`,
		warnings,
	);
	const descending = isDescending(rows, columns.meteringPoint);
	return {
		separator,
		firstLine: index + 1,
		stamps,
		...columns,
		device: null,
		cells: {
			least: Math.max(...columns.values.map(({ column }) => column), stamps.last) + 1,
			most: rows.reduce((most, { cells }) => Math.max(most, cells.length), 0),
		},
		slotMinutes,
		mark,
		decimals: mark ? fixedDecimals(values.slice(0, -columns.values.length), mark) : 0,
		zone,
		ends: endsOf(rows, { stamps, stampName, slotMinutes, zone, whole: head.length < headBytes, descending, warnings }),
		descending,
		dateOrder,
		missing: null,
		warnings,
	};
}

const unitNames: Readonly<Record<string, string>> = { kw: 'kW', w: 'W', kwh: 'kWh', kvar: 'kvar', kvarh: 'kvarh' };

/** True for a header whose column of stamps has no name (an index that a program wrote): names, no numbers. */
function isUnnamed({ cells }: Preamble, stamps: StampColumns): boolean {
	const others = cells.filter((cell, column) => column !== stamps.date && cell !== '');
	return cells[stamps.date] === '' && others.length > 0 && !others.some(isNumeric);
}

/** Order of day and month in the dates of the rows; says so where nothing tells (readings.date-order-assumed). */
export function orderOf(
	lines: readonly string[],
	{
		separator,
		stamps,
		line,
		warnings,
	}: { separator: Separator; stamps: StampColumns; line: number; warnings: Warning[] },
): 'day-month' | 'month-day' {
	const dates = lines.map((text) => cellsOf(text, separator)[stamps.date] ?? '');
	const { order, isSure } = dateOrderOf(dates);
	if (!isSure) warnings.push({ code: 'readings.date-order-assumed', values: { line, text: excerpt(dates[0] ?? '') } });
	return order;
}

function preambleOf(lines: readonly string[], separator: Separator): Preamble[] {
	return lines
		.map((line, i) => ({ line: i + 1, cells: cellsOf(line, separator).map(textOf) }))
		.filter(({ line, cells }) => cells.some((cell) => cell !== '') && !(line === 1 && /^"?sep=/i.test(lines[0] ?? '')));
}

/** The rows of the head that can be read; what cannot is refused later, by its line. */
export function rowsOf(
	lines: readonly string[],
	from: number,
	{ separator, stamps, dateOrder }: Pick<Layout, 'separator' | 'stamps' | 'dateOrder'>,
): Row[] {
	const reader = new StampReader(dateOrder);
	const rows: Row[] = [];
	for (let i = from; i < lines.length; i++) {
		const cells = cellsOf(lines[i] as string, separator);
		const stamp =
			cells.length > stamps.last
				? reader.of(cells[stamps.date] as string, stamps.time === null ? undefined : cells[stamps.time])
				: undefined;
		if (stamp) rows.push({ line: i + 1, cells, stamp });
	}
	return rows;
}

/** Digits behind the mark where all values have the same number of them, else 0. Asked without the last row: whether that one was cut is what it is for. */
export function fixedDecimals(values: readonly string[], mark: Mark): number {
	const counts = new Set(values.filter(isNumeric).map((value) => decimalsOf(value, mark)));
	return values.length > 10 && counts.size === 1 ? Math.max(...counts) : 0;
}
