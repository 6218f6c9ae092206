// A subscription round: what one may subscribe, the declaration for it, changing it and taking it back.
import { error, redirect } from '@sveltejs/kit';
import type { paths } from '#lib/api.d.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

type Body = paths['/api/me/rounds/{id}/subscription']['put']['requestBody']['content']['application/json'];

export const load: PageServerLoad = async ({ locals, params }) => {
	const { rounds, ...about } = answered(await locals.api.GET('/api/me/rounds'));
	const round = rounds.find(({ id }) => id === params.id);
	if (!round) error(404, m.rounds_gone());
	return { round, ...about, key: newKey() };
};

export const actions: Actions = {
	subscribe: async ({ request, locals, params }) => {
		const form = await request.formData();
		const count = wholeNumber(form, 'count');
		if (count === undefined || count < 1)
			return incompleteIn('subscribe', { count: m.refusal_shares_count_wrong() }, form);
		const answer = await locals.api.PUT('/api/me/rounds/{id}/subscription', {
			params: { path: { id: params.id }, header: once(form) },
			body: {
				count,
				clauses: form.getAll('clause').map(String) as Body['clauses'],
				statuteVersion: Number(text(form, 'statuteVersion')) || 1,
			},
		});
		if (!answer.data) return refusedIn('subscribe', answer, form);
		setFlash(m.rounds_subscribed({ count }));
		redirect(303, `/anteile/runde/${params.id}`);
	},

	withdraw: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/me/rounds/{id}/withdrawal', {
			params: { path: { id: params.id }, header: once(form) },
		});
		if (!answer.data) return refusedIn('withdraw', answer, form);
		setFlash(m.rounds_withdrawn());
		redirect(303, '/anteile');
	},
};
