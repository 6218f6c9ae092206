// Transfers: proposing one, taking it back, and answering those of others.
import { redirect } from '@sveltejs/kit';
import type { paths } from '#lib/api.d.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

type Acceptance = paths['/api/me/transfers/{id}/acceptance']['post']['requestBody']['content']['application/json'];

export const load: PageServerLoad = async ({ locals }) => ({
	key: newKey(),
	...answered(await locals.api.GET('/api/me/transfers')),
});

const here = '/anteile/uebertragen';

export const actions: Actions = {
	propose: async ({ request, locals }) => {
		const form = await request.formData();
		const shares = wholeNumber(form, 'shares');
		const all = text(form, 'much') === 'all';
		if (!all && (shares === undefined || shares < 1))
			return incompleteIn('propose', { shares: m.refusal_shares_count_wrong() }, form);
		const joiner = text(form, 'to') === 'joiner';
		const number = wholeNumber(form, 'number');
		if (!joiner && (number === undefined || number < 1 || !text(form, 'name')))
			return incompleteIn('propose', { number: m.refusal_shares_acquirer_unknown() }, form);
		const answer = await locals.api.POST('/api/me/transfers', {
			params: { header: once(form) },
			body: {
				...(all ? { all: true as const } : { shares: shares ?? 0 }),
				to: joiner ? { email: text(form, 'email') } : { number: number ?? 0, name: text(form, 'name') },
			},
		});
		if (!answer.response.ok) return refusedIn('propose', answer, form);
		setFlash(m.hand_sent());
		redirect(303, here);
	},

	withdraw: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/me/transfers/{id}/withdrawal', {
			params: { path: { id: text(form, 'id') }, header: once(form) },
		});
		if (!answer.response.ok) return refusedIn('withdraw', answer, form);
		setFlash(m.hand_withdrawn());
		redirect(303, here);
	},

	accept: async ({ request, locals }) => {
		const form = await request.formData();
		const takes = wholeNumber(form, 'takes');
		const clauses = form.getAll('clause').map(String) as Acceptance['clauses'];
		const answer = await locals.api.POST('/api/me/transfers/{id}/acceptance', {
			params: { path: { id: text(form, 'id') }, header: once(form) },
			body: {
				clauses,
				statuteVersion: Number(text(form, 'statuteVersion')) || 1,
				...(takes === undefined ? {} : { takes }),
			},
		});
		if (!answer.response.ok) return refusedIn('accept', answer, form);
		setFlash(m.hand_accepted());
		redirect(303, here);
	},

	decline: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/me/transfers/{id}/decline', {
			params: { path: { id: text(form, 'id') }, header: once(form) },
		});
		if (!answer.response.ok) return refusedIn('decline', answer, form);
		setFlash(m.hand_declined());
		redirect(303, here);
	},
};
