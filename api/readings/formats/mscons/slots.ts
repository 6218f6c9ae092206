// The slots that the values of one channel fill, by their times (DTM 163 and 164), in the order of the message.
import { dayOf, startOfDay } from '../../../values/calendar.ts';
import { Refusal } from '../../../values/refusal.ts';
import { excerpt, isSlotLength, type SlotMinutes } from '../../rules.ts';
import { at, type Segment } from './segments.ts';
import { minuteOf } from './times.ts';

/** Values with wrong stamps in a row that are still told by their order: three hours of quarters. */
const longestDrift = 12;

/** Values whose times lay beside their slot: the first of them, and how many. */
export type Rounded = { segment: number; line: number; text: string; count: number };

/**
 * Finds the slot of each value. Real files hold wrong stamps amid right ones: 20:16 for 20:15, a whole hour mistyped. Values
 * that join each other, each beginning where the one before claims to end, and that are as many as the slots between two
 * right times, are those slots, in order; anything else is refused (readings.no-slot, readings.bad-time).
 */
export class SlotRow {
	/** The value before: its slot, the end it claims, how far that lies beside the slot's end, and for how many values so far. */
	#last: { start: number; end: number; minutes: SlotMinutes; drift: number; drifting: number } | null = null;
	#rounded: Rounded | null = null;
	#driftsSince: Segment | null = null;

	/** Slot of a value in minutes since 1970 (UTC); null if its time is longer than a day: an amount, no interval. */
	take(from: Segment, to: Segment): { start: number; minutes: SlotMinutes } | null {
		const last = this.#last;
		const begin = minuteOf(at(from, 1, 1), at(from, 1, 2), last?.start);
		if (begin === undefined) refuseTime(from);
		const end = minuteOf(at(to, 1, 1), at(to, 1, 2), begin);
		if (end === undefined || (end <= begin && !last?.drift)) refuseTime(to);
		const exact = last?.drift ? undefined : slotBetween(begin, end);
		if (exact === 'period') return null;
		if (exact) {
			this.#last = { start: begin, end, minutes: exact, drift: 0, drifting: 0 };
			return { start: begin, minutes: exact };
		}
		if (!last || last.end !== begin || last.minutes === 1440 || last.drifting >= longestDrift)
			refuseSlot(from, end - begin);
		const { minutes } = last;
		const start = last.start + minutes;
		const drift = end - start - minutes;
		this.#rounded ??= { segment: from.number, line: from.line, text: excerpt(at(from, 1, 1)), count: 0 };
		this.#rounded.count++;
		if (last.drift === 0) this.#driftsSince = from;
		this.#last = { start, end, minutes, drift, drifting: drift === 0 ? 0 : last.drifting + 1 };
		return { start, minutes };
	}

	/** Ends the row, which must be back at right times. */
	end(): Rounded | null {
		if (this.#last?.drift && this.#driftsSince) refuseSlot(this.#driftsSince, this.#last.minutes + this.#last.drift);
		return this.#rounded;
	}
}

function refuseSlot({ number, line }: Segment, minutes: number): never {
	throw new Refusal('invalid', 'readings.no-slot', { segment: number, line, minutes });
}

/** Refuses readings.bad-time for the time in that segment. */
export function refuseTime(segment: Segment): never {
	const { number, line } = segment;
	throw new Refusal('invalid', 'readings.bad-time', { segment: number, line, text: excerpt(at(segment, 1, 1)) });
}

/** Slot length of [from, to) in minutes; 'period' for an amount over more than a local day, undefined for what no channel has. */
function slotBetween(from: number, to: number): SlotMinutes | 'period' | undefined {
	const minutes = to - from;
	if (minutes < 1380) return isSlotLength(minutes) ? minutes : undefined;
	if (minutes > 1500) return 'period';
	const [first, next] = [dayOf(from * 60_000), dayOf(to * 60_000)];
	const wholeDay = startOfDay(first) === from * 60_000 && startOfDay(next) === to * 60_000;
	return wholeDay ? 1440 : undefined;
}
