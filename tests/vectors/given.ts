// Reads the loosely typed fields of a vector case: what a field is called there, and what it means when it is left out.
import type { Day } from '../../api/values/calendar.ts';
import { centsOf } from '../../api/values/money.ts';

/** The fields of a case's `given` or `expect`. */
export type Fields = Readonly<Record<string, unknown>>;

/** One case of a vector file; files without `given` or `expect` keep their figures elsewhere. */
export interface VectorCase {
	readonly id?: unknown;
	readonly type?: unknown;
	readonly rules?: unknown;
	readonly given?: unknown;
	readonly expect?: unknown;
}

/** An object's fields; none of anything else. */
export function fieldsOf(value: unknown): Fields {
	return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};
}

/** The first of these fields that the case has, null included. */
export function firstOf(given: Fields, ...names: readonly string[]): unknown {
	const name = names.find((n) => n in given);
	return name === undefined ? undefined : given[name];
}

/** A text or number as text; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' ? value : undefined;
}

/** An amount in euro as cents; `otherwise` if left out or null. Throws RangeError for a text that is no amount. */
export function centsIn(value: unknown, otherwise = 0): number {
	const text = textOf(value);
	return text === undefined ? otherwise : centsOf(text);
}

/** A day, or `otherwise` if left out or null. */
export function dayIn(value: unknown, otherwise: Day): Day {
	return textOf(value) ?? otherwise;
}

/** The values of all fields whose name matches. */
export function valuesOf(given: Fields, name: RegExp): unknown[] {
	return Object.entries(given).flatMap(([key, value]) => (name.test(key) ? [value] : []));
}
