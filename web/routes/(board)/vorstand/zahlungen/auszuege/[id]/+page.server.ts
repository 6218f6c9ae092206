// One file of statements: what importing it would do, then the import or its end.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	file: answered(await locals.api.GET('/api/bank-statements/{id}', { params: { path: { id: params.id } } })),
	key: newKey(),
});

export const actions: Actions = {
	import: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/bank-statements/{id}/import', {
			params: { path: { id: params.id }, header: once(form) },
		});
		if (!answer.data) return refusedIn('import', answer, form);
		const { booked, open } = answer.data;
		setFlash(m.pay_statement_imported({ booked, open }), open ? 'warn' : 'good');
		redirect(303, open ? '/vorstand/zahlungen/klaeren' : '/vorstand/zahlungen/auszuege');
	},

	discard: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/bank-statements/{id}/discard', {
			params: { path: { id: params.id }, header: once(form) },
		});
		if (!answer.response.ok) return refusedIn('discard', answer, form);
		setFlash(m.pay_statement_discarded());
		redirect(303, '/vorstand/zahlungen/auszuege');
	},
};
