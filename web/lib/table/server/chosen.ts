// Columns somebody chose for a table, remembered on this device in a cookie: their keys, nothing about any member.
import type { Cookies } from '@sveltejs/kit';

const nameOf = (table: string, personId: string) => `gw_columns_${table}_${personId.slice(-8)}`;

/** The keys of the columns the person chose on this device; undefined if they never did. */
export function chosenColumns(cookies: Cookies, table: string, personId: string | undefined): string[] | undefined {
	const kept = personId && cookies.get(nameOf(table, personId));
	return kept ? kept.split('.').filter((key) => /^[A-Za-z]+$/.test(key)) : undefined;
}

/** Keeps the choice for a year; without keys it is forgotten. */
export function chooseColumns(
	{ cookies, url }: { cookies: Cookies; url: URL },
	table: string,
	personId: string,
	keys: readonly string[],
): void {
	const options = { path: '/vorstand', httpOnly: true, sameSite: 'lax', secure: url.protocol === 'https:' } as const;
	if (keys.length === 0) cookies.delete(nameOf(table, personId), options);
	else cookies.set(nameOf(table, personId), keys.join('.'), { ...options, maxAge: 365 * 86_400 });
}
