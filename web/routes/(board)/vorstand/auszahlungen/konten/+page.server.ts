// New payout accounts that are held: the second person confirms them, or the account before comes back.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

const here = '/vorstand/auszahlungen/konten';

export const load: PageServerLoad = async ({ locals }) => ({
	changes: answered(await locals.api.GET('/api/account-changes')).map((change) => ({ ...change, key: newKey() })),
});

export const actions: Actions = {
	confirm: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/account-changes/{id}/confirmation', {
			params: { path: { id: text(form, 'change') }, header: once(form) },
		});
		proveFirst(answer, here);
		if (!answer.data) return refusedIn('confirm', answer, form);
		setFlash(m.bank_confirmed());
		redirect(303, here);
	},

	refuse: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/account-changes/{id}/refusal', {
			params: { path: { id: text(form, 'change') }, header: once(form) },
			body: { reason: text(form, 'reason') },
		});
		if (!answer.data) return refusedIn('refuse', answer, form);
		setFlash(m.bank_refused());
		redirect(303, here);
	},
};
