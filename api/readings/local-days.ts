// Local days by the minute: where each begins and how long it is, looked up once.
import { addDays, type Day, startOfDay } from '../values/calendar.ts';

/** A local day in minutes since 1970 (UTC); `ordinal` counts days since 1970-01-01. */
export type LocalDay = { ordinal: number; day: Day; startMinute: number; minutes: number };

/** Finds the local day of a minute; as fast as a map from the second time on. */
export class LocalDays {
	readonly #known = new Map<number, LocalDay>();

	/** The local day that a minute since 1970 (UTC) lies in. */
	of(minute: number): LocalDay {
		// Local midnight is in the evening of the UTC day before.
		const ordinal = Math.floor(minute / 1440);
		const next = this.#at(ordinal + 1);
		return minute >= next.startMinute ? next : this.#at(ordinal);
	}

	#at(ordinal: number): LocalDay {
		const known = this.#known.get(ordinal);
		if (known) return known;
		const day = new Date(ordinal * 86_400_000).toISOString().slice(0, 10);
		const startMinute = startOfDay(day) / 60_000;
		const local = { ordinal, day, startMinute, minutes: startOfDay(addDays(day, 1)) / 60_000 - startMinute };
		this.#known.set(ordinal, local);
		return local;
	}
}
