// Sets a password by the link of an invitation or a reset. It signs nobody in.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { mailKey } from '#lib/server/mailLink.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import type { Actions } from './$types';

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const token = mailKey(form);
		if (!token) return incomplete({ link: m.accounts_link_missing() }, form);
		const password = String(form.get('password') ?? '');
		const answer = await locals.api.POST('/api/password/resets', { body: { token, password } });
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.accounts_password_set());
		redirect(303, '/anmelden');
	},
};
