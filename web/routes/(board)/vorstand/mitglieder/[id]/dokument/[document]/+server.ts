// A document of a member's file, as it was archived; each opening is logged.
import { passFile } from '#lib/server/file.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals, params }) => {
	const answer = await locals.api.POST('/api/documents/{id}/download', {
		params: { path: { id: params.document } },
		parseAs: 'stream',
	});
	return passFile(answer, `/vorstand/mitglieder/${params.id}/verlauf`);
};
