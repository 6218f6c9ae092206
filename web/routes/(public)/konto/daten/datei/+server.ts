// Everything held about the member, as PDF or JSON.
import { getLocale } from '#lib/paraglide/runtime.js';
import { passFile } from '#lib/server/file.ts';
import { text } from '#lib/server/form.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals, request }) => {
	const form = await request.formData();
	const answer = await locals.api.POST('/api/me/personal-data', {
		body: { format: text(form, 'format') === 'json' ? 'json' : 'pdf', language: getLocale() },
		parseAs: 'stream',
	});
	return passFile(answer, '/konto/daten');
};
