// Everything held about a member, as PDF or JSON, made by the board for the member.
import { getLocale } from '#lib/paraglide/runtime.js';
import { passFile } from '#lib/server/file.ts';
import { text } from '#lib/server/form.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals, params, request }) => {
	const form = await request.formData();
	const answer = await locals.api.POST('/api/members/{id}/personal-data', {
		params: { path: { id: params.id } },
		body: { format: text(form, 'format') === 'json' ? 'json' : 'pdf', language: getLocale() },
		parseAs: 'stream',
	});
	return passFile(answer, `/vorstand/datenschutz/mitglied/${params.id}`);
};
