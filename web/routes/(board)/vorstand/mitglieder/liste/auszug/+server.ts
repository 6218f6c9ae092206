// An extract of the list of members for the court, as PDF or CSV.
import { getLocale } from '#lib/paraglide/runtime.js';
import { passFile } from '#lib/server/file.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals, request }) => {
	const form = await request.formData();
	const part = wholeNumber(form, 'part');
	const answer = await locals.api.POST('/api/register/extracts', {
		body: {
			...{ day: text(form, 'day'), knownAt: text(form, 'knownAt'), language: getLocale() },
			format: text(form, 'format') === 'csv' ? 'csv' : 'pdf',
			...(part ? { part } : {}),
		},
		parseAs: 'stream',
	});
	return passFile(answer, '/vorstand/mitglieder/liste');
};
