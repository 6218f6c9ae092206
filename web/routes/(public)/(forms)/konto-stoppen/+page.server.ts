// Stops a change of the account payouts go to, by the link of the mail about it.
import { m } from '#lib/paraglide/messages.js';
import { mailKey } from '#lib/server/mailLink.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import type { Actions } from './$types';

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const token = mailKey(form);
		if (!token) return incomplete({ link: m.accounts_link_missing() }, form);
		const answer = await locals.api.POST('/api/account-changes/stop', { body: { token } });
		if (!answer.data) return refused(answer, form);
		return { stopped: answer.data.origin };
	},
};
