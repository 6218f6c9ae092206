// Tokens of devices: made once, shown once, ended at any time.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	tokens: answered(await locals.api.GET('/api/device-tokens')),
	now: new Date().toISOString(),
});

const terms = [30, 90, 365, 730] as const;

export const actions: Actions = {
	create: async ({ request, locals, url }) => {
		const form = await request.formData();
		const days = terms.find((one) => String(one) === text(form, 'days'));
		if (days === undefined) return incompleteIn('create', { days: m.ui_choose() }, form);
		const name = text(form, 'name');
		const answer = await locals.api.POST('/api/device-tokens', { body: { name, scopes: ['readings.push'], days } });
		proveFirst(answer, url.pathname);
		if (!answer.data) return refusedIn('create', answer, form);
		// The only answer that ever holds the token: it goes into this page and nowhere else.
		return { created: { name, ...answer.data } };
	},

	revoke: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.DELETE('/api/device-tokens/{id}', {
			params: { path: { id: text(form, 'token') } },
		});
		if (!answer.response.ok) return refusedIn('revoke', answer, form);
		setFlash(m.board_device_revoked());
		redirect(303, '/vorstand/geraete');
	},
};
