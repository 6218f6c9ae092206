// Solar-Log files: minute files (min*.js, five-minute records of counters that begin at zero each day) and daily totals (days*.js).
import { isDay, slotsOfDay, startOfDay } from '../../../values/calendar.ts';
import { slotMaxWh } from '../../../values/energy.ts';
import { Refusal } from '../../../values/refusal.ts';
import { excerpt, type SlotMinutes } from '../../rules.ts';
import type { Facts, Format, Input, Sink, Warning } from '../format.ts';
import {
	type Block,
	counterField,
	intervalOf,
	type LogRecord,
	type Point,
	pointsOf,
	powerWh,
	spreadSteps,
	stuckWh,
} from './counters.ts';

/**
 * Solar-Log minute and day files. The file names neither metering point nor channel: series are told apart by the place
 * of their block in the record (device '1', '2' …), which the operator maps to inverters.
 * Minute files: the slot that ends at a record holds the difference of the day's counter, which never counts back: a
 * falling counter adds nothing until it is past its highest value, so the day's sum is that value. What the counter
 * proves without telling when is spread evenly over the slots without record (substitute); before a late first record
 * no faster than the fastest step of the day. Night is zero, measured: before the first record the counter is still zero,
 * after the last the inverters have gone to sleep; a day that ends at full power is unfinished and its rest missing.
 * Warnings: readings.counter-fell, -counter-jumped, -counter-stuck, -records-missing, -day-unfinished.
 * Refuses with `line`: readings.bad-row, -bad-time, -no-slot, -truncated, -too-large, -not-load-profile (months, years).
 */
export const solarLog: Format = { name: 'solarlog', recognise, read };

const recordPattern =
	/^(m\[mi\+\+\]|da\[dx\+\+\])="(\d\d)\.(\d\d)\.(\d\d)(?: (\d\d):(\d\d):(\d\d))?((?:\|[0-9;-]*)+)"\s*;?\s*$/;
/** Lines of an HTTP reply before its body. */
const noisePattern = /^(HTTP\/\d|[A-Za-z][A-Za-z-]*:\s)/;
const startPattern = /(?:^|[\r\n])\s*(m\[mi\+\+\]|da\[dx\+\+\]|mo\[mx\+\+\]|ye\[yx\+\+\])\s*=\s*"/;

function recognise(head: Buffer): number {
	const text = head.toString('latin1', 0, 8192);
	const start = startPattern.exec(text);
	// Loggers were read over HTTP; some copies hold the reply's header lines.
	const before = start
		? text
				.slice(0, start.index)
				.replace(/^\u00ef\u00bb\u00bf/, '')
				.trim()
		: 'anything else';
	return before === '' || noisePattern.test(before) ? 0.95 : 0;
}

async function read({ chunks }: Input, sink: Sink): Promise<Facts> {
	const reader = new RecordReader(sink);
	let rest = '';
	for await (const chunk of chunks) {
		const text = rest + chunk.toString('latin1');
		const lines = text.split('\n');
		rest = lines.pop() ?? '';
		if (rest.length > 65_536) reader.refuse('readings.bad-row', rest);
		for (const line of lines) for (const part of line.replace(/\r$/, '').split('\r')) reader.take(part, true);
		if (sink.full) await sink.flush();
	}
	for (const part of rest.split('\r')) reader.take(part, false);
	return reader.end();
}

class RecordReader {
	readonly #sink: Sink;
	readonly #warnings: Warning[] = [];
	#line = 0;
	#begun = false;
	#kind: 'minutes' | 'days' | null = null;
	#day = '';
	#records: LogRecord[] = [];

	constructor(sink: Sink) {
		this.#sink = sink;
	}

	take(text: string, ended: boolean): void {
		if (ended || text !== '') this.#line++;
		if (text.trim() === '' || text === '\u00ef\u00bb\u00bf') return;
		const line = text.replace(/^\u00ef\u00bb\u00bf/, '').trimStart();
		if (/^(mo\[mx|ye\[yx)/.test(line)) this.refuse('readings.not-load-profile', text);
		const match = recordPattern.exec(line);
		if (!match) {
			if (!this.#begun && noisePattern.test(line)) return;
			// Chunk lengths of HTTP, assignments that some firmware writes.
			if (/^([0-9A-Fa-f]{1,6}|(var\s+)?(mi|dx)\s*=\s*\d+;?)\s*$/.test(line)) return;
			this.refuse(ended ? 'readings.bad-row' : 'readings.truncated', text);
		}
		this.#begun = true;
		this.#take(match, text);
	}

	end(): Facts {
		if (this.#kind === 'minutes') this.#closeDay();
		return {
			formatVersion: this.#kind,
			sender: null,
			registers: [],
			documents: [],
			warnings: this.#warnings,
			encoding: 'us-ascii',
		};
	}

	refuse(code: string, text: string): never {
		throw new Refusal('invalid', code, { line: this.#line, text: excerpt(text) });
	}

	#take(match: RegExpExecArray, text: string): void {
		const kind = match[1]?.startsWith('m') ? 'minutes' : 'days';
		if (this.#kind !== null && this.#kind !== kind) this.refuse('readings.bad-row', text);
		this.#kind = kind;
		const day = `20${match[4]}-${match[3]}-${match[2]}`;
		const [hour, minute, seconds] = [Number(match[5] ?? 0), Number(match[6] ?? 0), Number(match[7] ?? 0)];
		if (!isDay(day) || hour > 23 || minute > 59 || seconds > 59 || (match[5] !== undefined) !== (kind === 'minutes')) {
			this.refuse('readings.bad-time', text);
		}
		const blocks = (match[8] ?? '')
			.slice(1)
			.split('|')
			.map((block) => block.split(';').map((field) => (/^-?\d+$/.test(field) ? Number(field) : Number.NaN)));
		if (blocks.flat().some((n) => Number.isNaN(n) || Math.abs(n) > slotMaxWh)) this.refuse('readings.bad-row', text);
		if (kind === 'days') this.#takeTotals(day, blocks, text);
		else {
			if (day !== this.#day && this.#records.length > 0) this.#closeDay();
			this.#day = day;
			// No logger writes more than one record a minute; a longer day would be no day.
			if (this.#records.length > 3000) this.refuse('readings.bad-row', text);
			this.#records.push({ line: this.#line, clock: hour * 60 + minute + Math.round(seconds / 60), blocks });
		}
	}

	#takeTotals(day: string, blocks: readonly Block[], text: string): void {
		blocks.forEach(([wh], i) => {
			if (wh === undefined || wh < 0) this.refuse('readings.bad-row', text);
			const key = { meteringPoint: null, obis: null, device: String(i + 1), unit: 'kWh', slotMinutes: 1440 } as const;
			this.#sink.put(this.#sink.series(key), startOfDay(day) / 60_000, wh, 0, this.#line);
		});
	}

	#closeDay(): void {
		const day = this.#day;
		const records = this.#records.sort((a, b) => a.clock - b.clock);
		this.#records = [];
		const slotMinutes = intervalOf(records);
		if (!slotMinutes) throw new Refusal('invalid', 'readings.no-slot', { line: records[0]?.line ?? this.#line, day });
		const devices = Math.max(...records.map(({ blocks }) => blocks.length));
		for (let device = 0; device < devices; device++) {
			const own = records.filter(({ blocks }) => blocks[device]);
			const counter = counterField(own.map(({ blocks }) => blocks[device] as Block));
			if (counter === undefined) this.refuse('readings.bad-row', `${day} ${device + 1}`);
			const key = { meteringPoint: null, obis: null, device: String(device + 1), unit: 'kWh', slotMinutes } as const;
			this.#putDay(this.#sink.series(key), { day, device, slotMinutes, counter, records: own });
		}
	}

	#putDay(
		series: number,
		of: { day: string; device: number; slotMinutes: Exclude<SlotMinutes, 1440>; counter: number; records: LogRecord[] },
	): void {
		const { day, device, slotMinutes, counter, records } = of;
		const slots = slotsOfDay(day, slotMinutes);
		const start = startOfDay(day) / 60_000;
		const points = pointsOf(records, { day, device, counter, slotMinutes });
		const own = new Map<string, Warning>();
		// One warning a day, device and kind: the first, and how many there were.
		const warn = (code: string, point: Point, values = {}) => {
			const first = own.get(code) ?? {
				code,
				values: { line: point.line, day, device: device + 1, ...values, count: 0 },
			};
			first.values.count = Number(first.values.count) + 1;
			if (!own.has(code)) this.#warnings.push(first);
			own.set(code, first);
		};
		const last = points.at(-1);
		if (!last) return;
		const peak = Math.max(...points.map(({ power }) => power));
		if (points.every(({ wh }) => wh === 0) && powerWh(points, slotMinutes) >= stuckWh) {
			// The inverter ran and its counter did not: what it produced is unknown, not zero.
			warn('readings.counter-stuck', last);
			for (let slot = 0; slot < slots; slot++) this.#sink.putMissing(series, start + slot * slotMinutes, last.line);
			return;
		}
		const energy = new Array<number>(slots).fill(0);
		const ranks = new Uint8Array(slots);
		spreadSteps(points, { energy, ranks, peak, slotMinutes, warn });
		const isUnfinished = last.power > 50 && last.power * 20 > peak;
		if (isUnfinished && last.slot < slots) warn('readings.day-unfinished', last);
		for (let slot = 0; slot < slots; slot++) {
			const minute = start + slot * slotMinutes;
			if (isUnfinished && slot >= last.slot) this.#sink.putMissing(series, minute, last.line);
			else this.#sink.put(series, minute, energy[slot] as number, ranks[slot] as number, last.line);
		}
	}
}
