// The own declaration to join as PDF.
import { getLocale } from '#lib/paraglide/runtime.js';
import { passFile } from '#lib/server/file.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals }) => {
	const answer = await locals.api.POST('/api/me/declaration', { body: { language: getLocale() }, parseAs: 'stream' });
	return passFile(answer, '/konto/dokumente');
};
