// What an inspection adds up over the days of one series: values, slots without value, energy as it was before rounding, by month.
import { kwhOf } from '../values/energy.ts';
import type { MeterDay } from './assemble.ts';
import { missingWh } from './rules.ts';

/** Clock that months are counted by: an IANA name. */
export const berlin = 'Europe/Berlin';

/** Values and energy of one span, watt-hours with what rounding took from each slot. */
type Sum = { values: number; nulls: number; wh: number };

/** The month of instants in one zone, 'YYYY-MM'; remembered by the hour. Throws RangeError for an unknown zone. */
export class Months {
	readonly #isBerlin: boolean;
	readonly #format: Intl.DateTimeFormat;
	readonly #known = new Map<number, string>();

	constructor(zone: string) {
		this.#format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit' });
		this.#isBerlin = this.#format.resolvedOptions().timeZone === berlin;
	}

	/** The month that a whole local day lies in; undefined where its slots have to be asked one by one. */
	ofDay({ day, wh }: MeterDay): string | undefined {
		return this.#isBerlin || wh.length === 1 ? day.slice(0, 7) : undefined;
	}

	/** The month of a minute since 1970 (UTC). */
	of(minute: number): string {
		const quarter = Math.floor(minute / 15);
		let month = this.#known.get(quarter);
		if (month === undefined) {
			const parts = this.#format.formatToParts(quarter * 900_000);
			const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
			month = `${part('year')}-${part('month')}`;
			this.#known.set(quarter, month);
		}
		return month;
	}
}

/** The sums of one series; days come in any order, and may be replaced. */
export class SeriesSums {
	readonly #months: Months;
	readonly #byMonth = new Map<string, Sum>();
	#positiveWh = 0;
	#negativeWh = 0;
	negatives = 0;
	nulls = 0;

	constructor(months: Months) {
		this.#months = months;
	}

	/** Adds a day; a day that comes again takes the place of the one before. */
	add(day: MeterDay): void {
		this.#count(day, 1);
		if (day.replaces && day.before) this.#count(day.before, -1);
	}

	/** Watt-hours of all values before rounding; those above and those below zero. */
	get energy(): { wh: number; positiveWh: number; negativeWh: number } {
		const [positiveWh, negativeWh] = [this.#positiveWh, this.#negativeWh];
		return { wh: positiveWh + negativeWh, positiveWh, negativeWh };
	}

	/** Values, named slots without value and energy per local month, in order. */
	get months(): [string, { values: number; nulls: number; kWh: string }][] {
		return [...this.#byMonth]
			.filter(([, { values, nulls }]) => values > 0 || nulls > 0)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([month, { values, nulls, wh }]) => [month, { values, nulls, kWh: exactKwh(wh) }]);
	}

	#count(day: MeterDay, sign: 1 | -1): void {
		const { wh, rest, named, startMinute, step } = day;
		const whole = this.#months.ofDay(day);
		let month = whole === undefined ? undefined : this.#of(whole);
		for (let slot = 0; slot < wh.length; slot++) {
			const value = wh[slot] as number;
			const isMissing = value === missingWh;
			if (isMissing && !named?.[slot]) continue;
			if (whole === undefined) month = this.#of(this.#months.of(startMinute + slot * step));
			const sum = month as Sum;
			if (isMissing) {
				sum.nulls += sign;
				this.nulls += sign;
				continue;
			}
			const exact = rest ? value + (rest[slot] as number) : value;
			sum.values += sign;
			sum.wh += sign * exact;
			if (exact < 0) {
				this.negatives += sign;
				this.#negativeWh += sign * exact;
			} else this.#positiveWh += sign * exact;
		}
	}

	#of(month: string): Sum {
		let sum = this.#byMonth.get(month);
		if (!sum) {
			sum = { values: 0, nulls: 0, wh: 0 };
			this.#byMonth.set(month, sum);
		}
		return sum;
	}
}

/** Kilowatt-hours with three digits of watt-hours that need not be whole; halves are rounded away from zero. */
export function exactKwh(wh: number): string {
	const rounded = Math.sign(wh) * Math.round(Math.abs(wh));
	return kwhOf(rounded === 0 ? 0 : rounded);
}
