// What a source said about one of its series at a moment, read from whatever it answered: numbers, units, times.
import { instantOfWallClock, isDay } from '../../values/calendar.ts';
import { type Unit, unitOf } from '../rules.ts';
import type { Meaning } from './kinds.ts';

/** A value as a source said it: watt-hours of a slot or of registers by device, or watts. */
export interface Observation {
	/** name of the series among those of its source */
	channel: string;
	/** when; of a slot its start */
	atMs: number;
	/** watt-hours or watts by device; '' where there is one */
	shown: Record<string, number>;
	/** the register begins at zero again after this many watt-hours */
	rolloverWh?: number | undefined;
}

/** Where in a JSON document a value stands: a pointer ('/Body/Data/0') or names with dots ('Body.Data.0', 'Body.Data[0]'). Undefined if nowhere. */
export function valueAt(document: unknown, path: string): unknown {
	const names = path.startsWith('/')
		? path
				.slice(1)
				.split('/')
				.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
		: path
				.replace(/\[(\d+)\]/g, '.$1')
				.split('.')
				.filter(Boolean);
	let at = document;
	for (const name of names) {
		if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
		at = (at as Record<string, unknown>)[name];
	}
	return at;
}

/** The number a value is: a number, or a text that is one ('12,5' and '12.5'). NaN if it is none. */
export function numberOf(value: unknown): number {
	if (typeof value === 'number') return value;
	if (typeof value !== 'string' || !/^\s*[+-]?(\d+([.,]\d+)?|[.,]\d+)([eE][+-]?\d+)?\s*$/.test(value))
		return Number.NaN;
	return Number(value.replace(',', '.'));
}

const factors: Readonly<Record<Unit, number>> = {
	...{ wh: 1, kwh: 1_000, mwh: 1_000_000, w: 1, kw: 1_000, mw: 1_000_000 },
	...{ varh: Number.NaN, kvarh: Number.NaN, var: Number.NaN, kvar: Number.NaN },
};

/**
 * Watt-hours (whole) of a register or a slot, or watts of a power, from a number in a unit. A mean power of a slot becomes its energy.
 * NaN if the unit does not fit the meaning, or the number is none or below zero where it cannot be.
 */
export function amountOf(
	value: unknown,
	unit: string,
	{ meaning, slotMinutes }: { meaning: Meaning; slotMinutes: number },
): number {
	const number = numberOf(value);
	const name = unitOf(unit);
	if (!Number.isFinite(number) || name === undefined) return Number.NaN;
	const amount = number * factors[name];
	const isPower = name === 'w' || name === 'kw' || name === 'mw';
	if (meaning === 'power') return isPower ? amount : Number.NaN;
	if (meaning === 'register' && isPower) return Number.NaN;
	const wh = Math.round(isPower ? (amount * slotMinutes) / 60 : amount);
	return Number.isSafeInteger(wh) && wh >= 0 ? wh + 0 : Number.NaN;
}

/**
 * The instant a time stands for, in milliseconds: ISO 8601 with or without offset, '22.11.2026 10:15', '26.08.24 14:19:45', seconds or
 * milliseconds since 1970. One without offset is of the given zone; in the hour that comes twice it is the first, or with `second` the
 * other. NaN if it is none.
 */
export function instantOf(value: unknown, zone: 'UTC' | 'Europe/Berlin' = 'Europe/Berlin', second = false): number {
	if (typeof value === 'number' || (typeof value === 'string' && /^\d{9,13}(\.\d+)?$/.test(value))) {
		const number = Number(value);
		return Number.isFinite(number) && number > 0 ? Math.round(number < 1e11 ? number * 1000 : number) : Number.NaN;
	}
	if (typeof value !== 'string') return Number.NaN;
	const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?$/.exec(
		value.trim(),
	);
	const german = /^(\d\d)\.(\d\d)\.(\d{4}|\d\d)[ T]+(\d\d):(\d\d)(?::(\d\d))?$/.exec(value.trim());
	if (german) {
		const [, day, month, year = '', hours, minutes, seconds = '00'] = german;
		const full = year.length === 2 ? `20${year}` : year;
		return local(`${full}-${month}-${day}`, Number(hours), Number(minutes), Number(seconds), zone, second);
	}
	if (!iso) return Number.NaN;
	const [, day = '', hours, minutes, seconds = '00', fraction = '0', offset] = iso;
	if (offset === undefined) return local(day, Number(hours), Number(minutes), Number(seconds), zone, second);
	if (!isDay(day)) return Number.NaN;
	return Date.parse(`${day}T${hours}:${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
}

function local(
	day: string,
	hours: number,
	minutes: number,
	seconds: number,
	zone: 'UTC' | 'Europe/Berlin',
	second: boolean,
): number {
	if (!isDay(day) || hours > 23 || minutes > 59 || seconds > 59) return Number.NaN;
	if (zone === 'UTC') return Date.parse(`${day}T00:00:00Z`) + ((hours * 60 + minutes) * 60 + seconds) * 1000;
	const instant = instantOfWallClock(day, hours * 60 + minutes, second);
	return instant === undefined ? Number.NaN : instant + seconds * 1000;
}
