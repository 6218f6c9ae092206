// Another e-mail address for one's own account: it counts once the link sent there was opened.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { refused } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions } from './$types';

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const email = text(form, 'email');
		const answer = await locals.api.POST('/api/email/requests', { body: { email } });
		proveFirst(answer, '/konto/e-mail');
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.accounts_email_link_sent({ email }));
		redirect(303, '/konto');
	},
};
