// Cookies on their way between browser, portal and API.
import type { Cookies } from '@sveltejs/kit';

const verbatim = (value: string) => value;

/** The request's cookies, with those already renewed during this request, as one header. */
export function cookieHeader(cookies: Cookies): string {
	return cookies
		.getAll({ decode: verbatim })
		.filter((cookie) => cookie.value)
		.map((cookie) => `${cookie.name}=${cookie.value}`)
		.join('; ');
}

/** Hands every cookie the API sets on to the browser, unchanged, and to later calls within this request. */
export function adoptCookies(cookies: Cookies, headers: Headers): void {
	for (const line of headers.getSetCookie()) {
		const { name, value, ...options } = cookies.parse(line, { decode: verbatim });
		cookies.set(name, value ?? '', { secure: false, httpOnly: false, ...options, encode: verbatim });
	}
}
