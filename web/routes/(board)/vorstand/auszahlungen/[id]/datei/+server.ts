// The XML of a released transfer file, as a download for the bank; each one is logged by the API.
import { redirect } from '@sveltejs/kit';
import { setFlash } from '#lib/server/flash.ts';
import { describeProblem } from '#lib/server/problem.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals, params }) => {
	const answer = await locals.api.POST('/api/payout-files/{id}/download', { params: { path: { id: params.id } } });
	if (!answer.data) {
		setFlash(describeProblem(answer.error, answer.response.status).sentence, 'warn');
		redirect(303, `/vorstand/auszahlungen/${params.id}`);
	}
	const { fileName, xml } = answer.data;
	return new Response(xml, {
		headers: {
			'content-type': 'application/xml; charset=utf-8',
			'content-disposition': `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, '_')}"`,
		},
	});
};
