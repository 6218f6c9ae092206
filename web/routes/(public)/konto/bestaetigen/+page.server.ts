// Proves again who is sitting there: sensitive acts are then open for five minutes.
import { redirect } from '@sveltejs/kit';
import { optionalText } from '#lib/server/form.ts';
import { localPath } from '#lib/server/path.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const own = answered(await locals.api.GET('/api/session'));
	return { secondFactor: own.secondFactor, next: localPath(url.searchParams.get('weiter') ?? '/konto') };
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const code = optionalText(form, 'code');
		const body = { password: String(form.get('password') ?? ''), ...(code ? { code } : {}) };
		const answer = await locals.api.POST('/api/session/proof', { body });
		if (answer.response.ok) redirect(303, localPath(form.get('next')));
		return refused(answer, form);
	},
};
