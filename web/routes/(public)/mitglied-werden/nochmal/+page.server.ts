// The link that confirms a declaration to join, once more; the same answer for every address.
import { m } from '#lib/paraglide/messages.js';
import { text } from '#lib/server/form.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import type { Actions } from './$types';

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const email = text(form, 'email');
		if (!email) return incomplete({ email: m.joining_again_needed() }, form);
		const answer = await locals.api.POST('/api/applications/confirmations/again', { body: { email } });
		if (!answer.response.ok) return refused(answer, form);
		return { asked: true as const };
	},
};
