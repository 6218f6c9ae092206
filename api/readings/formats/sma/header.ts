// The header of a Sunny Explorer CSV: it says separator, decimal mark and date order, and whose columns they are.
import { cellsOf, type Separator, textOf } from '../csv/cells.ts';
import type { Mark } from '../csv/numbers.ts';

/** The columns of one inverter. Null for what the file does not have. */
export type InverterColumns = { serial: string; counter: number | null; power: number | null; day: number | null };

/** What the header says. `first` is the index of the first row of data. */
export type SmaHeader = {
	tool: string;
	separator: Separator;
	mark: Mark;
	dateOrder: 'day-month' | 'month-day';
	/** Date and time stand in columns of their own. */
	splitStamp: boolean;
	/** Rows are five-minute records; else days. */
	timed: boolean;
	first: number;
	inverters: InverterColumns[];
};

const marker = /^Version CSV\d*\|/i;

/** True if the file begins like an export of Sunny Explorer or a program that writes the same. */
export function isSma(lines: readonly string[]): boolean {
	return lines.slice(0, 4).some((line) => marker.test(line));
}

/** The header; undefined if the file ends before its line of units or names no serial numbers. */
export function smaHeaderOf(lines: readonly string[]): SmaHeader | undefined {
	const at = lines.findIndex((line) => marker.test(line));
	const told = lines[at] ?? '';
	const separator: Separator = /Delimiter comma/i.test(told) ? ',' : /Delimiter tab/i.test(told) ? '\t' : ';';
	const table = lines.slice(0, at + 15).map((line) => cellsOf(line, separator).map(textOf));
	const units = table.findIndex((cells, i) => i > at && /^(dd|mm|yyyy)[./-]/i.test(cells[0] ?? ''));
	if (units < 0) return undefined;
	const [pattern = '', second = ''] = table[units] as string[];
	const splitStamp = /^hh/i.test(second);
	const above = table.slice(at + 1, units);
	const serials = above.find((cells) => cells.slice(1).some((cell) => /^SN:/i.test(cell)));
	const names = above.find((cells) =>
		cells.some((cell) => /ertrag|yield|leistung|power|rendement|producci/i.test(cell)),
	);
	if (!serials || !names) return undefined;
	const shift = splitStamp && (table[units]?.length ?? 0) > names.length ? 1 : 0;
	const inverters = new Map<string, InverterColumns>();
	for (let column = 1; column < names.length; column++) {
		const serial = (serials[column] ?? '').replace(/^SN:\s*/i, '');
		const name = names[column] ?? '';
		if (serial === '' || name === '') continue;
		const own = inverters.get(serial) ?? { serial, counter: null, power: null, day: null };
		const unit = (table[units]?.[column + shift] ?? '').toLowerCase();
		if (/gesamt|total/i.test(name)) own.counter = column + shift;
		else if (unit === 'kw' || /leistung|power|puissance|potencia/i.test(name)) own.power = column + shift;
		else own.day = column + shift;
		inverters.set(serial, own);
	}
	return {
		tool: /\|Tool ([^|]+)/i.exec(told)?.[1]?.trim() ?? '',
		separator,
		mark: /Decimalpoint comma/i.test(told) ? ',' : '.',
		dateOrder: /^mm/i.test(pattern) && !/^mm:/.test(pattern) ? 'month-day' : 'day-month',
		splitStamp,
		timed: splitStamp || /hh/i.test(pattern),
		first: units + 1,
		inverters: [...inverters.values()],
	};
}
