// Rows of a table as fields: which cell means what, and what it says; what cannot be read is a problem at its spot.
import type { Day } from '../../values/calendar.ts';
import { type Columns, type Field, type FileKind, neededFields } from './fields.ts';
import type { Findings, ProblemCode, Spot } from './problems.ts';
import { type Cell, centsIn, dayIn, isGarbled, textOf, wholeIn } from './values.ts';

/** A row with its number as a spreadsheet shows it. */
export interface Row {
	row: number;
	cells: readonly Cell[];
}

/** A table that is to move in. */
export interface Table {
	id: string;
	kind: FileKind;
	headings: readonly string[];
	columns: Columns;
	rows: readonly Row[];
}

const longest: Readonly<Partial<Record<Field, number>>> = {
	postcode: 12,
	country: 40,
	houseNumber: 20,
	phone: 50,
	mandateReference: 35,
};

/** One row read by its table's columns. Each reader notes what is wrong and then answers null. */
export class Reading {
	readonly row: number;
	readonly #table: Table;
	readonly #cells: readonly Cell[];
	readonly #places: ReadonlyMap<Field, number>;
	readonly #findings: Findings;
	readonly #today: Day;

	constructor(table: Table, places: ReadonlyMap<Field, number>, row: Row, findings: Findings, today: Day) {
		this.row = row.row;
		this.#table = table;
		this.#cells = row.cells;
		this.#places = places;
		this.#findings = findings;
		this.#today = today;
	}

	/** Where a field of this row stands. */
	spot(field: Field | null): Spot {
		const place = field === null ? undefined : this.#places.get(field);
		return {
			file: this.#table.id,
			row: this.row,
			column: place === undefined ? null : (this.#table.headings[place] ?? null),
		};
	}

	/** Notes a problem with a field. */
	problem(field: Field | null, code: ProblemCode, values: Record<string, string | number> = {}): void {
		this.#findings.add(this.spot(field), code, values);
	}

	/** True if the table has such a column. */
	has(field: Field): boolean {
		return this.#places.has(field);
	}

	/** The cell as it was read; null if there is nothing in it. */
	cell(field: Field): Cell {
		const place = this.#places.get(field);
		const cell = place === undefined ? null : (this.#cells[place] ?? null);
		return textOf(cell) === '' ? null : cell;
	}

	/** The text of a cell; null if it is empty, too long or garbled. */
	text(field: Field): string | null {
		const text = textOf(this.cell(field));
		if (text === '') return null;
		const most = longest[field] ?? 200;
		if (isGarbled(text)) this.problem(field, 'characters-broken', { value: text.slice(0, 40) });
		else if (text.length > most) this.problem(field, 'cell-too-long', { most });
		else return text;
		return null;
	}

	/** The same, but an empty cell is a problem. */
	needed(field: Field): string | null {
		if (textOf(this.cell(field)) === '') this.problem(field, 'cell-missing');
		return this.text(field);
	}

	/** A day of the past or today; null if empty. */
	day(field: Field, { future = false }: { future?: boolean } = {}): Day | null {
		const text = textOf(this.cell(field));
		if (text === '') return null;
		const day = dayIn(this.cell(field), this.#today);
		if (day === undefined) this.problem(field, 'day-wrong', { value: text.slice(0, 40) });
		else if (day > this.#today && !future) this.problem(field, 'day-in-future', { day });
		else return day;
		return null;
	}

	/** An amount in cents; null if empty. */
	cents(field: Field): number | null {
		const text = textOf(this.cell(field));
		if (text === '') return null;
		const cents = centsIn(this.cell(field));
		if (cents === undefined) this.problem(field, 'amount-wrong', { value: text.slice(0, 40) });
		return cents ?? null;
	}

	/** A whole number; null if empty. */
	whole(field: Field, code: ProblemCode): number | null {
		const text = textOf(this.cell(field));
		if (text === '') return null;
		const whole = wholeIn(this.cell(field));
		if (whole === undefined) this.problem(field, code, { value: text.slice(0, 40) });
		return whole ?? null;
	}

	/** The member number: a whole number above zero, as in '0012'; null if there is none. */
	memberNumber(): number | null {
		if (textOf(this.cell('number')) === '') this.problem('number', 'cell-missing');
		const number = this.whole('number', 'number-wrong');
		if (number === null || (number > 0 && number <= 99_999_999)) return number;
		this.problem('number', 'number-wrong', { value: String(number) });
		return null;
	}
}

/** The rows of a table that say anything. Notes columns that are missing or there twice, and a table without rows. */
export function readingsOf(table: Table, findings: Findings, today: Day): Reading[] {
	const places = new Map<Field, number>();
	const whole = (column: string | null): Spot => ({ file: table.id, row: null, column });
	table.columns.forEach((field, i) => {
		if (field === null) return;
		if (places.has(field)) findings.add(whole(table.headings[i] ?? null), 'column-twice', { field });
		else places.set(field, i);
	});
	for (const group of neededFields[table.kind]) {
		if (!group.some((field) => places.has(field)))
			findings.add(whole(null), 'column-missing', { field: group[0] ?? '' });
	}
	if (table.rows.length === 0) findings.add(whole(null), 'no-rows');
	return table.rows.map((row) => new Reading(table, places, row, findings, today));
}
