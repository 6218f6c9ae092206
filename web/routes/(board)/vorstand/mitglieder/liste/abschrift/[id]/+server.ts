// An extract that was made earlier, as it was archived.
import { passFile } from '#lib/server/file.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals, params }) => {
	const answer = await locals.api.POST('/api/documents/{id}/download', {
		params: { path: { id: params.id } },
		parseAs: 'stream',
	});
	return passFile(answer, '/vorstand/mitglieder/liste');
};
