// Reads technical figures people type into forms: kilowatts, kilowatt-hours, cents per kilowatt-hour, degrees.
import { text } from '#lib/server/form.ts';

/**
 * A decimal number as plain text with a point: `98,28` and `98.28` → `98.28`, `2.400` → `2400`, `1.204,5` → `1204.5`;
 * undefined if it is none. A comma is the decimal mark; a point before exactly three digits groups.
 */
export function decimal(form: FormData, name: string): string | undefined {
	const typed = text(form, name).replaceAll(/[\s\u00a0\u202f]/g, '');
	const grouped = /^(-?[1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d{1,6}))?$/.exec(typed);
	if (grouped) return `${(grouped[1] ?? '').replaceAll('.', '')}${grouped[2] ? `.${grouped[2]}` : ''}`;
	return /^-?\d{1,12}(?:[.,]\d{1,6})?$/.test(typed) ? typed.replace(',', '.') : undefined;
}

/** A number with up to three decimals in thousandths, which are whole: kilowatts as watts, kilowatt-hours as watt-hours. */
export function thousandths(form: FormData, name: string): number | undefined {
	const match = /^(\d+)(?:\.(\d{1,3})0*)?$/.exec(decimal(form, name) ?? '');
	return match ? Number(match[1]) * 1000 + Number((match[2] ?? '').padEnd(3, '0')) : undefined;
}
