// Asks for a link to set a new password; the page says the same whether the address has an account or not.
import { redirect } from '@sveltejs/kit';
import { getLocale } from '#lib/paraglide/runtime.js';
import { text } from '#lib/server/form.ts';
import { refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({ sent: url.searchParams.has('gesendet') });

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const body = { email: text(form, 'email'), locale: getLocale() };
		const answer = await locals.api.POST('/api/password/requests', { body });
		if (answer.response.ok) redirect(303, '/passwort-vergessen?gesendet');
		return refused(answer, form);
	},
};
