// Ten-minute records of wind turbines (SCADA): Greenbyte, RES, PCWG and ENGIE exports, one turbine or a whole farm.
import type { Facts, Format, Input, Sink, Warning } from '../format.ts';
import { endsOf, isDescending, slotOf, zoneOf } from '../csv/clocks.ts';
import { type Layout, linesOf, orderOf, rowsOf } from '../csv/layout.ts';
import { markOf } from '../csv/numbers.ts';
import { readRows } from '../csv/rows.ts';
import { type Header, headerOf, turbineColumnOf, valueColumnsOf } from './header.ts';

/**
 * A header of turbine quantities, behind comments or not; rows of one turbine, of several by name, or a column for each.
 * Energy of a slot is its mean power (kW) × its length, else the column of exported energy. What a turbine takes itself is
 * negative and stays so in the same series (net production): such series carry no OBIS code, the operator says which
 * channel they are; an inspection shows both sums. Stamps without an offset are UTC unless the preamble says otherwise
 * (readings.utc-assumed), and starts of slots unless their column is called end. −99.99, −999 and NaN stand for no value.
 * Refuses readings.no-slot and what `readRows` refuses.
 */
export const scada: Format = { name: 'scada', recognise, read };

function recognise(head: Buffer): number {
	if (head.subarray(0, 4096).includes(0)) return 0;
	return headerOf(linesOf(head.subarray(0, 262_144))) ? 0.8 : 0;
}

/** Numbers that such systems write where they have no value: −99.99, −999, −9999.0. */
export const missingCodes = /^-(99\.99|9{3,4}([.,]\d+)?)0*$/;

async function read(input: Input, sink: Sink): Promise<Facts> {
	const lines = linesOf(input.head);
	const header = headerOf(lines) as Header;
	const { preamble, names } = header;
	const isGreenbyte = preamble.some((line) => /greenbyte/i.test(line));
	const version = isGreenbyte ? 'greenbyte' : names.includes('Wind_turbine_name') ? 'engie' : 'scada';
	return readRows(input, sink, layoutOf(lines, header), version, isGreenbyte ? 'Greenbyte' : null);
}

function layoutOf(lines: readonly string[], header: Header): Layout {
	const { separator, names, first, stamps, preamble } = header;
	const line = first + 1;
	const warnings: Warning[] = [];
	const dateOrder = orderOf(lines.slice(first), { separator, stamps, line, warnings });
	const rows = rowsOf(lines, first, { separator, stamps, dateOrder });
	const slotMinutes = slotOf(rows, line);
	const stampName = names[stamps.date] ?? '';
	const told = `${preamble.find((text) => /time ?zone|zeitzone/i.test(text)) ?? ''} ${stampName}`;
	const isLocal = /berlin|vienna|wien|zurich|paris|amsterdam|local|MEZ|CET|CEST/i.test(told);
	const isTold = isLocal || /\b(utc|gmt)\b/i.test(told.replaceAll('_', ' '));
	if (!isTold && rows.some(({ stamp }) => stamp.instant === null))
		warnings.push({ code: 'readings.utc-assumed', values: { line } });
	const zone = isLocal ? zoneOf(rows, slotMinutes, told, warnings) : 'utc';
	const device = turbineColumnOf(names, stamps);
	const turbine = preamble.map((text) => /^turbine(?: name)?:\s*(.+)$/i.exec(text)?.[1]).find((text) => text);
	const columns = valueColumnsOf(names);
	const values =
		columns.length === 1 ? columns.map((column) => ({ ...column, device: turbine ?? column.device })) : columns;
	const descending = isDescending(rows, device);
	const saysStart = /start/i.test(stampName) || !/end/i.test(stampName);
	const stampQuestion = { stamps: { ...stamps, explicitStart: false }, stampName: 'start', slotMinutes, zone };
	return {
		...{ separator, firstLine: line, stamps, values, device, slotMinutes, zone, descending, dateOrder, warnings },
		...{ meteringPoint: null, obis: null, unit: null, missing: missingCodes },
		// A program writes every row whole; one that is shorter was cut.
		cells: { least: names.length, most: names.length },
		mark: markOf(rows.slice(0, 5000).flatMap(({ cells }) => values.map(({ column }) => cells[column] ?? ''))),
		decimals: 0,
		ends: saysStart ? endsOf(rows, { ...stampQuestion, whole: false, descending, warnings }) : true,
	};
}
