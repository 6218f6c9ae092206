// Hands a file of the API on to the browser, or leads back to the page with the reason why there is none.
import { redirect } from '@sveltejs/kit';
import { setFlash } from './flash.ts';
import { type Answer, describeProblem } from './problem.ts';
import { proveFirst } from './proof.ts';

/** The file of an answer asked with `parseAs: 'stream'`, as a download; a refusal is told on the page at `back`. */
export function passFile(answer: Answer<unknown>, back: string): Response {
	const { data, error, response } = answer;
	if (!response.ok || !data) {
		proveFirst(answer, back);
		setFlash(describeProblem(error, response.status).sentence, 'warn');
		redirect(303, back);
	}
	return new Response(data as ReadableStream, {
		headers: {
			'content-type': response.headers.get('content-type') ?? 'application/octet-stream',
			'content-disposition': response.headers.get('content-disposition') ?? 'attachment',
			'cache-control': 'no-store',
		},
	});
}
