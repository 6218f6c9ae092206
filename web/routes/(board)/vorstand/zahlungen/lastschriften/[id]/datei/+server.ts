// The XML of a released direct debit file, as a download for the bank; each one is logged by the API.
import { redirect } from '@sveltejs/kit';
import { setFlash } from '#lib/server/flash.ts';
import { describeProblem } from '#lib/server/problem.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals, params }) => {
	const answer = await locals.api.POST('/api/debit-files/{id}/download', { params: { path: { id: params.id } } });
	if (!answer.data) {
		setFlash(describeProblem(answer.error, answer.response.status).sentence, 'warn');
		redirect(303, `/vorstand/zahlungen/lastschriften/${params.id}`);
	}
	const { fileName, xml } = answer.data;
	return new Response(xml, {
		headers: {
			'content-type': 'application/xml; charset=utf-8',
			'content-disposition': `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, '_')}"`,
		},
	});
};
