// Confirms what a link in a mail about a declaration to join asks for: first it is shown, then it is confirmed.
import { m } from '#lib/paraglide/messages.js';
import { mailKey } from '#lib/server/mailLink.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import type { Actions } from './$types';

export const actions: Actions = {
	look: async ({ request, locals }) => {
		const form = await request.formData();
		const token = mailKey(form);
		if (!token) return incomplete({ link: m.accounts_link_missing() }, form);
		const answer = await locals.api.POST('/api/applications/links', { body: { token } });
		if (!answer.data) return refused(answer, form);
		return { asked: answer.data, key: token };
	},

	confirm: async ({ request, locals }) => {
		const form = await request.formData();
		const token = mailKey(form);
		if (!token) return incomplete({ link: m.accounts_link_missing() }, form);
		const answer = await locals.api.POST('/api/applications/confirmations', { body: { token } });
		if (!answer.data) return refused(answer, form);
		return { confirmed: answer.data };
	},
};
