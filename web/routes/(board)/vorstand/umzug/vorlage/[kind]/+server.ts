// A CSV file to fill in, as a download.
import { error } from '@sveltejs/kit';
import { fileKinds } from '#lib/board/moving/words.ts';
import { answered } from '#lib/server/problem.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) => {
	const kind = fileKinds.find((one) => one === params.kind);
	if (!kind) error(404);
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
