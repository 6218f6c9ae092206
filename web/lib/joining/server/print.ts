// The key that shows somebody their own declaration to join for printing: kept for a day in the browser that declared.
import { getRequestEvent } from '$app/server';

const name = 'gw_declaration';
const path = '/mitglied-werden';

/** Keeps the key; call it in the action that declared. */
export function keepPrintToken(token: string, url: URL): void {
	const { cookies } = getRequestEvent();
	cookies.set(name, token, {
		path,
		httpOnly: true,
		sameSite: 'lax',
		maxAge: 86_400,
		secure: url.protocol === 'https:',
	});
}

/** The key, if this browser has declared within a day. */
export function printToken(): string | undefined {
	return getRequestEvent().cookies.get(name);
}
