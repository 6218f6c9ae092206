// Which column of a CSV means what: stamps, values, quality, and the ids that head them.
import { normalised } from '../../../values/identifiers.ts';
import { Refusal } from '../../../values/refusal.ts';
import {
	channelKindOf,
	excerpt,
	isMistypedMaLo,
	kindOfUnit,
	meteringPointOf,
	obisOf,
	rankOfStatus,
	type Unit,
	unitOf,
} from '../../rules.ts';
import { textOf } from './cells.ts';
import { isEmptyCell, isNumeric } from './numbers.ts';
import { type Metadata, names, type Preamble } from './preamble.ts';
import { type Stamp, StampReader } from './stamps.ts';

/** Where a row keeps its stamp; `time` is null if date and time stand in one cell, `explicitStart` if an end stands beside it. */
export type StampColumns = { date: number; time: number | null; explicitStart: boolean; last: number };

/** A column of values. Null for what the column does not say. */
export type ValueColumn = {
	column: number;
	status: number | null;
	unit: Unit;
	meteringPoint: string | null;
	obis: string | null;
	/** Name of the column where several columns are told apart by nothing else. */
	device: string | null;
	/** True where values below zero are taken as they are: nobody knows yet what the column counts, or it is net power. */
	signed: boolean;
};

/** Where the stamp of a row is, if that row is one of data. */
export function stampColumnsOf(cells: readonly string[]): StampColumns | undefined {
	const reader = new StampReader();
	const stamps = (column: number, time?: number): Stamp | undefined =>
		reader.of(cells[column] as string, time === undefined ? undefined : cells[time]);
	for (let column = 0; column < cells.length; column++) {
		const own = stamps(column);
		if (!own) continue;
		const timed = own.timed ? null : column + 1 < cells.length && stamps(column, column + 1)?.timed ? column + 1 : null;
		let last = timed ?? column;
		let explicitStart = false;
		// A second stamp behind the first: date, from, to — or from (date, time), to (date, time).
		for (let next = last + 1; next < cells.length; next++) {
			const isTime = (own.timed || timed !== null) && isTimeCell(cells[next] as string);
			if (!isTime && !(own.timed || timed !== null ? stamps(next) : undefined)) break;
			last = next;
			explicitStart = true;
		}
		return { date: column, time: timed, explicitStart, last };
	}
	return undefined;
}

function isTimeCell(cell: string): boolean {
	return /^\s*\d{1,2}[ABab]?:\d\d(:\d\d)?[ABab]?\s*$/.test(cell);
}

/** Columns of the values, and those that name metering point, channel and unit row by row. */
export type ValueColumns = {
	values: ValueColumn[];
	meteringPoint: number | null;
	obis: number | null;
	unit: number | null;
	ignored: string[];
	assumedUnit: boolean;
};

type Described = {
	column: number;
	name: string;
	unit: Unit | undefined;
	meteringPoint: string | null;
	obis: string | null;
	device: string | null;
};

/** Sorts the columns out. Refuses readings.ambiguous-columns, readings.bad-metering-point, readings.bad-unit with the line. */
export function valueColumnsOf(
	rows: readonly string[][],
	{
		stamps,
		header,
		unitRow,
		metadata,
		line,
	}: {
		stamps: StampColumns;
		header: Preamble | undefined;
		unitRow: Preamble | undefined;
		metadata: Metadata;
		line: number;
	},
): ValueColumns {
	const width = Math.max(...rows.map((row) => row.length));
	const found: ValueColumns = {
		values: [],
		meteringPoint: null,
		obis: null,
		unit: null,
		ignored: [],
		assumedUnit: false,
	};
	const statuses: number[] = [];
	const candidates: Described[] = [];
	for (let column = 0; column < width; column++) {
		if (column >= stamps.date && column <= stamps.last) continue;
		const name = header?.cells[column] ?? '';
		const filled = rows.map((row) => textOf(row[column] ?? '')).filter((cell) => !isEmptyCell(cell));
		// Most, not all: a broken cell is refused by its line and does not change what the column is.
		const most = (test: (cell: string) => boolean) => filled.filter(test).length * 2 > filled.length;
		if (most(isPoint) && (names.meteringPoint.test(name) || column < stamps.date || most((cell) => cell.length > 20)))
			found.meteringPoint = column;
		else if (
			most((cell) => obisOf(cell) !== undefined) &&
			(names.obis.test(name) || most((cell) => cell.includes(':')))
		)
			found.obis = column;
		else if (names.unit.test(name) && most((cell) => unitOf(cell) !== undefined)) found.unit = column;
		else if (names.status.test(name) || (most((cell) => rankOfStatus(cell) !== undefined) && !most(isNumeric)))
			statuses.push(column);
		// After quality: a lone W is a measured value (wahrer Wert) before it is a watt.
		else if (most((cell) => unitOf(cell) !== undefined)) found.unit = column;
		else if (filled.length > 0 ? most(isNumeric) : column > stamps.last && name !== '') {
			const candidate = described(column, name, unitRow, metadata);
			if (names.other.test(name) || (!candidate.unit && names.weather.test(name))) found.ignored.push(name);
			else candidates.push(candidate);
		}
	}
	// Empty columns count as values only where a neighbour does.
	const known = candidates.filter(({ column, unit }) => unit || rows.some((row) => (row[column] ?? '').trim() !== ''));
	for (const candidate of chosen(known, found, line)) {
		const next = candidates.find(({ column }) => column > candidate.column)?.column ?? width;
		const status =
			statuses.find((column) => column > candidate.column && column < next) ??
			(known.length === 1 ? (statuses[0] ?? null) : null);
		found.values.push(complete(candidate, status, found, metadata, line));
	}
	if (found.values.length === 0) throw new Refusal('invalid', 'readings.no-values', { line });
	return found;
}

function isPoint(cell: string): boolean {
	return /^[A-Z]{2}[0-9A-Z ]{31,45}$/.test(cell) || /^\d{11}$/.test(cell) || /^\d{18}$/.test(cell);
}

function described(column: number, name: string, unitRow: Preamble | undefined, metadata: Metadata): Described {
	const unit =
		unitIn(name) ?? unitIn(unitRow?.cells[column] ?? '') ?? unitIn(metadata.find(names.unit, column)?.text ?? '');
	const point = /\b[A-Z]{2}[0-9A-Z]{31}\b|\b[1-9]\d{10}\b/.exec(name)?.[0];
	return { column, name, unit, meteringPoint: point ?? null, obis: obisIn(name) ?? null, device: null };
}

function obisIn(text: string): string | undefined {
	const match = /(?:\d{1,3}-\d{1,3}:)?\d{1,3}\.\d{1,3}\.\d{1,3}(?:\*\d{1,3})?|\d{1,3}-\d{1,3}:\d{1,3}\.\d{1,3}/.exec(
		text,
	);
	return match ? obisOf(match[0]) : undefined;
}

/** Export or import by the words of a header; null if they say neither. */
function directionOf(name: string): string | null {
	if (names.behindMeter.test(name)) return null;
	if (names.export.test(name)) return '1-1:2.29.0';
	return names.import.test(name) ? '1-1:1.29.0' : null;
}

/** The unit of energy or power that a text names ('Power (kW)', 'ac_power_kw'); undefined if none. */
export function unitIn(text: string): Unit | undefined {
	const match = /(?<![0-9A-Za-z])(kvarh|kvar|varh|kwh|mwh|wh|kw|mw|w)(?![0-9A-Za-z/])/i.exec(text);
	return match ? unitOf(match[1] as string) : undefined;
}

/**
 * The candidates that are interval values: energy before power of the same channel. Several of one channel are told apart by
 * the names of their columns, which stand for devices then; refused if those names do not differ.
 */
function chosen(candidates: Described[], found: ValueColumns, line: number): Described[] {
	if (candidates.length <= 1) return candidates;
	const named = candidates.filter(({ unit, obis, meteringPoint }) => unit || obis || meteringPoint);
	const rest = candidates.filter((candidate) => !named.includes(candidate));
	if (named.length === 0 || rest.some(({ name }) => name === '')) refuseColumns(candidates, line);
	found.ignored.push(...rest.map(({ name }) => name));
	const channels = Map.groupBy(named, (candidate) => {
		const obis = candidate.obis ?? (isReactive(candidate) ? null : directionOf(candidate.name));
		return `${candidate.meteringPoint ?? ''}|${obis ?? ''}|${isReactive(candidate)}`;
	});
	const kept = [...channels.values()].map((own) => {
		const energies = own.filter((candidate) => !isPower(candidate));
		if (energies.length === 0) return own;
		found.ignored.push(...own.filter(isPower).map(({ name }) => name));
		return energies;
	});
	// One column per channel needs no name; where one is shared all columns go by their names, or two would be mixed up later.
	const columns = kept.flat().sort((a, b) => a.column - b.column);
	const isNameless = (one: Described) => !one.meteringPoint && !one.obis && !isReactive(one) && !directionOf(one.name);
	if (kept.every((own) => own.length === 1))
		return columns.map((one) => (columns.length > 1 && isNameless(one) ? { ...one, device: excerpt(one.name) } : one));
	const isTold = (one: Described) => one.meteringPoint !== null && one.obis !== null;
	const names = new Set(columns.map(({ name }) => name));
	if (names.has('') || names.size < columns.length || kept.some((own) => own.length > 1 && own.some(isTold)))
		refuseColumns(kept.find((own) => own.length > 1) ?? columns, line);
	return columns.map((one) => (one.meteringPoint || one.obis ? one : { ...one, device: excerpt(one.name) }));
}

function isReactive({ unit }: Described): boolean {
	return unit !== undefined && kindOfUnit(unit).of === 'kvarh';
}

function isPower({ unit }: Described): boolean {
	return unit !== undefined && kindOfUnit(unit).power;
}

function refuseColumns(candidates: readonly Described[], line: number): never {
	const columns = candidates.map(({ column, name }) => name || String(column + 1)).join(', ');
	throw new Refusal('invalid', 'readings.ambiguous-columns', { line, columns: excerpt(columns) });
}

function complete(
	candidate: Described,
	status: number | null,
	found: ValueColumns,
	metadata: Metadata,
	line: number,
): ValueColumn {
	const { column, name } = candidate;
	// A location may also be named in words; an id has digits.
	const entry =
		metadata.find(names.meteringPoint, column, (text) => isPoint(normalised(text))) ??
		metadata.find(names.meteringPoint, column, (text) => /\d/.test(text) && meteringPointOf(text) !== undefined);
	const meteringPoint = meteringPointOf(candidate.meteringPoint ?? entry?.text ?? '') ?? null;
	if (meteringPoint !== null && isMistypedMaLo(meteringPoint)) {
		const values = { line: candidate.meteringPoint ? line : (entry?.line ?? line), meteringPoint };
		throw new Refusal('invalid', 'readings.bad-metering-point', values);
	}
	const reactive = candidate.unit === undefined ? names.reactive.test(name) : kindOfUnit(candidate.unit).of === 'kvarh';
	const obis =
		candidate.obis ??
		obisIn(metadata.find(names.obis, column)?.text ?? '') ??
		(reactive || candidate.device !== null ? null : directionOf(name));
	const kind = channelKindOf(obis);
	let { unit } = candidate;
	const unitEntry = metadata.find(names.unit, column);
	if (!unit && unitEntry && found.unit === null) {
		throw new Refusal('invalid', 'readings.bad-unit', { line: unitEntry.line, text: excerpt(unitEntry.text) });
	}
	if (!unit && found.unit === null) {
		if (obis === null) found.assumedUnit = true;
		const power = kind.power || (obis === null && names.power.test(name));
		const real = names.watts.test(name) ? 'w' : power ? 'kw' : 'kwh';
		unit = kind.unit === 'kvarh' || reactive ? (power ? 'kvar' : 'kvarh') : real;
	}
	unit ??= 'kwh';
	if (obis !== null && kindOfUnit(unit).of !== kind.unit) {
		throw new Refusal('invalid', 'readings.bad-unit', { line, text: excerpt(`${obis} ${unit}`) });
	}
	const device = candidate.device ?? (obis === null && meteringPoint === null && names.watts.test(name) ? name : null);
	const signed = device !== null || (obis === null && meteringPoint === null && kindOfUnit(unit).power);
	return { column, status, unit, meteringPoint, obis, device, signed };
}

/** True if a line before the data looks like a row of it that is broken: a stamp of the same columns, or a digit in its place. */
export function wantsToBeData(cells: readonly string[], stamps: StampColumns): boolean {
	const cell = cells[stamps.date] ?? '';
	if (cells.filter((text) => text !== '').length < 2) return false;
	const own = stampColumnsOf(cells);
	if (own && own.date === stamps.date && own.time === stamps.time) return true;
	return /^\d/.test(cell) && !isPoint(cell) && obisOf(cell) === undefined;
}
