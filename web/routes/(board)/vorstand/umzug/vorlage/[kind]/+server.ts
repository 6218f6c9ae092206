// A file to fill in, as a download: CSV, or a workbook that explains its columns.
import { error } from '@sveltejs/kit';
import { fileKinds } from '#lib/board/moving/words.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { fileFromApi } from '#lib/server/passed.ts';
import { answered } from '#lib/server/problem.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const { locals, params, url } = event;
	const kind = fileKinds.find((one) => one === params.kind);
	if (!kind) error(404);
	if (url.searchParams.get('format') === 'xlsx')
		return fileFromApi(event, `/api/moving/template/${kind}/workbook?language=${getLocale()}`);
	const { fileName, csv } = answered(
		await locals.api.GET('/api/moving/template/{kind}', { params: { path: { kind } } }),
	);
	return new Response(csv, {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, '_')}"`,
		},
	});
};
