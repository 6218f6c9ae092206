// Guesses the mapping profile of a table, and says of each part why, and what else it could be.
import { Refusal } from '../../../values/refusal.ts';
import { isMistypedMaLo, kindOfUnit, meteringPointOf, slotLengthOf } from '../../rules.ts';
import type { Warning } from '../format.ts';
import { cellsOf, textOf } from '../csv/cells.ts';
import { stampColumnsOf, unitIn } from '../csv/columns.ts';
import { type Layout, layoutOf, linesOf, rowsOf } from '../csv/layout.ts';
import { isNumeric, markOf } from '../csv/numbers.ts';
import { dateOrderOf } from '../csv/stamps.ts';
import { headerOf, turbineColumnOf, valueColumnsOf } from '../scada/header.ts';
import type { MappingProfile } from './profile.ts';
import { shapeOf, type TableShape } from './shape.ts';

/** A part of a profile that can be asked about. */
export type ProfilePart = 'values' | 'unit' | 'stamp' | 'zone' | 'mark' | 'dateOrder' | 'slotMinutes';

/**
 * Why a part is as it is: the file says so ('told'), its values show it ('seen'), or files of this kind usually are so
 * ('assumed'). `alternatives` is what else it could be.
 */
export type Reason = { part: ProfilePart; because: 'told' | 'seen' | 'assumed'; alternatives: string[] };

/** A guessed profile with its reasons, the table's shape and its first rows as text. */
export type Guess = {
	shape: string;
	header: string[];
	rows: string[][];
	profile: MappingProfile;
	reasons: Reason[];
};

const shownRows = 12;

/**
 * What the table that begins like this seems to be. Refuses readings.profile-no-rows where no line has a time and a value,
 * readings.no-slot where its times follow no step.
 */
export function guessProfile(head: Buffer): Guess {
	const table = shapeOf(head);
	if (!table) throw new Refusal('invalid', 'readings.profile-no-rows', {});
	const lines = linesOf(head);
	const rows = lines
		.slice(table.first, table.first + shownRows)
		.map((line) => cellsOf(line, table.separator).map(textOf));
	const { profile, reasons } = byTurbines(lines, table) ?? byLayout(head, table) ?? byRows(lines, table);
	return { shape: table.shape, header: table.header, rows, profile, reasons };
}

/** The guess for records of wind turbines, with the turbines that the rows name; undefined for any other table. */
function byTurbines(
	lines: readonly string[],
	table: TableShape,
): { profile: MappingProfile; reasons: Reason[] } | undefined {
	const header = headerOf(lines);
	if (!header || header.separator !== table.separator) return undefined;
	const { separator, names, first, stamps } = header;
	const { order, isSure } = dateOrderOf(lines.slice(first).map((line) => cellsOf(line, separator)[stamps.date] ?? ''));
	const rows = rowsOf(lines, first, { separator, stamps, dateOrder: order });
	const slotMinutes = slotLengthOf(rows.map(({ stamp }) => stamp.wall));
	if (!slotMinutes) return undefined;
	const columns = valueColumnsOf(names);
	const device = turbineColumnOf(names, stamps);
	const turbines = device === null ? [] : [...new Set(rows.map(({ cells }) => textOf(cells[device] ?? '')))];
	const mark = markOf(rows.slice(0, 5000).flatMap(({ cells }) => columns.map(({ column }) => cells[column] ?? '')));
	const profile: MappingProfile = {
		...{ separator, headerLine: table.headerLine, date: stamps.date, time: stamps.time, stamp: 'start', zone: 'utc' },
		...{ dateOrder: order, mark: mark ?? '.', slotMinutes, meteringPoint: null, device },
		values: columns.map(({ column, unit }) => ({ column, unit, status: null, meteringPoint: null, obis: null })),
		devices: turbines.slice(0, 100).map((name) => ({ name, meteringPoint: null, obis: null })),
	};
	const warnings: Warning[] = isSure ? [] : [{ code: 'readings.date-order-assumed', values: {} }];
	return {
		profile,
		reasons: reasonsOf(profile, [...warnings, { code: 'readings.stamps-assumed', values: {} }], mark !== null),
	};
}

/** The guess that the reader of load profiles makes; undefined where it refuses the table. */
function byLayout(head: Buffer, table: TableShape): { profile: MappingProfile; reasons: Reason[] } | undefined {
	let layout: Layout;
	try {
		layout = layoutOf(head);
	} catch (error) {
		if (error instanceof Refusal) return undefined;
		throw error;
	}
	const profile: MappingProfile = {
		...{ separator: table.separator, headerLine: table.headerLine },
		...{ date: layout.stamps.date, time: layout.stamps.time, stamp: layout.ends ? 'end' : 'start' },
		...{ zone: layout.zone, dateOrder: layout.dateOrder, mark: layout.mark ?? ',', slotMinutes: layout.slotMinutes },
		...{ meteringPoint: layout.meteringPoint, device: null, devices: [] },
		values: layout.values.map(({ column, unit, status, meteringPoint, obis }) => ({
			...{ column, unit, status, obis },
			meteringPoint: layout.meteringPoint === null ? meteringPoint : null,
		})),
	};
	return { profile, reasons: reasonsOf(profile, layout.warnings, layout.mark !== null) };
}

function reasonsOf(profile: MappingProfile, warnings: readonly Warning[], isMarkSeen: boolean): Reason[] {
	const isSaid = (code: string) => warnings.some((warning) => warning.code === code);
	return [
		{ part: 'values', because: 'seen', alternatives: [] },
		{
			part: 'unit',
			because: isSaid('readings.unit-assumed') ? 'assumed' : 'told',
			alternatives: unitAlternatives(profile),
		},
		{
			part: 'stamp',
			because: isSaid('readings.stamps-assumed') ? 'assumed' : 'seen',
			alternatives: [profile.stamp === 'start' ? 'end' : 'start'],
		},
		{
			part: 'zone',
			because: isSaid('readings.winter-time-assumed') ? 'seen' : profile.zone === 'berlin' ? 'assumed' : 'told',
			alternatives: ['berlin', 'utc', 'cet'].filter((zone) => zone !== profile.zone),
		},
		{ part: 'mark', because: isMarkSeen ? 'seen' : 'assumed', alternatives: [profile.mark === ',' ? '.' : ','] },
		{
			part: 'dateOrder',
			because: isSaid('readings.date-order-assumed') ? 'assumed' : 'seen',
			alternatives: [profile.dateOrder === 'day-month' ? 'month-day' : 'day-month'],
		},
		{ part: 'slotMinutes', because: 'seen', alternatives: [] },
	];
}

function unitAlternatives({ values }: MappingProfile): string[] {
	const unit = values[0]?.unit ?? 'kwh';
	const units = kindOfUnit(unit).of === 'kWh' ? ['kwh', 'kw', 'wh', 'w', 'mwh'] : ['kvarh', 'kvar'];
	return units.filter((one) => one !== unit);
}

/** A guess by what the columns hold: the first column of numbers, or all whose name has a unit. */
function byRows(lines: readonly string[], table: TableShape): { profile: MappingProfile; reasons: Reason[] } {
	const { separator, first, header } = table;
	const cells = lines.slice(first, first + 500).map((line) => cellsOf(line, separator));
	const stamps = stampColumnsOf(cells[0] ?? []);
	if (!stamps) throw new Refusal('invalid', 'readings.profile-no-rows', {});
	const { order, isSure } = dateOrderOf(cells.map((row) => row[stamps.date] ?? ''));
	const rows = rowsOf(lines, first, { separator, stamps, dateOrder: order });
	const slotMinutes = rows.every(({ stamp }) => !stamp.timed)
		? 1440
		: slotLengthOf(rows.map(({ stamp }) => stamp.wall));
	if (!slotMinutes) throw new Refusal('invalid', 'readings.no-slot', { line: first + 1 });
	const width = Math.max(...cells.map((row) => row.length));
	const columns = Array.from({ length: width }, (_, column) => column).filter(
		(column) => column < stamps.date || column > stamps.last,
	);
	const most = (column: number, test: (cell: string) => boolean) => {
		const filled = cells.map((row) => textOf(row[column] ?? '')).filter((cell) => cell !== '');
		return filled.length > 0 && filled.filter(test).length * 2 > filled.length;
	};
	const isPoint = (cell: string) =>
		/^([A-Z]{2}[0-9A-Z]{31}|\d{11})$/.test(cell) && !isMistypedMaLo(meteringPointOf(cell) ?? '');
	const meteringPoint = columns.find((column) => most(column, isPoint)) ?? null;
	const numeric = columns.filter((column) => column !== meteringPoint && most(column, isNumeric));
	const named = numeric.filter((column) => unitIn(header[column] ?? ''));
	const chosen = named.length > 0 ? named : numeric.slice(0, 1);
	if (chosen.length === 0) throw new Refusal('invalid', 'readings.profile-no-rows', {});
	const mark = markOf(cells.flatMap((row) => chosen.map((column) => row[column] ?? '')));
	const profile: MappingProfile = {
		...{
			separator,
			headerLine: table.headerLine,
			date: stamps.date,
			time: stamps.time,
			stamp: 'start',
			zone: 'berlin',
		},
		...{ dateOrder: order, mark: mark ?? ',', slotMinutes, meteringPoint, device: null, devices: [] },
		values: chosen.map((column) => ({
			...{ column, unit: unitIn(header[column] ?? '') ?? 'kwh', status: null, meteringPoint: null, obis: null },
		})),
	};
	const warnings: Warning[] = [
		...(named.length === 0 ? [{ code: 'readings.unit-assumed', values: {} }] : []),
		...(isSure ? [] : [{ code: 'readings.date-order-assumed', values: {} }]),
		{ code: 'readings.stamps-assumed', values: {} },
	];
	const reasons = reasonsOf(profile, warnings, mark !== null);
	const others = numeric
		.filter((column) => !chosen.includes(column))
		.map((column) => header[column] || String(column + 1));
	return {
		profile,
		reasons: reasons.map((one) => (one.part === 'values' ? { ...one, because: 'assumed', alternatives: others } : one)),
	};
}
