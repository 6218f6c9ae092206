// Sunny Explorer CSV of SMA inverters: five-minute files and month files, a column pair per inverter.
import { isAscii } from 'node:buffer';
import { qualityRank } from '../../../values/energy.ts';
import { Refusal } from '../../../values/refusal.ts';
import { excerpt, type SlotMinutes, scaleOf, whOf } from '../../rules.ts';
import { cellsOf, textOf } from '../csv/cells.ts';
import { slotOf } from '../csv/clocks.ts';
import { linesOf, rowsOf } from '../csv/layout.ts';
import { decimalsOf, isEmptyCell } from '../csv/numbers.ts';
import { SlotClock, StampReader } from '../csv/stamps.ts';
import type { Facts, Format, Input, RegisterReading, Sink, Warning } from '../format.ts';
import { type InverterColumns, isSma, type SmaHeader, smaHeaderOf } from './header.ts';

/**
 * Files of Sunny Explorer (also those SBFspot writes). The header says separator, decimal mark and order of the date. A record
 * of a five-minute file stands at the start of its slot: the slot holds the difference of the total counter (Gesamtertrag) to
 * the next record, of the last record its mean power; where the counter is missing or falls (readings.register-fell) the power
 * counts. Records that are missing share the difference evenly (substitute, readings.records-missing). Month files hold the
 * yield of days. First and last state of each counter are register readings. `device` is the serial number.
 * Refuses with `line`: readings.bad-row, -bad-time, -bad-number, -negative, -no-slot, -truncated, -too-large.
 */
export const sma: Format = { name: 'sma', recognise, read };

function recognise(head: Buffer): number {
	return isSma(linesOf(head.subarray(0, 4096))) ? 0.95 : 0;
}

async function read(input: Input, sink: Sink): Promise<Facts> {
	const lines = linesOf(input.head);
	const header = smaHeaderOf(lines);
	if (!header) throw new Refusal('invalid', 'readings.bad-row', { line: 2, text: excerpt(textOf(lines[1] ?? '')) });
	const { separator, dateOrder, splitStamp, first, timed } = header;
	const stamps = { date: 0, time: splitStamp ? 1 : null, explicitStart: true, last: splitStamp ? 1 : 0 };
	const slotMinutes = timed ? slotOf(rowsOf(lines, first, { separator, stamps, dateOrder }), first + 1) : 1440;
	const reader = new SmaReader(header, slotMinutes, sink);
	let rest = '';
	for await (const chunk of input.chunks) {
		const parts = (rest + chunk.toString('latin1')).split(/\r?\n/);
		rest = parts.pop() ?? '';
		if (rest.length > 65_536) reader.refuse('readings.bad-row', rest);
		for (const line of parts) reader.take(line);
		if (sink.full) await sink.flush();
	}
	reader.takeLast(rest);
	return {
		formatVersion: timed ? 'day' : 'month',
		sender: header.tool === '' || /^SE$/i.test(header.tool) ? 'Sunny Explorer' : header.tool,
		registers: reader.registers,
		documents: [],
		warnings: reader.warnings,
		encoding: isAscii(input.head) ? 'us-ascii' : 'utf-8',
	};
}

const substitute = qualityRank('substitute');

/** What one inverter showed at a moment: watt-hours of its counter, watt-hours that its power brings in one slot. */
type Shown = { minute: number; line: number; counter: number | null; powerWh: number | null };

type Inverter = {
	columns: InverterColumns;
	series: number;
	before: Shown | null;
	first: Shown | null;
	last: Shown | null;
};

class SmaReader {
	readonly warnings: Warning[] = [];
	readonly #header: SmaHeader;
	readonly #slotMinutes: SlotMinutes;
	readonly #sink: Sink;
	readonly #stamps: StampReader;
	readonly #clock: SlotClock;
	readonly #inverters: Inverter[];
	#line = 0;

	constructor(header: SmaHeader, slotMinutes: SlotMinutes, sink: Sink) {
		this.#header = header;
		this.#slotMinutes = slotMinutes;
		this.#sink = sink;
		this.#stamps = new StampReader(header.dateOrder);
		this.#clock = new SlotClock({ zone: 'berlin', ends: false, slotMinutes, descending: false });
		this.#inverters = header.inverters.map((columns) => ({
			columns,
			series: sink.series({ meteringPoint: null, obis: null, device: columns.serial, unit: 'kWh', slotMinutes }),
			...{ before: null, first: null, last: null },
		}));
	}

	refuse(code: string, text: string): never {
		throw new Refusal('invalid', code, { line: this.#line, text: excerpt(textOf(text)) });
	}

	take(text: string): void {
		this.#line++;
		if (this.#line <= this.#header.first || text.trim() === '') return;
		const cells = cellsOf(text, this.#header.separator);
		if (cells.slice(1).every((cell) => cell.trim() === '')) return;
		const stamp = this.#stamps.of(cells[0] ?? '', this.#header.splitStamp ? (cells[1] ?? '') : undefined);
		if (!stamp || stamp.timed !== this.#header.timed) this.refuse('readings.bad-time', text);
		const minute = this.#clock.startOf(stamp);
		if (minute === undefined) this.refuse('readings.bad-time', text);
		for (const inverter of this.#inverters) {
			const { counter, power, day } = inverter.columns;
			const amount = (column: number | null, unit: 'kwh' | 'kw') =>
				column === null ? null : this.#amount(cells[column], unit, text);
			const shown = {
				...{ minute, line: this.#line },
				counter: amount(counter, 'kwh'),
				powerWh: this.#header.timed ? amount(power, 'kw') : amount(day, 'kwh'),
			};
			if (this.#header.timed) this.#step(inverter, shown);
			else this.#put(inverter, minute, shown.powerWh);
			if (shown.counter !== null) {
				inverter.first ??= shown;
				inverter.last = shown;
			}
		}
	}

	/** The last line, whole or cut; and what follows from it being the last. */
	takeLast(text: string): void {
		if (text.trim() !== '') {
			const { separator, inverters, mark } = this.#header;
			const cells = cellsOf(text, separator);
			const last = Math.max(...inverters.flatMap(({ counter, power, day }) => [counter ?? 0, power ?? 0, day ?? 0]));
			this.#line++;
			if (cells.length <= last || decimalsOf(cells[last] as string, mark) < 3) this.refuse('readings.truncated', text);
			this.#line--;
			this.take(text);
		}
		if (!this.#header.timed) return;
		for (const inverter of this.#inverters) {
			const { before } = inverter;
			if (before) this.#put(inverter, before.minute, before.powerWh);
		}
	}

	/** The first and the last state of each counter. */
	get registers(): RegisterReading[] {
		return this.#inverters.flatMap(({ columns, first, last }) =>
			[first, last === first ? null : last].flatMap((shown) =>
				shown === null ? [] : [this.#register(columns, shown)],
			),
		);
	}

	#register({ serial }: InverterColumns, { minute, line, counter }: Shown): RegisterReading {
		// A month file shows the counter as it stood in the evening.
		const at = this.#header.timed ? minute : minute + 1440;
		return {
			...{ meteringPoint: null, obis: '1-1:2.8.0', device: serial, at: new Date(at * 60_000).toISOString() },
			...{ wh: counter ?? 0, rank: 0, occasion: 'reading', line },
		};
	}

	#step(inverter: Inverter, shown: Shown): void {
		const { before } = inverter;
		inverter.before = shown;
		if (!before) return;
		const slots = (shown.minute - before.minute) / this.#slotMinutes;
		if (slots <= 0 || !Number.isInteger(slots)) {
			// The sink says what is wrong with it: beside the grid, or there before.
			this.#put(inverter, before.minute, before.powerWh);
			return;
		}
		const brought = before.counter === null || shown.counter === null ? null : shown.counter - before.counter;
		if (brought !== null && brought < 0)
			this.#warn('readings.register-fell', inverter, { from: before.counter ?? 0, to: shown.counter ?? 0 });
		if (slots === 1 || brought === null || brought < 0) {
			this.#put(inverter, before.minute, brought === null || brought < 0 ? before.powerWh : brought);
			return;
		}
		this.#warn('readings.slots-filled', inverter, { count: slots - 1 });
		for (let slot = 0; slot < slots; slot++) {
			const wh = Math.floor((brought * (slot + 1)) / slots) - Math.floor((brought * slot) / slots);
			const minute = before.minute + slot * this.#slotMinutes;
			this.#sink.put(inverter.series, minute, wh, brought === 0 ? 0 : substitute, before.line);
		}
	}

	#put(inverter: Inverter, minute: number, wh: number | null): void {
		if (wh === null) this.#sink.putMissing(inverter.series, minute, this.#line);
		else this.#sink.put(inverter.series, minute, wh, 0, this.#line);
	}

	#warn(code: string, { columns }: Inverter, values: Warning['values']): void {
		if (this.warnings.length < 1000)
			this.warnings.push({ code, values: { line: this.#line, device: columns.serial, ...values } });
	}

	#amount(cell: string | undefined, unit: 'kwh' | 'kw', text: string): number | null {
		const amount = (cell ?? this.refuse('readings.bad-row', text)).trim();
		if (isEmptyCell(amount)) return null;
		const wh = whOf(amount, this.#header.mark, scaleOf(unit, this.#slotMinutes));
		if (Number.isNaN(wh)) this.refuse('readings.bad-number', text);
		if (wh < 0) this.refuse('readings.negative', text);
		if (!Number.isFinite(wh)) this.refuse('readings.too-large', text);
		return wh;
	}
}
