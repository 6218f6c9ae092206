// Changes one's own password; all other sessions end.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const own = answered(await locals.api.GET('/api/session'));
	return { secondFactor: own.secondFactor };
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const [current, password] = [String(form.get('current') ?? ''), String(form.get('password') ?? '')];
		const answer = await locals.api.PUT('/api/password', { body: { current, password } });
		if (!answer.response.ok) {
			return refused(answer, form);
		}
		setFlash(m.accounts_password_changed());
		redirect(303, '/konto');
	},
};
