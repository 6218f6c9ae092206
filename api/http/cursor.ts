// Where a long list goes on: the sort values of its last line, opaque to callers, checked when they come back.
import { Type } from 'typebox';
import { Refusal } from '../values/refusal.ts';

/** A place in a list: the sort value of a line and its number, which tells equal ones apart. */
export interface Place {
	value: string | number;
	number: number;
}

/** A cursor on the wire. */
export const Cursor = Type.String({ minLength: 1, maxLength: 1000, pattern: '^[A-Za-z0-9_-]+$' });

/** The cursor of a place. */
export function cursorOf({ value, number }: Place): string {
	return Buffer.from(JSON.stringify([value, number])).toString('base64url');
}

/** The place a cursor names. Refuses invalid `request.cursor-unknown` when it is none of this list's. */
export function placeOf(cursor: string, kind: 'text' | 'number' | 'day'): Place {
	try {
		const [value, number, ...more] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
		const fits =
			kind === 'number'
				? Number.isSafeInteger(value)
				: typeof value === 'string' && !value.includes('\0') && (kind === 'text' || /^\d{4}-\d{2}-\d{2}$/.test(value));
		if (fits && Number.isSafeInteger(number) && Math.abs(number as number) < 2 ** 31 && more.length === 0)
			return { value: value as string | number, number: number as number };
	} catch {
		// not even JSON
	}
	throw new Refusal('invalid', 'request.cursor-unknown', {}, { field: 'after' });
}
