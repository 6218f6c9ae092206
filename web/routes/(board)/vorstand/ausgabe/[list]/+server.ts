// A list as a file: asked of the API as the person behind the page, passed on while it is written.
import { error } from '@sveltejs/kit';
import { getLocale } from '#lib/paraglide/runtime.js';
import { answered } from '#lib/server/problem.ts';
import { streamFromApi } from '#lib/server/stream.ts';
import type { RequestHandler } from './$types';

const lists = ['members', 'applications', 'holdings', 'claims', 'payments'];

export const GET: RequestHandler = async (event) => {
	const { list } = event.params;
	if (!lists.includes(list)) error(404);
	const query = new URLSearchParams(event.url.search);
	query.set('language', getLocale());
	const reply = await streamFromApi(event, `/api/${list}/export?${query}`);
	if (!reply.ok) answered({ response: reply, error: await reply.json().catch(() => null) });
	const headers = new Headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
	for (const name of ['content-type', 'content-disposition']) headers.set(name, reply.headers.get(name) ?? '');
	return new Response(reply.body, { headers });
};
