// Confirms an e-mail address by the link sent to it.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { mailKey } from '#lib/server/mailLink.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({ done: url.searchParams.has('erledigt') });

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const token = mailKey(form);
		if (!token) return incomplete({ link: m.accounts_link_missing() }, form);
		const answer = await locals.api.POST('/api/email/confirmations', { body: { token } });
		if (!answer.response.ok) return refused(answer, form);
		redirect(303, '/e-mail-bestaetigen?erledigt');
	},
};
