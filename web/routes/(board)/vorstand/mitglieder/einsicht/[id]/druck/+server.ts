// The list of members as PDF for a third party, with the limit of its purpose.
import { getLocale } from '#lib/paraglide/runtime.js';
import { passFile } from '#lib/server/file.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals, params }) => {
	const answer = await locals.api.POST('/api/inspections/{id}/extract', {
		...{ params: { path: { id: params.id } }, body: { language: getLocale() } },
		parseAs: 'stream',
	});
	return passFile(answer, `/vorstand/mitglieder/einsicht/${params.id}`);
};
