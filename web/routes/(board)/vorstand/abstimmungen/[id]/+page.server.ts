// One ballot on the board's side: opened, watched, closed by two people.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const ballot = answered(await locals.api.GET('/api/ballots/{id}', { params: { path: { id: params.id } } }));
	return { ballot, now: new Date().toISOString(), key: newKey() };
};

const here = (id: string) => `/vorstand/abstimmungen/${id}`;

export const actions: Actions = {
	open: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/ballots/{id}/open', {
			params: { path: { id: params.id }, header: once(form) },
		});
		if (!answer.data) return refusedIn('open', answer, form);
		setFlash(m.board_ballot_opened({ count: answer.data.eligible }));
		redirect(303, here(params.id));
	},

	withdraw: async ({ request, locals, params }) => {
		const form = await request.formData();
		const assembly = String(form.get('assembly') ?? '');
		const answer = await locals.api.DELETE('/api/ballots/{id}', { params: { path: { id: params.id } } });
		if (!answer.response.ok) return refusedIn('withdraw', answer, form);
		setFlash(m.board_ballot_withdrawn());
		redirect(303, /^[\w-]+$/.test(assembly) ? `/vorstand/versammlungen/${assembly}` : '/vorstand/versammlungen');
	},

	propose: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/ballots/{id}/propose-closing', {
			params: { path: { id: params.id }, header: once(form) },
		});
		if (!answer.response.ok) return refusedIn('propose', answer, form);
		setFlash(m.board_ballot_proposed());
		redirect(303, here(params.id));
	},

	confirm: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/ballots/{id}/confirm-closing', {
			params: { path: { id: params.id }, header: once(form) },
		});
		if (!answer.data) return refusedIn('confirm', answer, form);
		setFlash(answer.data.adopted ? m.board_ballot_adopted() : m.board_ballot_rejected());
		redirect(303, here(params.id));
	},
};
