// Reads what people type into forms: trimmed text, whole numbers, euros as cents.

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
	const typed = text(form, name).replaceAll(/[\s.\u00a0\u202f]/g, '');
	return /^-?\d{1,15}$/.test(typed) ? Number(typed) : undefined;
}

/** Euros such as `1.204,50`, `1204,5` or `1204.50` as cents; undefined when it is no amount. */
export function cents(form: FormData, name: string): number | undefined {
	const typed = text(form, name).replaceAll(/[\s€\u00a0\u202f]/g, '');
	const match =
		/^(-?)(\d{1,3}(?:\.\d{3})+|\d{1,12})(?:,(\d{1,2}))?$/.exec(typed) ??
		/^(-?)(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{1,2}))?$/.exec(typed);
	if (!match) return undefined;
	const whole = Number((match[2] ?? '').replaceAll(/[.,]/g, ''));
	const amount = whole * 100 + Number((match[3] ?? '').padEnd(2, '0'));
	return match[1] ? -amount : amount;
}
