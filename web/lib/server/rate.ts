// Percentages people type, as the decimal texts the API wants.
import { text } from './form.ts';

/** A percentage such as `3,5` or `3.5 %` as a decimal part without rounding: `0.035`; undefined when it is none. At most four decimals. */
export function rate(form: FormData, name: string): string | undefined {
	const match = /^(\d{1,3})(?:[.,](\d{1,4}))?%?$/.exec(text(form, name).replaceAll(/\s/g, ''));
	if (!match) return undefined;
	const millionths = Number(match[1]) * 10_000 + Number((match[2] ?? '').padEnd(4, '0'));
	const digits = String(millionths).padStart(7, '0');
	const decimals = digits.slice(-6).replace(/0+$/, '');
	return decimals ? `${digits.slice(0, -6)}.${decimals}` : digits.slice(0, -6);
}
