// Reads what people type into forms: trimmed text, whole numbers, euros as cents.

/** Blanks of every width: they group figures and mean nothing. */
const blanks = /[\s\u00a0\u202f]/g;

/** The trimmed text of a field; empty when it was left out. */
export function text(form: FormData, name: string): string {
	const value = form.get(name);
	return typeof value === 'string' ? value.trim() : '';
}

/** The trimmed text of a field, or undefined when it was left empty. */
export function optionalText(form: FormData, name: string): string | undefined {
	return text(form, name) || undefined;
}

/** A whole number such as `12` or `1.204`; undefined when it is none. */
export function wholeNumber(form: FormData, name: string): number | undefined {
	const typed = text(form, name).replaceAll(blanks, '');
	return /^-?(?:\d{1,15}|[1-9]\d{0,2}(?:\.\d{3}){1,4})$/.test(typed) ? Number(typed.replaceAll('.', '')) : undefined;
}

/**
 * Euros as cents: `1.204,50`, `1204,5`, `1.204`, `1204.50`, `1,204.50`; undefined when it is no amount. A comma or point
 * before one or two digits is the decimal sign, a point before three digits groups; what could be read in two ways is no amount.
 */
export function cents(form: FormData, name: string): number | undefined {
	const typed = text(form, name).replaceAll(blanks, '').replace('€', '');
	const match =
		/^(-?)(\d{1,12}|[1-9]\d{0,2}(?:\.\d{3}){1,3})(?:,(\d{1,2}))?$/.exec(typed) ??
		/^(-?)(\d{1,12}|[1-9]\d{0,2}(?:,\d{3}){1,3})\.(\d{1,2})$/.exec(typed);
	if (!match) return undefined;
	const whole = Number((match[2] ?? '').replaceAll(/[.,]/g, ''));
	const amount = whole * 100 + Number((match[3] ?? '').padEnd(2, '0'));
	return match[1] ? -amount : amount;
}
