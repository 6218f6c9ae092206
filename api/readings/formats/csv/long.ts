// The long list of many meters, `id,2026-01-01T00:00:00Z,0.000,M`: read byte by byte, no text per row, millions of rows a second.
import { Refusal } from '../../../values/refusal.ts';
import type { SlotMinutes } from '../../rules.ts';
import { excerpt, isMistypedMaLo, meteringPointOf, missingRank, rankOfStatus, slotLengthOf } from '../../rules.ts';
import type { Facts, Input, Sink } from '../format.ts';

const rowPattern =
	/^([0-9A-Za-z]{1,40}),(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::00(?:\.0{1,3})?)?Z,(-?\d{1,10}(?:\.\d{1,3})?)?,([A-Za-z]?)\r?$/;

const [comma, point, minus, zero, colon, newline, carriageReturn] = [44, 46, 45, 48, 58, 10, 13];

/** The rows of the head, without the last (it may be cut), the first if it is a header. */
function sampleOf(head: Buffer): string[] | undefined {
	const text = head.toString('latin1', head.subarray(0, 3).equals(byteOrderMark) ? 3 : 0);
	const lines = text.split('\n', 4097).filter((line) => line.trim() !== '');
	if (lines.length > 1 && lines[0]?.match(/^[A-Za-z_]+,[^0-9]*\r?$/)) lines.shift();
	return lines.length > 0 && rowPattern.test(lines[0] as string) ? lines : undefined;
}

/** Bytes that no row of this layout comes near; more without a line feed are no such file. */
const longestRow = 4096;

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** True if the file begins like a long list: id, instant in UTC, kWh with a point, one letter of quality. */
export function isLong(head: Buffer): boolean {
	return sampleOf(head) !== undefined;
}

/**
 * Reads a long list. Instants are starts of slots; all channels of the list have slots of one length (found in the first
 * mebibyte). Refuses readings.bad-row, -bad-number, -bad-time, -bad-quality, -bad-metering-point, -negative, -no-slot,
 * -truncated, each with its line.
 */
export async function readLong({ head, chunks }: Input, sink: Sink): Promise<Facts> {
	const reader = new LongReader(sink, slotOf(head));
	let rest = Buffer.alloc(0);
	for await (const chunk of chunks) {
		let start = 0;
		if (rest.length > 0) {
			start = chunk.indexOf(newline) + 1;
			rest = Buffer.concat([rest, start > 0 ? chunk.subarray(0, start) : chunk]);
			if (start > 0) reader.read(rest, 0, rest.length);
		}
		if (start > 0 || rest.length === 0) {
			const end = chunk.lastIndexOf(newline) + 1;
			if (end > start) reader.read(chunk, start, end);
			// Copied, since the stream may use the chunk's memory again.
			rest = Buffer.from(chunk.subarray(Math.max(start, end)));
		}
		if (rest.length > longestRow) reader.refuse('readings.bad-row', rest, 0);
		if (sink.full) await sink.flush();
	}
	if (rest.length > 0) {
		// Without the end of the line a value might be cut short: only a row that ends in its letter is surely whole.
		if (!/,[A-Za-z]$/.test(rest.toString('latin1'))) reader.refuse('readings.truncated', rest, 0);
		reader.read(Buffer.concat([rest, Buffer.from('\n')]), 0, rest.length + 1);
	}
	return { formatVersion: 'long', sender: null, registers: [], documents: [], warnings: [], encoding: 'us-ascii' };
}

function slotOf(head: Buffer): SlotMinutes {
	const stamps = (sampleOf(head) ?? []).flatMap((line) => {
		const stamp = rowPattern.exec(line)?.[2];
		return stamp ? [Date.parse(`${stamp}Z`) / 60_000] : [];
	});
	const slot = slotLengthOf(stamps);
	if (!slot || slot === 1440) throw new Refusal('invalid', 'readings.no-slot', { line: 1 });
	return slot;
}

class LongReader {
	line = 1;
	readonly #sink: Sink;
	readonly #slotMinutes: SlotMinutes;
	readonly #ids = new Map<string, number>();
	#id = Buffer.alloc(0);
	#series = -1;
	#date = Buffer.alloc(10);
	#dayMinute = 0;
	readonly #ranks = new Int8Array(256).fill(-1);

	constructor(sink: Sink, slotMinutes: SlotMinutes) {
		this.#sink = sink;
		this.#slotMinutes = slotMinutes;
		for (let letter = 65; letter < 123; letter++) {
			this.#ranks[letter] = rankOfStatus(String.fromCharCode(letter)) ?? -1;
		}
	}

	/** Reads the whole rows between `start` and `end`, which is just behind a line feed. */
	read(bytes: Buffer, start: number, end: number): void {
		const sink = this.#sink;
		const ranks = this.#ranks;
		let at = start;
		let line = this.line;
		if (line === 1 && bytes.subarray(0, 3).equals(byteOrderMark)) at += 3;
		while (at < end) {
			this.line = line;
			const row = at;
			// The id: nearly always that of the row before.
			let id = this.#id;
			let length = id.length;
			let same = 0;
			while (same < length && bytes[at + same] === id[same]) same++;
			if (same < length || length === 0 || bytes[at + length] !== comma) {
				if (!this.#turnTo(bytes, at, end)) {
					at = bytes.indexOf(newline, at) + 1;
					line++;
					continue;
				}
				id = this.#id;
				length = id.length;
			}
			at += length + 1;
			// The instant: the day is nearly always that of the row before.
			const date = this.#date;
			same = 0;
			while (same < 10 && bytes[at + same] === date[same]) same++;
			if (same < 10) this.#turnToDay(bytes, at, row);
			at += 11;
			const h1 = (bytes[at] as number) - zero;
			const h0 = (bytes[at + 1] as number) - zero;
			const m1 = (bytes[at + 3] as number) - zero;
			const m0 = (bytes[at + 4] as number) - zero;
			const hour = h1 * 10 + h0;
			if (
				((h1 | h0 | m1 | m0) & ~15) !== 0 ||
				h0 > 9 ||
				hour > 23 ||
				m1 > 5 ||
				m0 > 9 ||
				bytes[at - 1] !== 84 ||
				bytes[at + 2] !== colon
			) {
				this.refuse('readings.bad-time', bytes, row);
			}
			const minute = this.#dayMinute + hour * 60 + m1 * 10 + m0;
			at += 5;
			if (bytes[at] === colon) {
				if (bytes[at + 1] !== zero || bytes[at + 2] !== zero) this.refuse('readings.bad-time', bytes, row);
				at += 3;
				if (bytes[at] === point) while (bytes[++at] === zero);
			}
			if (bytes[at] !== 90 || bytes[at + 1] !== comma) this.refuse('readings.bad-time', bytes, row);
			at += 2;
			// The number: digits, a point, up to three digits.
			let wh = 0;
			let digits = 0;
			let byte = bytes[at] as number;
			const negative = byte === minus;
			if (negative) byte = bytes[++at] as number;
			while (byte >= zero && byte <= 57) {
				wh = wh * 10 + byte - zero;
				digits++;
				byte = bytes[++at] as number;
			}
			const empty = digits === 0;
			if (digits > 7) this.refuse('readings.too-large', bytes, row);
			let scale = 1000;
			if (byte === point && !empty) {
				byte = bytes[++at] as number;
				while (byte >= zero && byte <= 57 && scale > 1) {
					wh = wh * 10 + byte - zero;
					scale /= 10;
					byte = bytes[++at] as number;
				}
				if (scale === 1000) this.refuse('readings.bad-number', bytes, row);
			}
			wh *= scale;
			if (byte !== comma || (empty && negative)) this.refuse('readings.bad-number', bytes, row);
			if (negative && wh !== 0) this.refuse('readings.negative', bytes, row);
			if (wh > 2_147_483_647) this.refuse('readings.too-large', bytes, row);
			// The quality: one letter or none.
			byte = bytes[++at] as number;
			let rank = 0;
			if (byte !== newline && byte !== carriageReturn) {
				rank = ranks[byte] as number;
				if (rank < 0) this.refuse('readings.bad-quality', bytes, row);
				byte = bytes[++at] as number;
			}
			if (byte === carriageReturn) byte = bytes[++at] as number;
			if (byte !== newline) this.refuse('readings.bad-row', bytes, row);
			at++;
			if (empty || rank === missingRank) sink.putMissing(this.#series, minute, line);
			else sink.put(this.#series, minute, wh, rank, line);
			line++;
		}
		this.line = line;
	}

	/** Takes up another id; false for an empty line or a header in the first. */
	#turnTo(bytes: Buffer, at: number, end: number): boolean {
		const lineEnd = bytes.indexOf(newline, at);
		const stop = bytes.indexOf(comma, at);
		if (stop < 0 || stop > lineEnd || lineEnd >= end) {
			if (bytes.toString('latin1', at, lineEnd).trim() === '') return false;
			this.refuse('readings.bad-row', bytes, at);
		}
		const text = bytes.toString('latin1', at, stop);
		if (this.line === 1 && !/\d/.test(bytes.toString('latin1', stop, lineEnd))) return false;
		let series = this.#ids.get(text);
		if (series === undefined) {
			const meteringPoint = /^[0-9A-Za-z]+$/.test(text) ? meteringPointOf(text) : undefined;
			if (!meteringPoint || isMistypedMaLo(meteringPoint)) this.refuse('readings.bad-metering-point', bytes, at);
			const key = { meteringPoint, obis: null, device: null, unit: 'kWh', slotMinutes: this.#slotMinutes } as const;
			series = this.#sink.series(key);
			this.#ids.set(text, series);
		}
		this.#series = series;
		this.#id = Buffer.from(bytes.subarray(at, stop));
		return true;
	}

	#turnToDay(bytes: Buffer, at: number, row: number): void {
		const text = bytes.toString('latin1', at, at + 10);
		const ms = /^(19|20|21)\d\d-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
		// Date.parse takes 31 February for 3 March.
		if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text)
			this.refuse('readings.bad-time', bytes, row);
		this.#dayMinute = ms / 60_000;
		this.#date = Buffer.from(bytes.subarray(at, at + 10));
	}

	refuse(code: string, bytes: Buffer, row: number): never {
		const lineEnd = bytes.indexOf(newline, row);
		const text = bytes.toString('latin1', row, Math.min(lineEnd < 0 ? bytes.length : lineEnd, row + 200)).trimEnd();
		throw new Refusal('invalid', code, { line: this.line, text: excerpt(text) });
	}
}
