// Large files pass through as they come, to the API and from it, and are never held in memory.
import type { RequestEvent } from '@sveltejs/kit';
import type { InjectedApi } from './api.ts';
import { adoptCookies, cookieHeader } from './cookies.ts';

const slot = Symbol.for('gemeinwatt.api');
const passed = ['content-type', 'origin', 'sec-fetch-site', 'user-agent', 'accept-language'];

async function passOn(event: RequestEvent, path: string, what: RequestInit): Promise<Response> {
	// Renews the access token if it has run out: a body can be sent only once.
	await event.locals.api.GET('/api/session');
	const injected = (globalThis as Record<symbol, unknown>)[slot] as InjectedApi | undefined;
	const base = injected ? event.url.origin : process.env.API_URL;
	const headers = new Headers({ cookie: cookieHeader(event.cookies) });
	for (const name of passed) {
		const value = event.request.headers.get(name);
		if (value) headers.set(name, value);
	}
	if (injected) headers.set('host', event.url.host);
	else {
		headers.set('x-forwarded-for', event.getClientAddress());
		headers.set('x-forwarded-host', event.url.host);
		headers.set('x-forwarded-proto', event.url.protocol.slice(0, -1));
	}
	const request = new Request(new URL(path, base), { ...what, headers });
	const response = await (injected ? injected(request, event.getClientAddress()) : fetch(request));
	adoptCookies(event.cookies, response.headers);
	return response;
}

/** Posts the body of the present request to a path of the API as the person behind it, and answers what the API said. */
export function streamToApi(event: RequestEvent, path: string): Promise<Response> {
	// `duplex` is needed for a body that is still coming in; the types of the browser do not know it.
	return passOn(event, path, { method: 'POST', body: event.request.body, ...({ duplex: 'half' } as object) });
}

/** Asks a path of the API as the person behind the present request; the answer's body comes in while it is written. */
export function streamFromApi(event: RequestEvent, path: string): Promise<Response> {
	return passOn(event, path, { method: 'GET' });
}
