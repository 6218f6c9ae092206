// The own entry of the list of members as PDF.
import { getLocale } from '#lib/paraglide/runtime.js';
import { passFile } from '#lib/server/file.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals }) => {
	const answer = await locals.api.POST('/api/me/register-entry/extract', {
		body: { language: getLocale() },
		parseAs: 'stream',
	});
	return passFile(answer, '/anteile/eintrag');
};
