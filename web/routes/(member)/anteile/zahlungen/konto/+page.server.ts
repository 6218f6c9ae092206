// Changing the account that dividends and refunds go to.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, refused } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	member: answered(await locals.api.GET('/api/me/membership')),
	key: newKey(),
});

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.PUT('/api/me/bank-account', {
			params: { header: once(form) },
			body: { iban: text(form, 'iban'), holder: text(form, 'holder') },
		});
		proveFirst(answer, '/anteile/zahlungen/konto');
		if (!answer.data) return refused(answer, form);
		setFlash(m.bank_own_saved({ iban: answer.data.ibanMasked }));
		redirect(303, '/anteile/zahlungen');
	},
};
