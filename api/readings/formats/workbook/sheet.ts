// One sheet of a workbook as delimited text, row by row: what the readers of CSV files read as well.
import { obisOf } from '../../rules.ts';
import { isNumeric, type Mark, markOf, ungrouped, writtenOut } from '../csv/numbers.ts';
import { dateOf } from '../csv/stamps.ts';
import type { Archive } from './archive.ts';
import { attributeOf, type DateFormat, type Element, type PartListener, PartReader, type Workbook } from './parts.ts';

/** Last row and last column that a sheet can have. */
const lastRow = 1_048_576;
const lastColumn = 16_384;

/** What is the same for all sheets of a workbook, and what was noticed while reading. */
export type SheetContext = Pick<Workbook, 'formats' | 'from1904'> & {
	strings: readonly string[];
	/** Decimal mark of numbers that stand in the sheet as text; null while nothing tells. */
	textMark: Mark | null;
	/** Formulas without a stored result. */
	uncalculated: number;
	/** Texts that look like numbers, of the rows read so far: what `textMark` is found from. */
	numberTexts: string[];
};

/**
 * The lines of a sheet, cells divided by tabs, row n of the sheet in line n. Numbers have a point and never three digits
 * behind it, so that no reader takes it for grouping; dates are 2026-01-31 or 2026-01-31 23:45:00; a formula is its stored
 * result. Refuses readings.opened-too-large, readings.archive-broken, readings.xml-entities.
 */
export async function* linesOfSheet(archive: Archive, part: string, context: SheetContext): AsyncGenerator<Buffer> {
	const sheet = new SheetReader(context);
	const reader = new PartReader(sheet);
	const decoder = new TextDecoder('utf-8');
	let isEmpty = true;
	for await (const bytes of archive.bytes(part)) {
		isEmpty = false;
		reader.write(decoder.decode(bytes, { stream: true }));
		const text = sheet.take(65_536);
		if (text !== '') yield Buffer.from(text, 'utf8');
	}
	if (!isEmpty) reader.end();
	const rest = sheet.take(0);
	if (rest !== '') yield Buffer.from(rest, 'utf8');
}

class SheetReader implements PartListener {
	readonly #context: SheetContext;
	#out = '';
	/** Lines written so far, and the row being read. */
	#line = 0;
	#row = 0;
	#column = -1;
	#cells: string[] = [];
	/** Cells of the widest row so far: rows that end in empty cells are as long as the others. */
	#width = 0;
	#kind = '';
	#format: DateFormat | null = null;
	#value = '';
	#hasValue = false;
	#hasFormula = false;
	#reading = false;
	#phonetic = false;

	constructor(context: SheetContext) {
		this.#context = context;
	}

	/** The text so far once there is enough of it. */
	take(least: number): string {
		if (this.#out.length < least) return '';
		const text = this.#out;
		this.#out = '';
		return text;
	}

	opened(element: Element): void {
		const { name, attributes } = element;
		switch (name) {
			case 'row':
				this.#row = Math.min(Number(attributes.r) || this.#row + 1, lastRow);
				this.#cells = [];
				this.#column = -1;
				break;
			case 'c':
				this.#column = columnOf(attributes.r) ?? this.#column + 1;
				this.#kind = attributes.t ?? 'n';
				this.#format = this.#context.formats[Number(attributeOf(element, 's') ?? 0)] ?? null;
				this.#value = '';
				this.#hasValue = false;
				this.#hasFormula = false;
				break;
			case 'f':
				this.#hasFormula = true;
				break;
			case 'rPh':
				this.#phonetic = true;
				break;
			case 'v':
			case 't':
				this.#reading = !this.#phonetic;
				this.#hasValue = true;
				break;
		}
	}

	text(text: string): void {
		if (this.#reading) this.#value += text;
	}

	closed(name: string): void {
		if (name === 'v' || name === 't') this.#reading = false;
		else if (name === 'rPh') this.#phonetic = false;
		else if (name === 'c') this.#closeCell();
		else if (name === 'row') this.#closeRow();
	}

	#closeCell(): void {
		if (this.#hasFormula && !this.#hasValue) this.#context.uncalculated++;
		if (!this.#hasValue || this.#column >= lastColumn) return;
		const text = this.#textOf();
		if (text === '') return;
		while (this.#cells.length < this.#column) this.#cells.push('');
		this.#cells[this.#column] = text;
	}

	#closeRow(): void {
		if (this.#cells.length === 0 || this.#row <= this.#line) return;
		this.#width = Math.max(this.#width, this.#cells.length);
		while (this.#cells.length < this.#width) this.#cells.push('');
		this.#out += `${'\n'.repeat(this.#row - 1 - this.#line)}${this.#cells.join('\t')}\n`;
		this.#line = this.#row;
	}

	#textOf(): string {
		const value = this.#value;
		switch (this.#kind) {
			case 's':
				return this.#plain(this.#context.strings[Number(value)] ?? '');
			case 'str':
			case 'inlineStr':
				return this.#plain(value);
			case 'd':
				return value.replace('T', ' ');
			case 'e':
				return '';
			case 'b':
				return value;
			default:
				return this.#format ? dateText(Number(value), this.#format, this.#context.from1904) : numberText(value);
		}
	}

	/** A text in one line; a number written as text with a point. */
	#plain(value: string): string {
		const text = value.replace(/[\s\u00a0]+/g, ' ').trim();
		if (text === '') return '';
		if (isNumeric(text) && /[.,]/.test(text) && dateOf(text) === undefined && obisOf(text) === undefined) {
			const { numberTexts, textMark } = this.#context;
			if (numberTexts.length < 5000) numberTexts.push(text);
			const number = textMark === null ? undefined : ungrouped(text, textMark);
			if (number) return numberText(number.text.replace(number.mark, '.'));
		}
		return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text;
	}
}

/** The decimal mark of numbers written as text. */
export function textMarkOf(texts: readonly string[]): Mark | null {
	return texts.some((text) => text.includes(',')) ? markOf(texts) : null;
}

function columnOf(reference: string | undefined): number | undefined {
	const letters = /^([A-Z]{1,3})\d*$/.exec(reference ?? '')?.[1];
	if (!letters) return undefined;
	let column = 0;
	for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
	return column - 1;
}

/** A number as a sheet stores it, without exponent and never with three digits behind its point. */
function numberText(value: string): string {
	const text = value.trim();
	const plain = /e/i.test(text) ? (writtenOut(text) ?? exponentText(text)) : text;
	return /\.\d{3}$/.test(plain) ? `${plain}0` : plain;
}

function exponentText(text: string): string {
	const number = Number(text);
	return Number.isFinite(number) && Math.abs(number) < 1e15 ? number.toFixed(12) : text;
}

/** A serial number (days since 1899-12-30) as date, time or both; text that is none of them stays as it is. */
export function dateText(serial: number, { date, time }: DateFormat, from1904: boolean): string {
	if (!Number.isFinite(serial) || serial < 0 || serial > 2_958_466) return String(serial);
	const second = Math.round(serial * 86_400);
	// A quarter-hour is no whole number of days: sums of it end a second beside the minute.
	const beside = ((second + 2) % 60) - 2;
	const snapped = beside <= 2 ? second - beside : second;
	const clock = (at: number) => new Date(at * 1000).toISOString().slice(11, 19);
	if (!date || (serial < 1 && time)) return snapped === 86_400 ? '24:00:00' : clock(snapped % 86_400);
	const unix = snapped + (from1904 ? 1462 * 86_400 : 0) - 25_569 * 86_400;
	const day = new Date(unix * 1000).toISOString().slice(0, 10);
	return !time && snapped % 86_400 === 0 ? day : `${day} ${clock(((unix % 86_400) + 86_400) % 86_400)}`;
}
