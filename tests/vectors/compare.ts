// Compares what a rule gave with what a case expects: only the fields the case names, amounts by value.

/** A result that one plain value cannot express, for example a reason that a case puts into its own words. */
export class Meaning {
	readonly says: string;
	readonly matches: (expected: unknown) => boolean;

	constructor(says: string, matches: (expected: unknown) => boolean) {
		this.says = says;
		this.matches = matches;
	}

	toJSON(): string {
		return this.says;
	}
}

function isAmount(value: unknown): value is string | number {
	return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
}

function plain(amount: string | number): string {
	const text = String(amount);
	return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** True if `got` is what is expected; a text of digits equals a number of the same value, an object may hold more fields. */
export function agrees(expected: unknown, got: unknown): boolean {
	if (got instanceof Meaning) return got.matches(expected);
	if (isAmount(expected) && isAmount(got)) return plain(expected) === plain(got);
	if (Array.isArray(expected)) {
		return Array.isArray(got) && got.length === expected.length && expected.every((e, i) => agrees(e, got[i]));
	}
	if (expected !== null && typeof expected === 'object') {
		if (got === null || typeof got !== 'object') return false;
		return Object.entries(expected).every(([key, value]) => agrees(value, (got as Record<string, unknown>)[key]));
	}
	return expected === got;
}
