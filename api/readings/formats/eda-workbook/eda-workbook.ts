// Report of the Austrian EDA portal (sheet 'Energiedaten'): a column per metering point and kind of energy, labels in the first column.
import { Refusal } from '../../../values/refusal.ts';
import { excerpt, isMistypedMaLo, meteringPointOf } from '../../rules.ts';
import { cellsOf, type Separator, textOf } from '../csv/cells.ts';
import { slotOf } from '../csv/clocks.ts';
import type { ValueColumn } from '../csv/columns.ts';
import { type Layout, linesOf, rowsOf } from '../csv/layout.ts';
import { isNumeric, markOf } from '../csv/numbers.ts';
import { readRows } from '../csv/rows.ts';
import { stampColumnsOf } from '../csv/columns.ts';
import { edaChannelOf } from '../eda/codes.ts';
import type { Facts, Format, Input, Sink, Warning } from '../format.ts';

/**
 * Report rows of an energy community, from a workbook (as text) or a CSV of it, with or without a column of quality (L1
 * measured, L2 substitute, L3 estimated) beside each value. Stamps are starts of quarter-hours in Austrian time; the four
 * of the hour that happens twice are told apart by their order. An empty cell is missing, also where the report says
 * that there is no data. Columns of totals are left out; shares and own coverage are channels no production is read from.
 * Warnings: readings.report-incomplete {count} (Data Completeness INCOMPLETE), readings.columns-ignored, -shares-apart.
 * Refuses readings.bad-metering-point, -no-values, -no-slot and what `readRows` refuses.
 */
export const edaWorkbook: Format = { name: 'eda-workbook', recognise, read };

/** Labels of the first column that only such a report has. */
const labels = {
	point: /^metering ?point ?id$|^zählpunkt/i,
	code: /^meter ?code$/i,
	completeness: /complete|vollständig/i,
};

type Report = { separator: Separator; rows: Map<string, string[]>; line: number; first: number };

function recognise(head: Buffer): number {
	return reportOf(linesOf(head.subarray(0, 262_144))) ? 0.95 : 0;
}

/** The labelled rows above the data; undefined if the file is no such report. */
function reportOf(lines: readonly string[]): Report | undefined {
	const at = lines
		.slice(0, 40)
		.findIndex((line) => labels.point.test(textOf(cellsOf(line, '\t')[0]?.split(';')[0] ?? '')));
	const separator = (['\t', ';', ','] as const).find((one) => (lines[at] ?? '').includes(one));
	if (at < 0 || !separator) return undefined;
	const rows = new Map<string, string[]>();
	for (let i = at; i < Math.min(lines.length, at + 40); i++) {
		const cells = cellsOf(lines[i] as string, separator).map(textOf);
		if (stampColumnsOf(cells)?.date === 0)
			return [...rows.keys()].some((label) => labels.code.test(label))
				? { separator, rows, line: at + 1, first: i }
				: undefined;
		if (cells[0]) rows.set(cells[0], cells);
	}
	return undefined;
}

function rowOf({ rows }: Report, label: RegExp): string[] {
	return [...rows].find(([name]) => label.test(name))?.[1] ?? [];
}

/** Kinds of energy by the words of the report, and the meter codes they stand for. */
const kinds: readonly [RegExp, string][] = [
	[/teilnahmefaktor.*verbrauch|verbrauch.*teilnahmefaktor/i, '1-1:1.9.0 G.01T'],
	[/teilnahmefaktor.*erzeugung|erzeugung.*teilnahmefaktor/i, '1-1:2.9.0 G.01T'],
	[/restüberschuss/i, '1-1:2.9.0 P.01T'],
	[/überschuss/i, '1-1:2.9.0 P.01'],
	[/eigendeckung.*erneuerbar/i, '1-1:2.9.0 G.03R'],
	[/eigendeckung/i, '1-1:2.9.0 G.03'],
	[/anteil/i, '1-1:2.9.0 G.02'],
	[/gesamtverbrauch|verbrauch lt\. messung/i, '1-1:1.9.0 G.01'],
	[/gesamte? (gemeinschaftliche )?erzeugung|erzeugung lt\. messung/i, '1-1:2.9.0 G.01'],
];

async function read(input: Input, sink: Sink): Promise<Facts> {
	const lines = linesOf(input.head);
	const report = reportOf(lines) as Report;
	const { separator, first, line } = report;
	const stamps = { date: 0, time: null, explicitStart: true, last: 0 };
	const rows = rowsOf(lines, first, { separator, stamps, dateOrder: 'day-month' });
	const cells = rows.slice(0, 2000).map((row) => row.cells.map(textOf));
	const warnings: Warning[] = [];
	const values = columnsOf(report, cells, warnings);
	if (values.length === 0) throw new Refusal('invalid', 'readings.no-values', { line });
	const incomplete = rowOf(report, labels.completeness).filter((cell) =>
		/^incomplete|^unvollständig/i.test(cell),
	).length;
	if (incomplete > 0) warnings.push({ code: 'readings.report-incomplete', values: { line, count: incomplete } });
	const layout: Layout = {
		...{ separator, firstLine: first + 1, stamps, values, warnings, dateOrder: 'day-month', zone: 'berlin' },
		...{ meteringPoint: null, obis: null, unit: null, device: null, decimals: 0, ends: false, descending: false },
		slotMinutes: slotOf(rows, first + 1),
		mark: markOf(cells.flatMap((row) => values.map(({ column }) => row[column] ?? ''))),
		// Rows of a sheet end at their last filled cell.
		cells: { least: 1, most: Math.max(...values.map(({ column }) => column), ...rows.map((row) => row.cells.length)) },
		missing: /^keine daten|^n\.?v\.?$|^no data/i,
	};
	const hasQuality = values.some(({ status }) => status !== null);
	return readRows(input, sink, layout, hasQuality ? 'with quality' : 'without quality', 'EDA');
}

function columnsOf(report: Report, rows: readonly string[][], warnings: Warning[]): ValueColumn[] {
	const [points, codes] = [rowOf(report, labels.point), rowOf(report, labels.code)];
	const width = Math.max(points.length, codes.length, ...rows.map((row) => row.length));
	const filled = (column: number) => rows.map((row) => row[column] ?? '').filter((cell) => cell !== '');
	const isQuality = (column: number) => {
		const own = filled(column);
		const named = /^(mm|qualität|quality|messmethode|güte|qov)\b/i.test(codes[column] ?? '');
		return named || (own.length > 0 && own.every((cell) => /^L[0-3]$/i.test(cell)));
	};
	const found: ValueColumn[] = [];
	const ignored: string[] = [];
	const apart = new Map<string, number>();
	for (let column = 1; column < width; column++) {
		const [point = '', code = ''] = [points[column], codes[column]];
		if (isQuality(column) || (point === '' && code === '')) continue;
		const kind = kinds.find(([words]) => words.test(code))?.[1];
		const channel = edaChannelOf(kind ?? code);
		if (/^(total|summe|gesamt)$/i.test(point)) continue;
		if (!channel || (point === '' && !filled(column).some(isNumeric))) {
			ignored.push(code || point);
			continue;
		}
		const meteringPoint = meteringPointOf(point);
		if (!meteringPoint || isMistypedMaLo(meteringPoint))
			throw new Refusal('invalid', 'readings.bad-metering-point', { line: report.line, text: excerpt(point) });
		if (channel.apart) apart.set(kind ?? code, (apart.get(kind ?? code) ?? 0) + filled(column).length);
		const status = isQuality(column + 1) ? column + 1 : null;
		found.push({ column, status, unit: 'kwh', meteringPoint, obis: channel.obis, device: null, signed: false });
	}
	if (ignored.length > 0)
		warnings.push({
			code: 'readings.columns-ignored',
			values: { line: report.line, columns: excerpt(ignored.join(', ')) },
		});
	if (apart.size > 0) {
		const count = [...apart.values()].reduce((sum, one) => sum + one, 0);
		const all = excerpt([...apart.keys()].join(', '));
		warnings.push({ code: 'readings.shares-apart', values: { line: report.line, codes: all, count } });
	}
	return found;
}
