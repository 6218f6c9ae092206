// The portal's way to the HTTP API: in the same process through an injected function, else over HTTP.
import type { RequestEvent } from '@sveltejs/kit';
import createClient, { type Client } from 'openapi-fetch';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { paths } from '../api.d.ts';
import { adoptCookies, cookieHeader } from './cookies.ts';

/** The typed client of the API; each call answers `{ data, error, response }`. */
export type Api = Client<paths>;

/** Answers a request inside this process; the front door puts it under `Symbol.for('gemeinwatt.api')` on `globalThis`. */
export type InjectedApi = (request: Request, remoteAddress: string) => Promise<Response>;

const slot = Symbol.for('gemeinwatt.api');

/** The cookie names of access and refresh token, plain (http) and with the host prefix (https). */
const accessNames = ['gw_access', '__Host-gw_access'];
const refreshNames = ['gw_refresh', '__Host-gw_refresh'];

/** Headers of the visitor that the API needs to judge a request: for its session list, its origin check and its mails. */
const forwarded = ['user-agent', 'origin', 'sec-fetch-site'];

/** Whether a problem says that nobody is signed in (any more), and not that a password or code was wrong. */
export function sessionIsOver(problem: unknown): boolean {
	const { code } = (problem ?? {}) as { code?: unknown };
	return code === 'accounts.sign-in-needed' || code === 'accounts.session-over';
}

/**
 * The API, asked as the person behind this request. Their cookies go along; cookies the API sets reach the browser.
 * An expired access token is renewed once per request as long as a refresh token is there, before the first call
 * or when a call is answered with 401.
 */
export function apiFor(event: RequestEvent): Api {
	const injected = (globalThis as Record<symbol, unknown>)[slot] as InjectedApi | undefined;
	const base = injected ? event.url.origin : process.env.API_URL;
	let renewal: Promise<boolean> | undefined;

	function has(names: readonly string[]): boolean {
		return names.some((name) => event.cookies.get(name) !== undefined);
	}

	async function send(request: Request): Promise<Response> {
		const headers = request.headers;
		const cookie = cookieHeader(event.cookies);
		if (cookie) headers.set('cookie', cookie);
		headers.set('accept-language', getLocale());
		for (const name of forwarded) {
			const value = event.request.headers.get(name);
			if (value) headers.set(name, value);
		}
		if (injected) headers.set('host', event.url.host);
		else {
			headers.set('x-forwarded-for', event.getClientAddress());
			headers.set('x-forwarded-host', event.url.host);
			headers.set('x-forwarded-proto', event.url.protocol.slice(0, -1));
		}
		const response = await (injected ? injected(request, event.getClientAddress()) : fetch(request));
		adoptCookies(event.cookies, response.headers);
		return response;
	}

	function renew(): Promise<boolean> {
		renewal ??= send(new Request(new URL('/api/session/refresh', base), { method: 'POST' })).then(
			(response) => response.ok,
			() => false,
		);
		return renewal;
	}

	async function ask(request: Request): Promise<Response> {
		if (!base) throw new Error('The API is not mounted in this process and API_URL is not set.');
		if (!has(accessNames) && has(refreshNames)) await renew();
		if (renewal || !has(refreshNames)) return send(request);
		const again = request.clone();
		const response = await send(request);
		const over =
			response.status === 401 &&
			sessionIsOver(
				await response
					.clone()
					.json()
					.catch(() => null),
			);
		return over && (await renew()) ? send(again) : response;
	}

	return createClient<paths>({ baseUrl: base ?? 'http://api.invalid', fetch: ask });
}
