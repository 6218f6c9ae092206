// Members' declarations to take further shares, and the board's decision.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

const states = ['declared', 'admitted', 'rejected', 'withdrawn'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
	const state = states.find((one) => one === url.searchParams.get('stand')) ?? 'declared';
	const requests = answered(await locals.api.GET('/api/share-requests', { params: { query: { state } } }));
	return { state, requests, today: today(), key: newKey() };
};

const here = '/vorstand/mitglieder/anteile';
const resolutionOf = (form: FormData) => ({ number: text(form, 'number'), on: text(form, 'on') });

export const actions: Actions = {
	admit: async ({ request, locals }) => {
		const form = await request.formData();
		const id = text(form, 'request');
		const answer = await locals.api.POST('/api/share-requests/{id}/admission', {
			params: { path: { id }, header: once(form) },
			body: { resolution: resolutionOf(form) },
		});
		if (!answer.response.ok) return refusedIn(`admit-${id}`, answer, form);
		setFlash(m.board_requests_admitted());
		redirect(303, here);
	},

	paper: async ({ request, locals }) => {
		const form = await request.formData();
		const id = text(form, 'request');
		const answer = await locals.api.POST('/api/share-requests/{id}/paper', {
			params: { path: { id } },
			body: { receivedOn: text(form, 'receivedOn') },
		});
		if (!answer.response.ok) return refusedIn(`paper-${id}`, answer, form);
		setFlash(m.rounds_paper_done());
		redirect(303, here);
	},

	reject: async ({ request, locals }) => {
		const form = await request.formData();
		const id = text(form, 'request');
		const answer = await locals.api.POST('/api/share-requests/{id}/rejection', {
			params: { path: { id }, header: once(form) },
			body: { resolution: resolutionOf(form) },
		});
		if (!answer.response.ok) return refusedIn(`reject-${id}`, answer, form);
		setFlash(m.board_requests_rejected());
		redirect(303, here);
	},
};
