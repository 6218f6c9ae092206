// Time stamps in CSV cells: what they say, and which instant they mean when the clocks change.
import { berlinOffsetMinutes, isDay } from '../../../values/calendar.ts';

/** What a stamp says. */
export type Stamp = {
	/** Minutes on the wall clock since 1970-01-01T00:00 of that clock; '24:00' is the next day's 00:00. */
	wall: number;
	/** The instant in minutes (UTC) if the stamp carries an offset or Z, else null. */
	instant: number | null;
	/** Which of the two hours in October: 2A is summer time, 2B winter time; null if the stamp does not say. */
	hour: 'A' | 'B' | null;
	/** True if the stamp has a time of day. */
	timed: boolean;
	/** True for '24:00': only the end of a slot is written so. */
	endOfDay: boolean;
	/** Start and end stand in one cell ('00:00 - 00:15'): this is the start. */
	range: boolean;
};

const datePattern =
	/^(?:[A-Za-z]{2,10}[.,]?\s+)?(?:(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d)|(\d{4})[-/](\d\d)[-/](\d\d)|(\d{4})(\d\d)(\d\d))$/;
const slashedPattern = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d\d)$/;
const timePattern =
	/^(\d{1,2})\s*([AaBb])?:(\d\d)(?::(\d\d)(?:[.,]0+)?)?\s*([AaBb])?\s*(?:Uhr|([AaPp])\.?[Mm]\.?)?\s*(Z|UTC|\+\d\d:?\d\d|\+\d\d|MESZ|CEST|MEZ|CET)?(?:\s*(?:-|bis)\s*(\d{1,2})[AaBb]?:(\d\d)(?::\d\d)?)?$/;

/** Order of day and month where strokes stand between them (07/10/2011); 'either' takes what is a date, day first. */
export type DateOrder = 'day-month' | 'month-day' | 'either';

/** Whole days since 1970 of a date cell (01.02.2026, 1.2.26, 2026-02-01, 2026/02/01, 20260201, 1/2/2026), undefined for anything else. */
export function dateOf(text: string, order: DateOrder = 'either'): number | undefined {
	const slashed = slashedPattern.exec(text);
	if (slashed) {
		const [, first = '', second = '', year = ''] = slashed;
		const dayFirst = order === 'month-day' ? undefined : wholeDaysOf(year, second, first);
		return dayFirst ?? (order === 'day-month' ? undefined : wholeDaysOf(year, first, second));
	}
	const match = datePattern.exec(text);
	if (!match) return undefined;
	return wholeDaysOf(
		match[3] ?? match[4] ?? match[7] ?? '',
		match[2] ?? match[5] ?? match[8] ?? '',
		match[1] ?? match[6] ?? match[9] ?? '',
	);
}

function wholeDaysOf(year: string, month: string, dayOfMonth: string): number | undefined {
	const day = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`;
	return isDay(day) ? Date.parse(`${day}T00:00:00Z`) / 86_400_000 : undefined;
}

/**
 * Whether day or month comes first in dates with strokes: the one beyond 12 is the day, else the order in which the dates of
 * the rows lie closer together. `isSure` is false where nothing tells; then it is day first, as in Europe.
 */
export function dateOrderOf(dates: readonly string[]): { order: 'day-month' | 'month-day'; isSure: boolean } {
	const found = dates.flatMap((date) => {
		const match = slashedPattern.exec(date.trim().replace(/[T ,].*$/, ''));
		return match ? [[Number(match[1]), Number(match[2]), match[0]] as const] : [];
	});
	if (found.some(([first]) => first > 12)) return { order: 'day-month', isSure: true };
	if (found.some(([, second]) => second > 12)) return { order: 'month-day', isSure: true };
	const apart = (order: DateOrder) => {
		const days = found.map(([, , text]) => dateOf(text, order) ?? 0);
		return days.reduce((sum, day, i) => sum + (i === 0 ? 0 : Math.abs(day - (days[i - 1] as number))), 0);
	};
	const [dayFirst, monthFirst] = [apart('day-month'), apart('month-day')];
	const isSure = dayFirst !== monthFirst || found.every(([first, second]) => first === second);
	return { order: monthFirst < dayFirst ? 'month-day' : 'day-month', isSure };
}

const zones: Readonly<Record<string, number>> = { Z: 0, UTC: 0, MEZ: 60, CET: 60, MESZ: 120, CEST: 120 };

function offsetOf(text: string): number {
	const known = zones[text];
	if (known !== undefined) return known;
	return (
		(text.startsWith('-') ? -1 : 1) * (Number(text.slice(1, 3)) * 60 + Number(text.slice(3).replace(':', '') || 0))
	);
}

/** What a time cell says, on whatever day. */
type Clock = { minutes: number; offset: number | null; hour: 'A' | 'B' | null; range: boolean };

/** An offset west of Greenwich; without seconds before it '06:00-07:00' is from and to. */
const westPattern = /^(\d{1,2}:\d\d:\d\d(?:\.\d+)?)\s*(-\d\d:?\d\d)$/;

function clockOf(text: string): Clock | undefined {
	const west = westPattern.exec(text);
	if (west) {
		const clock = clockOf(west[1] as string);
		return clock && { ...clock, offset: offsetOf(west[2] as string) };
	}
	const match = timePattern.exec(text);
	if (!match) return undefined;
	const [, hours, before, minutes, seconds = '00', after, half, zone, endHours, endMinutes] = match;
	if (half !== undefined && (Number(hours) < 1 || Number(hours) > 12)) return undefined;
	const hour24 = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
	const clock = hour24 * 60 + Number(minutes);
	if (Number(minutes) > 59 || clock > 1440 || seconds !== '00') return undefined;
	// A slot is at most an hour, two where the clocks change; '00:00-07:00' is another continent's offset.
	const length = endHours === undefined ? 60 : (Number(endHours) * 60 + Number(endMinutes) - clock + 1440) % 1440;
	if (length < 1 || length > 120) return undefined;
	const letter = (before ?? after)?.toUpperCase();
	const hour = letter === 'A' || letter === 'B' ? letter : null;
	return { minutes: clock, offset: zone ? offsetOf(zone) : null, hour, range: endHours !== undefined };
}

/** The time behind a date; in ISO 8601 what follows a minus is an offset, with or without seconds before it. */
function timeIn(text: string, cut: number): string {
	const time = text.slice(cut + 1);
	return text[cut] === 'T' ? time.replace(/^(\d\d:\d\d)(-\d\d:?\d\d)$/, '$1:00$2') : time;
}

/** Reads stamps from one cell ('01.02.2026 00:15', ISO 8601, a date alone) or from a date and a time cell. */
export class StampReader {
	readonly #order: DateOrder;
	#text = '';
	#day: number | undefined;
	/** A day has few different times, a file has them again every day. */
	readonly #clocks = new Map<string, Clock>();

	constructor(order: DateOrder = 'either') {
		this.#order = order;
	}

	of(first: string, second?: string): Stamp | undefined {
		const text = first.trim();
		// Longer than any stamp; and what follows would be slow on a cell of a thousand blanks.
		if (text.length > 60 || (second !== undefined && second.length > 60)) return undefined;
		if (second !== undefined) {
			const day = this.#dateOf(text.replace(/[T ]00:00(:00)?$/, ''));
			return day === undefined ? undefined : this.#timeOf(day, second);
		}
		const cut = text.search(/[T ]\s*\d{1,2}\s*[AaBb]?:\d\d/);
		if (cut > 0) {
			const day = this.#dateOf(text.slice(0, cut).replace(/,$/, ''));
			return day === undefined ? undefined : this.#timeOf(day, timeIn(text, cut));
		}
		const day = this.#dateOf(text);
		if (day === undefined) return undefined;
		return { wall: day * 1440, instant: null, hour: null, timed: false, endOfDay: false, range: false };
	}

	#timeOf(day: number, text: string): Stamp | undefined {
		let clock = this.#clocks.get(text);
		if (!clock) {
			clock = clockOf(text.trim());
			if (!clock) return undefined;
			if (this.#clocks.size < 4096) this.#clocks.set(text, clock);
		}
		const { minutes, offset, hour, range } = clock;
		const wall = day * 1440 + minutes;
		const instant = offset === null ? null : wall - offset;
		return { wall, instant, hour, timed: true, endOfDay: minutes === 1440, range };
	}

	#dateOf(text: string): number | undefined {
		if (text !== this.#text) {
			this.#text = text;
			this.#day = dateOf(text, this.#order);
		}
		return this.#day;
	}
}

/** Which clock stamps without an offset follow; 'cet' is winter time all year. */
export type Zone = 'berlin' | 'utc' | 'cet';

/** Finds the start of the slot that each stamp of one channel means, in the order of its rows. */
export class SlotClock {
	readonly #zone: Zone;
	readonly #ends: boolean;
	readonly #slotMinutes: number;
	readonly #step: number;
	#last: number | null = null;

	/** `ends`: stamps name the end of the slot. `descending`: newest row first. */
	constructor({
		zone,
		ends,
		slotMinutes,
		descending,
	}: { zone: Zone; ends: boolean; slotMinutes: number; descending: boolean }) {
		this.#zone = zone;
		this.#ends = ends;
		this.#slotMinutes = slotMinutes;
		this.#step = descending ? -1 : 1;
	}

	/** Start of the slot in minutes since 1970 (UTC); undefined for a time that does not exist. */
	startOf(stamp: Stamp): number | undefined {
		const start = this.#startOf(stamp);
		if (start !== undefined) this.#last = start;
		return start;
	}

	#startOf({ wall, instant, hour }: Stamp): number | undefined {
		const length = this.#ends ? this.#slotMinutes : 0;
		if (instant !== null) return instant - length;
		if (this.#zone === 'utc') return wall - length;
		if (this.#zone === 'cet') return wall - 60 - length;
		if (hour === null && this.#last !== null) {
			// The next slot, if the clock face shows what it should. This finds the repeated hour, and the ends of the
			// slots before the clocks change, which some write as 02:00 or 03:00 and others as 03:00 or 02:00.
			const next = this.#last + this.#step * this.#slotMinutes;
			if (next + offsetAt(next) + length === wall) return next;
		}
		const [summer, winter] = [wall - 120, wall - 60];
		const isSummer = offsetAt(summer) === 120;
		const isWinter = offsetAt(winter) === 60;
		if (hour !== null && !(isSummer && isWinter)) return undefined;
		if (isSummer && isWinter)
			return (hour === null ? this.#isSecond(summer, winter, length) : hour === 'B')
				? winter - length
				: summer - length;
		if (isSummer) return summer - length;
		return isWinter ? winter - length : undefined;
	}

	/** Unmarked stamps of the hour that happens twice: the order of the rows decides. */
	#isSecond(summer: number, winter: number, length: number): boolean {
		if (this.#step > 0) return this.#last !== null && summer - length <= this.#last;
		return this.#last === null || winter - length < this.#last;
	}
}

let cachedHour = Number.NaN;
let cachedOffset: 60 | 120 = 60;

/** Offset of German time in minutes at a minute since 1970 (UTC); the clocks change on full hours only. */
export function offsetAt(minute: number): 60 | 120 {
	const hour = Math.floor(minute / 60);
	if (hour !== cachedHour) {
		cachedHour = hour;
		cachedOffset = berlinOffsetMinutes(hour * 3_600_000);
	}
	return cachedOffset;
}

/** True if a wall-clock minute does not exist in Germany: the hour left out in March. */
export function isLeftOut(wall: number): boolean {
	return offsetAt(wall - 120) !== 120 && offsetAt(wall - 60) !== 60;
}
