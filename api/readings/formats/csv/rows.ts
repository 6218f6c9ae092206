// Reads the rows of a delimited file whose layout is known: one stamp and its values a line, whatever the line is of.
import { isAscii, isUtf8 } from 'node:buffer';
import { kwhOf } from '../../../values/energy.ts';
import { Refusal } from '../../../values/refusal.ts';
import {
	channelKindOf,
	excerpt,
	isMistypedMaLo,
	kindOfUnit,
	meteringPointOf,
	missingRank,
	obisOf,
	rankOfStatus,
	type Scale,
	scaleOf,
	type Unit,
	unitOf,
	whOf,
} from '../../rules.ts';
import type { Facts, Input, Sink, Warning } from '../format.ts';
import { cellsOf, textOf } from './cells.ts';
import type { ValueColumn } from './columns.ts';
import type { Layout } from './layout.ts';
import { decimalsOf, isEmptyCell, type Mark, ungrouped, writtenOut } from './numbers.ts';
import { SlotClock, StampReader } from './stamps.ts';

/**
 * Reads a file by its layout. Refuses with `line`: readings.bad-row, -bad-time, -bad-number, -bad-quality, -bad-unit,
 * -bad-metering-point, -negative, -too-large, -truncated, -encoding.
 */
export async function readRows(
	input: Input,
	sink: Sink,
	layout: Layout,
	formatVersion: string,
	sender: string | null = null,
): Promise<Facts> {
	const rows = new RowReader(layout, sink);
	let encoding = 'us-ascii';
	let rest = Buffer.alloc(0);
	const lineFeed = input.head.includes(10) ? 10 : 13;
	for await (const chunk of input.chunks) {
		const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
		const end = bytes.lastIndexOf(lineFeed) + 1;
		const whole = bytes.subarray(0, end);
		if (end > 0) {
			encoding = encodingOf(whole, encoding);
			rows.readLines(
				whole.toString('latin1', rows.line === 1 && isMarked(whole) ? 3 : 0),
				lineFeed === 10 ? '\n' : '\r',
			);
		}
		rest = Buffer.from(bytes.subarray(end));
		if (rest.length > 65_536) rows.refuse('readings.bad-row', rest.toString('latin1', 0, 200));
		if (sink.full) await sink.flush();
	}
	encoding = encodingOf(rest, encoding);
	rows.readLast(rest.toString('latin1', rows.line === 1 && isMarked(rest) ? 3 : 0));
	if (isMarked(input.head)) encoding = 'utf-8';
	return { formatVersion, sender, registers: [], documents: [], warnings: rows.warnings, encoding };
}

function isMarked(bytes: Buffer): boolean {
	return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function encodingOf(bytes: Buffer, before: string): string {
	// Every line is decoded on its own, so this only names what was found.
	if (before === 'windows-1252' || isAscii(bytes)) return before;
	return isUtf8(bytes) ? 'utf-8' : 'windows-1252';
}

type ChannelColumn = {
	column: ValueColumn;
	series: number;
	scale: Scale;
	signed: boolean;
	/** What the values below zero came to. */
	negatives: { count: number; wh: number };
	name: string;
};

type Channel = { clock: SlotClock; columns: ChannelColumn[] };

/** Reads the rows of one layout into a sink, line by line. */
class RowReader {
	line = 1;
	readonly #layout: Layout;
	readonly #sink: Sink;
	readonly #stamps: StampReader;
	readonly #channels = new Map<string, Channel>();
	readonly #ranks = new Map<string, number>();
	#footer = false;

	constructor(layout: Layout, sink: Sink) {
		this.#layout = layout;
		this.#sink = sink;
		this.#stamps = new StampReader(layout.dateOrder);
	}

	/** What was odd about the file; whole once everything is read. */
	get warnings(): Warning[] {
		const negative = [...this.#channels.values()].flatMap(({ columns }) =>
			columns.filter((one) => one.negatives.count > 0),
		);
		return [
			...this.#layout.warnings,
			...negative.map(({ name, negatives, column }) => ({
				code: 'readings.negative-values',
				values: {
					device: name,
					count: negatives.count,
					energy: kwhOf(negatives.wh),
					unit: kindOfUnit(column.unit).of,
				},
			})),
		];
	}

	/** Reads whole lines, each byte a character. */
	readLines(text: string, lineFeed: '\n' | '\r'): void {
		let from = 0;
		for (let stop = text.indexOf(lineFeed); stop >= 0; stop = text.indexOf(lineFeed, from)) {
			const line = text.slice(from, text[stop - 1] === '\r' && stop > from ? stop - 1 : stop);
			from = stop + 1;
			if (this.line >= this.#layout.firstLine) this.#read(line);
			this.line++;
		}
	}

	/** Reads what follows the last line feed: a whole row, or one that was cut (readings.truncated). */
	readLast(text: string): void {
		if (text.trim() === '' || this.line < this.#layout.firstLine) return;
		const { separator, values, decimals, mark } = this.#layout;
		const cells = cellsOf(text, separator);
		const isCut = values.some(({ column, status }) => {
			const cell = cells[column];
			const last = status ?? column;
			if (cell === undefined || (last >= cells.length - 1 && (cells[last] ?? '').trim() === '')) return true;
			return mark !== null && cell.trim() !== '' && decimalsOf(cell, mark) < decimals;
		});
		if (isCut) this.refuse('readings.truncated', text);
		try {
			this.#read(text);
		} catch (error) {
			if (error instanceof Refusal && error.code !== 'readings.unsorted') this.refuse('readings.truncated', text);
			throw error;
		}
	}

	refuse(code: string, text: string): never {
		throw new Refusal('invalid', code, { line: this.line, text: excerpt(textOf(text)) });
	}

	#read(text: string): void {
		if (text.trim() === '') return;
		const { separator, stamps, cells: count } = this.#layout;
		if (text.includes('\0')) throw new Refusal('invalid', 'readings.encoding', { line: this.line, found: 'NUL' });
		const cells = cellsOf(text, separator);
		if (cells.every((cell) => cell.trim() === '')) return;
		const date = cells[stamps.date] ?? '';
		const stamp = this.#stamps.of(date, stamps.time === null ? undefined : (cells[stamps.time] ?? ''));
		if (!stamp && /^["#\s]*(summen?|gesamt\w*|total|ende|anzahl|minimum|maximum|min|max|mittelwert)\b/i.test(text)) {
			this.#footer = true;
			return;
		}
		if (this.#footer || cells.length < count.least || cells.slice(count.most).some((cell) => cell.trim() !== '')) {
			this.refuse('readings.bad-row', text);
		}
		if (!stamp) this.refuse('readings.bad-time', text);
		const { clock, columns } = this.#channelOf(cells, text);
		const start = clock.startOf(stamp);
		if (start === undefined) this.refuse('readings.bad-time', text);
		for (const own of columns) {
			const { column, series, scale } = own;
			const cell = (cells[column.column] as string).trim();
			const rank = column.status === null ? 0 : this.#rankOf(cells[column.status] ?? '', text);
			if (cell === '' || rank === missingRank || this.#isMissing(cell)) {
				this.#sink.putMissing(series, start, this.line);
				continue;
			}
			const number = ungrouped(cell, this.#layout.mark) ?? exponential(cell);
			let wh = number ? whOf(number.text, number.mark, scale) : Number.NaN;
			if (Number.isNaN(wh)) wh = whOf(exponential(cell)?.text ?? '', '.', scale);
			if (Number.isNaN(wh)) this.refuse('readings.bad-number', text);
			if (wh < 0) {
				if (!own.signed) this.refuse('readings.negative', text);
				own.negatives.count++;
				own.negatives.wh += wh;
			}
			if (!Number.isFinite(wh)) this.refuse('readings.too-large', text);
			// Once a number has shown the mark, every other has to follow it.
			if (this.#layout.mark === null && cell.includes((number as { mark: ',' | '.' }).mark))
				this.#layout.mark = number?.mark ?? null;
			this.#sink.put(series, start, wh, rank, this.line);
			if (this.#sink.exact) this.#sink.putRest(series, start, wh, restOf(cell, number, { wh, scale }));
		}
	}

	#isMissing(cell: string): boolean {
		return isEmptyCell(cell) || (this.#layout.missing?.test(cell) ?? false);
	}

	#rankOf(cell: string, text: string): number {
		const known = this.#ranks.get(cell);
		if (known !== undefined) return known;
		const rank = rankOfStatus(textOf(cell));
		if (rank === undefined) this.refuse('readings.bad-quality', text);
		this.#ranks.set(cell, rank);
		return rank;
	}

	#channelOf(cells: readonly string[], text: string): Channel {
		const layout = this.#layout;
		const own = (column: number | null) => (column === null ? '' : (cells[column] ?? '').trim());
		const name =
			layout.meteringPoint === null && layout.obis === null && layout.unit === null && layout.device === null
				? ''
				: [own(layout.meteringPoint), own(layout.obis), own(layout.unit), own(layout.device)].join('|');
		const known = this.#channels.get(name);
		if (known) return known;
		const columns = layout.values.map((column) => {
			const place = layout.device === null ? undefined : layout.places?.get(textOf(own(layout.device)));
			const meteringPoint =
				layout.meteringPoint === null
					? (place?.meteringPoint ?? column.meteringPoint)
					: this.#pointOf(own(layout.meteringPoint), text);
			const obis =
				layout.obis === null
					? (place?.obis ?? column.obis)
					: (obisOf(own(layout.obis)) ?? this.refuse('readings.bad-row', text));
			const kind = channelKindOf(obis);
			const unit: Unit =
				layout.unit === null ? column.unit : (unitOf(own(layout.unit)) ?? this.refuse('readings.bad-unit', text));
			const { of, power } = kindOfUnit(unit);
			if ((obis !== null && of !== kind.unit) || (power && layout.slotMinutes === 1440))
				this.refuse('readings.bad-unit', text);
			// Whose place is told by its metering point is a device no longer.
			const isPlaced = typeof place?.meteringPoint === 'string';
			const device =
				layout.device === null || isPlaced
					? column.device
					: deviceOf(textOf(own(layout.device)), layout.values.length > 1, column);
			const series = this.#sink.series({
				meteringPoint,
				obis,
				device,
				unit: of,
				slotMinutes: layout.slotMinutes,
			});
			const name = device ?? meteringPoint ?? obis ?? '';
			const signed = kind.signed || column.signed;
			const scale = scaleOf(unit, layout.slotMinutes);
			return { column, series, scale, signed, negatives: { count: 0, wh: 0 }, name };
		});
		const channel = { clock: new SlotClock(layout), columns };
		this.#channels.set(name, channel);
		return channel;
	}

	#pointOf(cell: string, text: string): string {
		const meteringPoint = meteringPointOf(cell);
		if (!meteringPoint || isMistypedMaLo(meteringPoint)) this.refuse('readings.bad-metering-point', text);
		return meteringPoint;
	}
}

/** The device of a row; where a row has several columns of values the column tells them apart as well. */
function deviceOf(name: string, several: boolean, { device }: ValueColumn): string | null {
	const parts = [name, several ? device : null].filter((part) => part);
	return parts.length > 0 ? excerpt(parts.join(' ')) : null;
}

function exponential(cell: string): { text: string; mark: Mark } | undefined {
	const text = writtenOut(cell);
	return text === undefined ? undefined : { text, mark: '.' };
}

/** What rounding to whole watt-hours took from an amount. */
function restOf(
	cell: string,
	number: { text: string; mark: Mark } | undefined,
	{ wh, scale }: { wh: number; scale: Scale },
): number {
	const { text, mark } = exponential(cell) ?? number ?? { text: '', mark: '.' };
	const rest = (Number(mark === ',' ? text.replace(',', '.') : text) * scale.times) / scale.over - wh;
	// What is left of a whole number is noise of the division.
	return Math.abs(rest) > 1e-9 ? rest : 0;
}
