// Reads technical figures people type into forms: kilowatts, kilowatt-hours, cents per kilowatt-hour, degrees.
import { getLocale } from '#lib/paraglide/runtime.js';
import { text } from '#lib/server/form.ts';

/** By language: numbers in groups of three with or without decimals. */
const grouped = {
	de: /^(-?[1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d{1,6}))?$/,
	en: /^(-?[1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d{1,6}))?$/,
};

/**
 * A decimal number as plain text with a point; undefined if it is none. In German `2.400` is 2400 and `2,400` is 2.4, in
 * English the other way round; `98,28`, `98.28` and `2400` mean the same in both.
 */
export function decimal(form: FormData, name: string): string | undefined {
	const typed = text(form, name).replaceAll(/[\s\u00a0\u202f]/g, '');
	const groups = grouped[getLocale()].exec(typed);
	if (groups) return `${(groups[1] ?? '').replaceAll(/[.,]/g, '')}${groups[2] ? `.${groups[2]}` : ''}`;
	return /^-?\d{1,12}(?:[.,]\d{1,6})?$/.test(typed) ? typed.replace(',', '.') : undefined;
}

/** A number with up to three decimals in thousandths, which are whole: kilowatts as watts, kilowatt-hours as watt-hours. */
export function thousandths(form: FormData, name: string): number | undefined {
	const match = /^(\d+)(?:\.(\d{1,3})0*)?$/.exec(decimal(form, name) ?? '');
	return match ? Number(match[1]) * 1000 + Number((match[2] ?? '').padEnd(3, '0')) : undefined;
}
