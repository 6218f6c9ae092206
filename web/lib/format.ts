// Numbers, money, energy and dates as people read them, in the reader's language.
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

/** A figure and its unit, for places that set them in different sizes. */
export interface Quantity {
	value: string;
	unit: string;
}

/** How sure a reading is, best first; `missing` is not zero. */
export type Quality = 'measured' | 'substitute' | 'provisional' | 'estimated' | 'missing';

const zone = 'Europe/Berlin';
const none = '–';
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function language(): string {
	return getLocale() === 'de' ? 'de-DE' : 'en-GB';
}

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
	const key = `n${language()}${JSON.stringify(options)}`;
	const made = (formats.get(key) as Intl.NumberFormat | undefined) ?? new Intl.NumberFormat(language(), options);
	formats.set(key, made);
	return made;
}

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = `d${language()}${JSON.stringify(options)}`;
	const made = (formats.get(key) as Intl.DateTimeFormat | undefined) ?? new Intl.DateTimeFormat(language(), options);
	formats.set(key, made);
	return made;
}

/** A number with grouping and a true minus: 1.204 or 1.204,50. `digits` are its decimals. */
export function number(value: number, digits = 0): string {
	const written = numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
	return written.replace('-', '−');
}

/** Cents as the figure and the sign of euro, for large print. */
export function eurosParts(cents: number | null): Quantity {
	return { value: cents === null ? none : number(cents / 100, 2), unit: '€' };
}

/** Cents as euros: 1.204,50 € in German, €1,204.50 in English. Null is a dash. */
export function euros(cents: number | null): string {
	if (cents === null) return none;
	return getLocale() === 'de'
		? `${number(cents / 100, 2)}\u00a0€`
		: `${cents < 0 ? '−' : ''}€${number(Math.abs(cents) / 100, 2)}`;
}

/** Euros with their sign, for movements: + 210,00 €. */
export function signedEuros(cents: number): string {
	return cents > 0 ? `+\u202f${euros(cents)}` : euros(cents);
}

/** Watt-hours in the unit that reads best: kWh below 100 MWh, MWh from there on. */
export function energyParts(wh: number | null): Quantity {
	if (wh === null) return { value: none, unit: 'kWh' };
	const kilo = wh / 1000;
	const size = Math.abs(kilo);
	if (size >= 100_000) return { value: number(kilo / 1000, 1), unit: 'MWh' };
	return { value: number(kilo, size === 0 || size >= 1000 ? 0 : 1), unit: 'kWh' };
}

/** Watt-hours in words, unit chosen by size: 38,4 kWh, 9.836 kWh, 412,9 MWh. */
export function energy(wh: number | null): string {
	const { value, unit } = energyParts(wh);
	return `${value}\u00a0${unit}`;
}

/** Watt-hours always as kWh, for tables whose column says so; `digits` are its decimals. */
export function kwh(wh: number | null, digits = 0): string {
	return wh === null ? none : number(wh / 1000, digits);
}

/** Watts as kW or MW. */
export function power(watts: number): string {
	const kilo = watts / 1000;
	return Math.abs(kilo) >= 1000
		? `${numbers({ maximumFractionDigits: 2 }).format(kilo / 1000)}\u00a0MW`
		: `${numbers({ maximumFractionDigits: 1 }).format(kilo)}\u00a0kW`;
}

/** A share between 0 and 1 as percent: 0.035 → 3,5 %. */
export function percent(share: number, digits = 1): string {
	const sign = getLocale() === 'de' ? '\u00a0%' : '%';
	return `${numbers({ maximumFractionDigits: digits })
		.format(share * 100)
		.replace('-', '−')}${sign}`;
}

/** A calendar day (`2026-06-12`) or the Berlin day of an instant: 12.06.2026, 12 Jun 2026. Null is a dash. */
export function date(day: string | Date | null): string {
	if (day === null) return none;
	const options: Intl.DateTimeFormatOptions =
		getLocale() === 'de'
			? { day: '2-digit', month: '2-digit', year: 'numeric' }
			: { day: 'numeric', month: 'short', year: 'numeric' };
	return dates({ ...options, timeZone: zoneOf(day) }).format(new Date(day));
}

/** A span of days, both included: 01.–31.10.2026. */
export function period(from: string, to: string): string {
	const style: Intl.DateTimeFormatOptions =
		getLocale() === 'de'
			? { day: '2-digit', month: '2-digit', year: 'numeric' }
			: { day: 'numeric', month: 'short', year: 'numeric' };
	return dates({ ...style, timeZone: 'UTC' }).formatRange(new Date(from), new Date(to));
}

/** A day with its weekday: Sonntag, 22. November 2026. */
export function longDate(day: string | Date): string {
	return dates({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: zoneOf(day) }).format(
		new Date(day),
	);
}

/** An instant as day and time in Berlin: 12.06.2026, 13:45 Uhr. */
export function dateTime(at: string | Date | null): string {
	return at === null ? none : `${date(new Date(at))}, ${time(at)}`;
}

/** The time of day in Berlin: 13:45 Uhr. */
export function time(at: string | Date): string {
	return m.format_time({ time: clock(at) });
}

/** The time of day in Berlin, digits alone: 13:45. */
export function clock(at: string | Date): string {
	return dates({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone }).format(new Date(at));
}

/** The name of a month, 1 to 12: November, Nov or N. */
export function monthName(month: number, style: 'long' | 'short' | 'narrow' = 'long'): string {
	return dates({ month: style, timeZone: 'UTC' })
		.format(new Date(Date.UTC(2026, month - 1, 1)))
		.replace(/\.$/, '');
}

/** A month with its year: November 2026. */
export function month(day: string): string {
	return dates({ month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${day.slice(0, 7)}-01`));
}

/** A file's size: 412 kB, 1,2 MB. */
export function fileSize(bytes: number): string {
	return bytes < 1_000_000
		? `${number(Math.max(1, Math.round(bytes / 1000)))}\u00a0kB`
		: `${number(bytes / 1_000_000, 1)}\u00a0MB`;
}

/** The word for a reading's quality: gemessen, Ersatzwert, vorläufig, geschätzt, fehlt. */
export function qualityWord(quality: Quality): string {
	const words: Record<Quality, () => string> = {
		measured: m.quality_measured,
		substitute: m.quality_substitute,
		provisional: m.quality_provisional,
		estimated: m.quality_estimated,
		missing: m.quality_missing,
	};
	return words[quality]();
}

function zoneOf(day: string | Date): string {
	return typeof day === 'string' && day.length === 10 ? 'UTC' : zone;
}
