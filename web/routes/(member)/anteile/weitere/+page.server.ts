// Further shares: what may be taken, the declaration for it, and taking it back while it waits.
import { redirect } from '@sveltejs/kit';
import type { paths } from '#lib/api.d.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn, incompleteIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

type Body = paths['/api/me/shares/requests']['post']['requestBody']['content']['application/json'];

export const load: PageServerLoad = async ({ locals }) => ({
	key: newKey(),
	terms: answered(await locals.api.GET('/api/me/shares/terms')),
});

export const actions: Actions = {
	request: async ({ request, locals }) => {
		const form = await request.formData();
		const count = wholeNumber(form, 'count');
		if (count === undefined || count < 1)
			return incompleteIn('request', { count: m.refusal_shares_count_wrong() }, form);
		const clauses = form.getAll('clause').map(String) as Body['clauses'];
		const answer = await locals.api.POST('/api/me/shares/requests', {
			params: { header: once(form) },
			body: { count, clauses, statuteVersion: Number(text(form, 'statuteVersion')) || 1 },
		});
		if (!answer.response.ok) return refusedIn('request', answer, form);
		setFlash(m.shares_request_done({ count }));
		redirect(303, '/anteile/weitere');
	},

	withdraw: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/me/shares/requests/{id}/withdrawal', {
			params: { path: { id: text(form, 'id') }, header: once(form) },
		});
		if (!answer.response.ok) return refusedIn('withdraw', answer, form);
		setFlash(m.shares_request_withdrawn());
		redirect(303, '/anteile/weitere');
	},
};
