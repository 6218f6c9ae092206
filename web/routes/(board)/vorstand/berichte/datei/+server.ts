// A report of a fiscal year as a file.
import { streamFromApi } from '#lib/server/stream.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const asked = event.url.searchParams;
	const query = new URLSearchParams({
		report: asked.get('bericht') ?? 'figures',
		format: asked.get('art') ?? 'csv',
		language: getLocale(),
	});
	const assets = asked.get('anlagevermoegen');
	if (assets) query.set('fixedAssetsCents', assets);
	const year = Math.trunc(Number(asked.get('jahr')));
	const answer = await streamFromApi(event, `/api/reports/years/${year}/file?${query}`);
	const headers = new Headers();
	for (const name of ['content-type', 'content-disposition']) {
		const value = answer.headers.get(name);
		if (value) headers.set(name, value);
	}
	return new Response(answer.body, { status: answer.status, headers });
};
