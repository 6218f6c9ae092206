// The portal inside the API's server: pages on the same port, their calls to the API without a network in between.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import type { App } from '../api/app.ts';

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/** Where the pages' server code finds the API when both run in one process (web/lib/server/api.ts). */
const slot = Symbol.for('gemeinwatt.api');

/** A fetch that hands requests to the API in this process, with the client's real address. */
function injectedFetch(app: App) {
	return async (input: Request, remoteAddress?: string): Promise<Response> => {
		const { pathname, search } = new URL(input.url);
		// Files pass through as they come in; everything else is small.
		const isFiles = input.headers.get('content-type')?.startsWith('multipart/');
		const body = input.body && (isFiles ? Readable.fromWeb(input.body) : Buffer.from(await input.arrayBuffer()));
		const asFile = input.method === 'GET' && pathname.endsWith('/export');
		const reply = await app.inject({
			method: input.method as 'GET',
			url: pathname + search,
			headers: Object.fromEntries(input.headers),
			...(body ? { payload: body } : {}),
			...(remoteAddress ? { remoteAddress } : {}),
			payloadAsStream: asFile,
		});
		const headers = new Headers();
		for (const [name, value] of Object.entries(reply.headers)) {
			for (const v of Array.isArray(value) ? value : [value]) if (v !== undefined) headers.append(name, String(v));
		}
		const empty = [204, 205, 304].includes(reply.statusCode);
		const bytes = () =>
			asFile ? (Readable.toWeb(reply.stream()) as ReadableStream) : new Uint8Array(reply.rawPayload);
		return new Response(empty ? null : bytes(), { status: reply.statusCode, headers });
	};
}

/** The pages' server, given the HTTP server it shares when pages are developed. */
type Portal = (server: Server) => Promise<{ middleware: Middleware; close?: () => Promise<void> }>;

async function builtPortal(): Promise<Portal> {
	// The adapter reads these when it loads; the prefix WEB_ keeps HOST and PORT ours.
	process.env.WEB_PROTOCOL_HEADER = 'x-portal-protocol';
	process.env.WEB_HOST_HEADER = 'x-portal-host';
	process.env.WEB_ADDRESS_HEADER = 'x-portal-address';
	process.env.WEB_BODY_SIZE_LIMIT ??= '600M';
	const file = path.resolve('build/portal/handler.js');
	const { handler } = (await import(pathToFileURL(file).href)) as { handler: Middleware };
	return async () => ({ middleware: handler });
}

async function developedPortal(server: Server): Promise<{ middleware: Middleware; close: () => Promise<void> }> {
	const { createServer } = await import('vite');
	const vite = await createServer({ configFile: 'vite.config.ts', server: { middlewareMode: true, hmr: { server } } });
	return { middleware: vite.middlewares as Middleware, close: () => vite.close() };
}

/** Loads the pages, built or as they are being written. */
export async function loadPortal(mode: 'built' | 'development'): Promise<Portal> {
	return mode === 'built' ? builtPortal() : developedPortal;
}

/** Serves the portal's pages for every address that is not the API's. Call before `listen`. */
export async function mountPortal(app: App, portal: Portal): Promise<void> {
	(globalThis as Record<symbol, unknown>)[slot] = injectedFetch(app);
	const { middleware, close } = await portal(app.server);
	if (close) app.addHook('onClose', close);
	await app.register(async (web) => {
		web.removeAllContentTypeParsers();
		web.addContentTypeParser('*', (_request, _payload, done) => done(null));
		web.route({
			method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
			url: '/*',
			config: { upload: true },
			schema: { hide: true },
			handler: (request, reply) => {
				const { raw } = request;
				raw.headers['x-portal-protocol'] = request.protocol;
				raw.headers['x-portal-host'] = request.host;
				raw.headers['x-portal-address'] = request.ip;
				for (const [name, value] of Object.entries(reply.getHeaders())) {
					// The pages bring a content security policy of their own.
					if (value !== undefined && name !== 'content-security-policy') reply.raw.setHeader(name, value);
				}
				reply.hijack();
				middleware(raw, reply.raw, (error) => {
					reply.raw.statusCode = error ? 500 : 404;
					reply.raw.end();
				});
			},
		});
	});
}
