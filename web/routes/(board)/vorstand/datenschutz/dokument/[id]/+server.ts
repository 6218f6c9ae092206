// An archived document about a member, for the board; each opening is logged.
import { passFile } from '#lib/server/file.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals, params }) => {
	const answer = await locals.api.POST('/api/documents/{id}/download', {
		params: { path: { id: params.id } },
		parseAs: 'stream',
	});
	return passFile(answer, '/vorstand/datenschutz');
};
