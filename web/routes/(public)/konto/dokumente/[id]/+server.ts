// An archived document of the member.
import { passFile } from '#lib/server/file.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals, params }) => {
	const answer = await locals.api.POST('/api/me/documents/{id}/download', {
		params: { path: { id: params.id } },
		parseAs: 'stream',
	});
	return passFile(answer, '/konto/dokumente');
};
