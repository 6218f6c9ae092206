// Datadis (Spain): hourly consumption and surplus as JSON, labelled by the end of the hour on the Spanish wall clock, which is the German one.
import { addDays, type Day, instantOfWallClock, isDay, minutesOfDay, startOfDay } from '../../values/calendar.ts';
import { qualityRank } from '../../values/energy.ts';
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import { excerpt, meteringPointOf, rankOfStatus } from '../rules.ts';
import type { Facts, Format, Input, Sink, Warning } from './format.ts';
import { type JsonRecord, jsonStart, readRecords } from './json.ts';
import { amountText, type Channel, channelOf, putAmount } from './values.ts';

/**
 * A list of hours (or quarter-hours), bare or anywhere inside an object: consumptionKWh is 1-1:1.29.0, surplusEnergyKWh 1-1:2.29.0, the
 * supply point (CUPS) the metering point. Labels 01:00 to 24:00 name the end of the hour; a file with 00:00 and without
 * 24:00 names its beginning (warning readings.stamps-assumed). In October most files lose one of the two hours from 2 to
 * 3 o'clock: the second is missing (readings.hour-lost). In March the left-out hour is told by which label is not there;
 * labels that count the hours of the day on (23 in March, 25 in October) are read as such. "Estimada" is estimated, anything
 * of what a community generated or consumed itself is not read (readings.columns-ignored).
 * Refuses with `line` what readRecords refuses, readings.bad-row, -bad-time, -bad-number, -bad-quality, -negative, -bad-metering-point.
 */
export const datadis: Format = { name: 'datadis', recognise, read };

function recognise(head: Buffer): number {
	const text = jsonStart(head);
	return /"consumptionKWh"\s*:/.test(text) && /"time"\s*:/.test(text) ? 1 : 0;
}

async function read(input: Input, sink: Sink): Promise<Facts> {
	const head = jsonStart(input.head, input.head.length);
	const hours = new HourReader(sink, {
		minutes: /"time"\s*:\s*"\d{1,2}:(15|30|45)"/.test(head) ? 15 : 60,
		begins: /"time"\s*:\s*"0?0:00"/.test(head) && !/"time"\s*:\s*"24:00"/.test(head),
	});
	const encoding = await readRecords(
		input,
		'consumptionKWh',
		(one) => hours.take(one),
		async () => {
			if (sink.full) await sink.flush();
		},
	);
	hours.end();
	return { formatVersion: null, sender: null, registers: [], documents: [], warnings: hours.warnings, encoding };
}

type Row = {
	meteringPoint: string | null;
	consumption: string;
	surplus: string;
	rank: number;
	line: number;
};

/** A row of a day when the clocks change; `clock` is when its slot begins, minutes of the label's clock. */
type ChangeRow = { clock: number; row: Row };

/** Rows of such days that are kept until the end: twice a year for two thousand supply points over a hundred years. */
const mostChangeRows = 500_000;

const unread = ['generationEnergyKWh', 'selfConsumptionEnergyKWh'];

class HourReader {
	readonly warnings: Warning[] = [];
	readonly #sink: Sink;
	readonly #minutes: 15 | 60;
	readonly #begins: boolean;
	readonly #changeDays = new Map<string, { day: Day; rows: ChangeRow[] }>();
	#changeRows = 0;
	/** The day of the row before: most rows have the same. */
	#day = { day: '', start: 0, minutes: 0 };
	readonly #channels = new Map<string, Channel>();
	readonly #ignored = new Set<string>();

	constructor(sink: Sink, { minutes, begins }: { minutes: 15 | 60; begins: boolean }) {
		this.#sink = sink;
		this.#minutes = minutes;
		this.#begins = begins;
		if (begins) this.warnings.push({ code: 'readings.stamps-assumed', values: { line: 1, text: '00:00' } });
	}

	take({ record, line }: JsonRecord): void {
		const { date, time } = record;
		// Errors of a distributor stand beside the hours.
		if (date === undefined && time === undefined) return;
		const { day, clock } = this.#slotOf(date, time, line);
		const row = this.#rowOf(record, line);
		for (const name of unread) if (Number(record[name] ?? 0) !== 0) this.#ignored.add(name);
		if (day !== this.#day.day) this.#day = { day, start: startOfDay(day) / 60_000, minutes: minutesOfDay(day) };
		if (this.#day.minutes === 1440) {
			if (clock >= 1440) this.#refuse('readings.bad-time', line, { text: excerpt(`${date} ${time}`) });
			this.#put(row, this.#day.start + clock);
			return;
		}
		const name = `${row.meteringPoint}|${day}`;
		const known = this.#changeDays.get(name) ?? { day, rows: [] };
		this.#changeDays.set(name, known);
		known.rows.push({ clock, row });
		if (++this.#changeRows > mostChangeRows)
			this.#refuse('readings.bad-row', line, { text: excerpt(`${date} ${time}`) });
	}

	end(): void {
		for (const { day, rows } of this.#changeDays.values()) {
			if (minutesOfDay(day) < 1440) this.#putShortDay(day, rows);
			else this.#putLongDay(day, rows);
		}
		if (this.#ignored.size > 0) {
			const columns = [...this.#ignored].join(', ');
			this.warnings.push({ code: 'readings.columns-ignored', values: { line: 1, columns } });
		}
	}

	/** The day a label belongs to, and when its slot begins on that day's clock. */
	#slotOf(date: unknown, time: unknown, line: number): { day: Day; clock: number } {
		const day = typeof date === 'string' ? date.trim().replaceAll('/', '-') : '';
		const label = /^(\d{1,2}):(\d\d)$/.exec(typeof time === 'string' ? time.trim() : '');
		const at = Number(label?.[1]) * 60 + Number(label?.[2]);
		if (!isDay(day) || !label || at > 1500 || Number(label[2]) > 59 || at % this.#minutes !== 0) {
			this.#refuse('readings.bad-time', line, { text: excerpt(`${String(date)} ${String(time)}`) });
		}
		if (this.#begins) return { day, clock: at };
		return at === 0 ? { day: addDays(day, -1), clock: 1440 - this.#minutes } : { day, clock: at - this.#minutes };
	}

	#rowOf(record: JsonRecord['record'], line: number): Row {
		const { cups, consumptionKWh, surplusEnergyKWh, obtainMethod } = record;
		const [consumption, surplus] = [amountText(consumptionKWh), amountText(surplusEnergyKWh)];
		if (consumption === undefined || surplus === undefined) {
			const text = excerpt(JSON.stringify(consumption === undefined ? consumptionKWh : surplusEnergyKWh));
			this.#refuse('readings.bad-number', line, { text });
		}
		const meteringPoint = typeof cups === 'string' && cups.trim() !== '' ? meteringPointOf(cups) : null;
		if (meteringPoint === undefined) {
			this.#refuse('readings.bad-metering-point', line, { meteringPoint: excerpt(String(cups)) });
		}
		const method = typeof obtainMethod === 'string' ? obtainMethod.trim().toLowerCase() : '';
		const rank = methods.get(method) ?? rankOfStatus(method);
		if (rank === undefined) this.#refuse('readings.bad-quality', line, { text: excerpt(method) });
		return { meteringPoint, consumption, surplus, rank, line };
	}

	#putShortDay(day: Day, rows: readonly ChangeRow[]): void {
		const start = startOfDay(day) / 60_000;
		const has = (from: number, to: number) => rows.some(({ clock }) => clock >= from && clock < to);
		const isLeftOut = (clock: number) => clock >= 120 && clock < 180;
		// Without a label for the hour that does not exist, labels are wall-clock time.
		const counted = has(120, 180) && has(60, 120) && !has(1380, 1440);
		const shifted = has(120, 180) && !has(60, 120);
		for (const { clock, row } of rows) {
			if (counted) this.#put(row, start + clock);
			else if (!isLeftOut(clock)) this.#putWall(row, day, clock, false);
			else if (shifted) this.#put(row, start + clock - 60);
			else if (Number(row.consumption) !== 0 || Number(row.surplus) !== 0) {
				this.#refuse('readings.bad-time', row.line, { text: excerpt(`${day} 02:00`) });
			}
		}
	}

	#putLongDay(day: Day, rows: readonly ChangeRow[]): void {
		const start = startOfDay(day) / 60_000;
		const counted = rows.some(({ clock }) => clock >= 1440);
		const isTwice = (clock: number) => clock >= 120 && clock < 180;
		const byClock = Map.groupBy(rows, ({ clock }) => clock);
		const usual = Math.max(1, ...[...byClock].filter(([clock]) => !isTwice(clock)).map(([, own]) => own.length));
		let lost: Row | undefined;
		for (const [clock, own] of byClock) {
			const both = own.length > usual;
			own.forEach(({ row }, i) => {
				if (counted) this.#put(row, start + clock);
				else this.#putWall(row, day, clock, both && i % 2 === 1);
			});
			if (counted || both || !isTwice(clock)) continue;
			const { row } = own[0] as ChangeRow;
			lost ??= row;
			const missing = { ...row, consumption: '', surplus: '' };
			this.#putWall(missing, day, clock, true);
		}
		if (lost) this.warnings.push({ code: 'readings.hour-lost', values: { line: lost.line, day } });
	}

	#putWall(row: Row, day: Day, clock: number, second: boolean): void {
		const instant = instantOfWallClock(day, clock, second);
		if (instant === undefined) this.#refuse('readings.bad-time', row.line, { text: excerpt(`${day} ${clock}`) });
		this.#put(row, instant / 60_000);
	}

	#put({ meteringPoint, consumption, surplus, rank, line }: Row, start: number): void {
		putAmount(this.#sink, this.#channelOf(meteringPoint, 1, line), { start, text: consumption, rank, line });
		// Most supply points feed nothing in and have null here: that is no missing value.
		if (surplus !== '') {
			putAmount(this.#sink, this.#channelOf(meteringPoint, 2, line), { start, text: surplus, rank, line });
		}
	}

	#channelOf(meteringPoint: string | null, quantity: 1 | 2, line: number): Channel {
		const name = `${quantity}|${meteringPoint}`;
		const known = this.#channels.get(name);
		if (known) return known;
		const key = { meteringPoint, obis: `1-1:${quantity}.29.0`, device: null, slotMinutes: this.#minutes };
		const channel = channelOf(this.#sink, key, 'kWh', line);
		this.#channels.set(name, channel);
		return channel;
	}

	#refuse(code: string, line: number, values: RefusalValues): never {
		throw new Refusal('invalid', code, { line, ...values });
	}
}

/** obtainMethod: how the distributor came by a value. */
const methods: ReadonlyMap<string, number> = new Map([
	...['', 'real', 'r'].map((word): [string, number] => [word, 0]),
	...['estimada', 'estimado', 'e'].map((word): [string, number] => [word, qualityRank('estimated')]),
]);
