// A file of the API passed on to the browser while it comes in.
import type { RequestEvent } from '@sveltejs/kit';
import { answered } from './problem.ts';
import { streamFromApi } from './stream.ts';

/** The file behind a path of the API, asked as the person behind the page; what the API refuses becomes the page's error. */
export async function fileFromApi(event: RequestEvent, path: string): Promise<Response> {
	const reply = await streamFromApi(event, path);
	if (!reply.ok) answered({ response: reply, error: await reply.json().catch(() => null) });
	const headers = new Headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
	for (const name of ['content-type', 'content-disposition']) headers.set(name, reply.headers.get(name) ?? '');
	return new Response(reply.body, { headers });
}
