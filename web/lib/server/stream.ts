// Hands a request's body on to the API while it comes in, so that large files are never held in memory.
import type { RequestEvent } from '@sveltejs/kit';
import type { InjectedApi } from './api.ts';
import { adoptCookies, cookieHeader } from './cookies.ts';

const slot = Symbol.for('gemeinwatt.api');
const passed = ['content-type', 'origin', 'sec-fetch-site', 'user-agent', 'accept-language'];

/** Posts the body of the present request to a path of the API as the person behind it, and answers what the API said. */
export async function streamToApi(event: RequestEvent, path: string): Promise<Response> {
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
	const request = new Request(new URL(path, base), {
		...{ method: 'POST', headers, body: event.request.body },
		// Needed for a body that is still coming in; the types of the browser do not know it.
		...({ duplex: 'half' } as object),
	});
	const response = await (injected ? injected(request, event.getClientAddress()) : fetch(request));
	adoptCookies(event.cookies, response.headers);
	return response;
}
