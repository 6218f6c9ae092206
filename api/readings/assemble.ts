// Turns single values into meter-days: one array of watt-hours per series and local day, handed on as soon as it is full.
import { type Day, dayOf } from '../values/calendar.ts';
import { qualities } from '../values/energy.ts';
import { Refusal } from '../values/refusal.ts';
import type { SeriesKey, Sink } from './formats/format.ts';
import { type LocalDay, LocalDays } from './local-days.ts';
import { missingRank, missingWh, secondValue } from './rules.ts';

/** One local day of one series, not to be changed by whoever takes it. */
export type MeterDay = {
	/** Index into the assembler's `keys`. */
	readonly series: number;
	readonly day: Day;
	/** Watt-hours per slot, `missingWh` where there is no value; 96, 92 or 100 long for quarter-hours, 1 for daily totals. */
	readonly wh: Int32Array;
	/** Rank per slot; null when every value is measured. */
	readonly quality: Uint8Array | null;
	/** Sum of the values that are there. */
	readonly totalWh: number;
	/** Slots without a value. */
	readonly gaps: number;
	/** True if this day was handed on before and a better value came later: this one replaces it. */
	readonly replaces: boolean;
	/** The day as it was handed on before; only with `replaces` and where somebody asked (`exact`). */
	readonly before: MeterDay | null;
	/** 1 for slots that the file names, also without value; null if it named none without one. */
	readonly named: Uint8Array | null;
	/** What rounding to whole watt-hours took from each slot; null if nothing, or if nobody asked (`exact`). */
	readonly rest: Float64Array | null;
	/** Start of the day and length of its slots, minutes. */
	readonly startMinute: number;
	readonly step: number;
};

/** What one series came to, over all its days. */
export type SeriesSummary = {
	key: SeriesKey;
	values: number;
	totalWh: number;
	days: number;
	/** Days with fewer values than slots. */
	incompleteDays: number;
	/** Slots without a value between `fromMinute` and `toMinute`. */
	gaps: number;
	/** Start of the first and end of the last slot named in the file, minutes since 1970 (UTC); null without any. */
	fromMinute: number | null;
	toMinute: number | null;
	/** Values per quality rank; the last entry counts `gaps`. */
	qualities: number[];
	/** Slots that came twice with the same value and quality. */
	duplicates: number;
	/** Slots that came twice with different quality: the better one is kept. */
	outranked: number;
	/** Slots that came twice with the same quality and different values. */
	conflicts: number;
};

type OpenDay = {
	series: number;
	day: Day;
	local: LocalDay;
	/** Length of a slot in minutes; of a daily total the length of that day. */
	step: number;
	wh: Int32Array;
	quality: Uint8Array | null;
	totalWh: number;
	gaps: number;
	replaces: boolean;
	before: OpenDay | null;
	named: Uint8Array | null;
	rest: Float64Array | null;
	startMinute: number;
	handedOn: boolean;
};

type OpenSeries = {
	key: SeriesKey;
	days: Map<number, OpenDay>;
	/** Days handed on whose values had to be forgotten to bound memory. */
	forgotten: Set<number>;
	summary: SeriesSummary;
};

const seriesLimit = 60_000;
const readyLimit = 256;

/** Slots kept in memory to compare later values with: 64 MiB, enough for ten million shuffled rows. */
const slotsKept = 16_777_216;

/**
 * Collects values into days. A day is handed on (`take`, awaited) once all its slots are filled; days with gaps follow at
 * `close`. Values that come again are compared with what was handed on (see `secondValue`); a day that must change is
 * handed on once more with `replaces`. Memory is bounded: beyond `slotsKept` the oldest days are handed on as they are
 * and forgotten; a value for such a day is refused (readings.unsorted), never lost.
 */
export class DayAssembler implements Sink {
	readonly #take: (days: MeterDay[]) => void | Promise<void>;
	readonly #limit: number;
	readonly exact: boolean;
	readonly #index = new Map<string, number>();
	readonly #series: OpenSeries[] = [];
	readonly #current: OpenDay[] = [];
	readonly #days = new LocalDays();
	readonly #open = new Set<OpenDay>();
	readonly #handedOn: OpenDay[] = [];
	#oldest = 0;
	#slots = 0;
	#ready: OpenDay[] = [];
	#conflict: Refusal | undefined;
	#conflicts = 0;

	constructor(
		take: (days: MeterDay[]) => void | Promise<void>,
		{ slots = slotsKept, exact = false }: { slots?: number; exact?: boolean } = {},
	) {
		this.#take = take;
		this.#limit = slots;
		this.exact = exact;
	}

	series(key: SeriesKey): number {
		const name = [key.meteringPoint, key.obis, key.device, key.unit, key.slotMinutes, key.document].join('|');
		const known = this.#index.get(name);
		if (known !== undefined) return known;
		if (this.#series.length >= seriesLimit)
			throw new Refusal('invalid', 'readings.too-many-series', { limit: seriesLimit });
		const index = this.#series.length;
		this.#index.set(name, index);
		this.#series.push({ key, days: new Map(), forgotten: new Set(), summary: emptySummary(key) });
		this.#current.push(nowhere);
		return index;
	}

	put(series: number, startMinute: number, wh: number, rank: number, line: number): void {
		let open = this.#current[series] as OpenDay;
		let offset = startMinute - open.local.startMinute;
		if (offset < 0 || offset >= open.local.minutes) {
			open = this.#turnTo(series, startMinute, line);
			offset = startMinute - open.local.startMinute;
		}
		const slot = (offset / open.step) | 0;
		if (slot * open.step !== offset) this.#refuse('readings.off-grid', open, startMinute, line);
		if (open.wh[slot] !== missingWh || open.handedOn) {
			this.#putAgain(open, slot, wh, rank, line);
			return;
		}
		open.wh[slot] = wh;
		open.totalWh += wh;
		if (rank !== 0 || open.quality) setRank(open, slot, rank);
		if (--open.gaps === 0) this.#handOn(open);
	}

	putMissing(series: number, startMinute: number, line: number): void {
		const open = this.#turnTo(series, startMinute, line);
		if ((startMinute - open.local.startMinute) % open.step !== 0)
			this.#refuse('readings.off-grid', open, startMinute, line);
		this.#widen(open, startMinute, startMinute + open.step);
		open.named ??= new Uint8Array(open.wh.length);
		open.named[(startMinute - open.local.startMinute) / open.step] = 1;
	}

	putRest(series: number, startMinute: number, wh: number, rest: number): void {
		const open = this.#current[series] as OpenDay;
		if (rest === 0 && !open.rest) return;
		const slot = (startMinute - open.local.startMinute) / open.step;
		// A value that lost against a better one leaves nothing behind.
		if (open.wh[slot] !== wh) return;
		open.rest ??= new Float64Array(open.wh.length);
		open.rest[slot] = rest;
	}

	get full(): boolean {
		return this.#ready.length >= readyLimit;
	}

	async flush(): Promise<void> {
		if (this.#ready.length === 0) return;
		const days = this.#ready;
		this.#ready = [];
		await this.#take(days);
	}

	/** Hands on what is left and returns the summaries. Refuses readings.conflict (first of them, with their number). */
	async close(): Promise<SeriesSummary[]> {
		for (const open of this.#open) this.#handOn(open);
		await this.flush();
		if (this.#conflict) {
			const { kind, code, values } = this.#conflict;
			throw new Refusal(kind, code, { ...values, conflicts: this.#conflicts });
		}
		return this.summaries();
	}

	/** Keys of the series seen so far, by index. */
	get keys(): SeriesKey[] {
		return this.#series.map(({ key }) => key);
	}

	/** Summaries so far; whole after `close`. */
	summaries(): SeriesSummary[] {
		return this.#series.map(({ summary }) => {
			const { fromMinute, toMinute, values, key } = summary;
			const slots = fromMinute === null || toMinute === null ? 0 : slotsBetween(fromMinute, toMinute, key.slotMinutes);
			return {
				...summary,
				gaps: slots - values,
				qualities: summary.qualities.map((n, rank) => (rank === missingRank ? slots - values : n)),
			};
		});
	}

	#turnTo(series: number, minute: number, line: number): OpenDay {
		const local = this.#days.of(minute);
		const of = this.#series[series] as OpenSeries;
		let open = of.days.get(local.ordinal);
		if (!open) {
			if (of.forgotten.has(local.ordinal)) this.#refuse('readings.unsorted', { series, day: local.day }, minute, line);
			const { slotMinutes } = of.key;
			const step = slotMinutes === 1440 ? local.minutes : slotMinutes;
			const length = local.minutes / step;
			const wh = new Int32Array(length).fill(missingWh);
			const { day } = local;
			open = {
				series,
				day,
				local,
				step,
				wh,
				quality: null,
				totalWh: 0,
				gaps: length,
				replaces: false,
				before: null,
				named: null,
				rest: null,
				startMinute: local.startMinute,
				handedOn: false,
			};
			of.days.set(local.ordinal, open);
			this.#open.add(open);
			this.#slots += length;
			if (this.#slots > this.#limit) this.#forget(open);
		}
		this.#current[series] = open;
		return open;
	}

	/** The slot is filled already, or its day was handed on. */
	#putAgain(open: OpenDay, slot: number, wh: number, rank: number, line: number): void {
		const held = { wh: open.wh[slot] as number, rank: open.quality ? (open.quality[slot] as number) : 0 };
		if (held.wh === missingWh) held.rank = missingRank;
		const { summary } = this.#series[open.series] as OpenSeries;
		switch (secondValue(held, { wh, rank })) {
			case 'duplicate':
				summary.duplicates++;
				return;
			case 'conflict':
				summary.conflicts++;
				this.#conflicts++;
				this.#conflict ??= new Refusal('invalid', 'readings.conflict', {
					...this.#place(open, open.local.startMinute + slot * open.step, line),
					firstWh: held.wh,
					secondWh: wh,
				});
				return;
			case 'worse':
				summary.outranked++;
				return;
		}
		const changed = open.handedOn ? this.#reopen(open) : open;
		if (held.wh === missingWh) changed.gaps--;
		else {
			summary.outranked++;
			changed.totalWh -= held.wh;
		}
		changed.wh[slot] = wh;
		changed.totalWh += wh;
		setRank(changed, slot, rank);
	}

	/** A changed copy of a day that was handed on; it follows at `close`. */
	#reopen(open: OpenDay): OpenDay {
		const again: OpenDay = { ...open, wh: open.wh.slice(), quality: open.quality?.slice() ?? null, handedOn: false };
		again.replaces = true;
		again.before = this.exact ? open : null;
		again.rest = open.rest?.slice() ?? null;
		const of = this.#series[open.series] as OpenSeries;
		of.days.set(open.local.ordinal, again);
		this.#current[open.series] = again;
		this.#open.add(again);
		this.#slots += again.wh.length;
		this.#count(open, -1);
		return again;
	}

	#handOn(open: OpenDay): void {
		open.handedOn = true;
		if (open.quality?.every((rank, slot) => rank === 0 || open.wh[slot] === missingWh)) open.quality = null;
		this.#open.delete(open);
		this.#handedOn.push(open);
		this.#ready.push(open);
		this.#count(open, 1);
	}

	/** Makes room: hands on the oldest open days, forgets the oldest days that were handed on. */
	#forget(newest: OpenDay): void {
		for (const open of this.#open) {
			if (this.#handedOn.length > this.#oldest) break;
			if (open !== newest) this.#handOn(open);
		}
		while (this.#slots > this.#limit && this.#oldest < this.#handedOn.length) {
			const old = this.#handedOn[this.#oldest++] as OpenDay;
			this.#slots -= old.wh.length;
			const of = this.#series[old.series] as OpenSeries;
			if (of.days.get(old.local.ordinal) !== old) continue;
			of.days.delete(old.local.ordinal);
			of.forgotten.add(old.local.ordinal);
			if (this.#current[old.series] === old) this.#current[old.series] = nowhere;
		}
		if (this.#oldest > 4096) {
			this.#handedOn.splice(0, this.#oldest);
			this.#oldest = 0;
		}
	}

	#count(open: OpenDay, sign: 1 | -1): void {
		const { summary } = this.#series[open.series] as OpenSeries;
		const values = open.wh.length - open.gaps;
		summary.values += sign * values;
		summary.totalWh += sign * open.totalWh;
		if (values > 0) summary.days += sign;
		if (open.gaps > 0) summary.incompleteDays += sign;
		for (let slot = 0; open.quality && slot < open.quality.length; slot++) {
			if (open.wh[slot] !== missingWh) (summary.qualities[open.quality[slot] as number] as number) += sign;
		}
		if (!open.quality) (summary.qualities[0] as number) += sign * values;
		if (values === 0) return;
		let first = 0;
		let last = open.wh.length - 1;
		while (open.wh[first] === missingWh) first++;
		while (open.wh[last] === missingWh) last--;
		const { startMinute } = open.local;
		this.#widen(open, startMinute + first * open.step, startMinute + (last + 1) * open.step);
	}

	#widen(open: OpenDay, from: number, to: number): void {
		const { summary } = this.#series[open.series] as OpenSeries;
		if (summary.fromMinute === null || from < summary.fromMinute) summary.fromMinute = from;
		if (summary.toMinute === null || to > summary.toMinute) summary.toMinute = to;
	}

	#place(of: { series: number; day: Day }, minute: number, line: number) {
		const { key } = this.#series[of.series] as OpenSeries;
		return {
			line,
			time: new Date(minute * 60_000).toISOString(),
			meteringPoint: key.meteringPoint ?? '',
			obis: key.obis ?? '',
			slotMinutes: key.slotMinutes,
		};
	}

	#refuse(code: string, of: { series: number; day: Day }, minute: number, line: number): never {
		throw new Refusal('invalid', code, this.#place(of, minute, line));
	}
}

/** Stands for "no day yet": every minute lies outside of it. */
const nowhere: OpenDay = {
	series: -1,
	day: '',
	local: { ordinal: 0, day: '', startMinute: 1_000_000_000, minutes: 0 },
	step: 1,
	wh: new Int32Array(0),
	quality: null,
	totalWh: 0,
	gaps: 0,
	replaces: false,
	before: null,
	named: null,
	rest: null,
	startMinute: 1_000_000_000,
	handedOn: false,
};

function setRank(open: OpenDay, slot: number, rank: number): void {
	if (!open.quality) {
		open.quality = new Uint8Array(open.wh.length);
		for (let at = 0; at < open.wh.length; at++) if (open.wh[at] === missingWh) open.quality[at] = missingRank;
	}
	open.quality[slot] = rank;
}

function slotsBetween(fromMinute: number, toMinute: number, slotMinutes: number): number {
	if (slotMinutes !== 1440) return (toMinute - fromMinute) / slotMinutes;
	const [from, to] = [dayOf(fromMinute * 60_000), dayOf(toMinute * 60_000)];
	return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

function emptySummary(key: SeriesKey): SeriesSummary {
	const zero = {
		values: 0,
		totalWh: 0,
		days: 0,
		incompleteDays: 0,
		gaps: 0,
		duplicates: 0,
		outranked: 0,
		conflicts: 0,
	};
	return { key, ...zero, fromMinute: null, toMinute: null, qualities: qualities.map(() => 0) };
}
