// One subscription round: progress, preview, decision.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const round = answered(await locals.api.GET('/api/rounds/{id}', { params: { path: { id: params.id } } }));
	return { round, today: today(), key: newKey() };
};

export const actions: Actions = {
	decide: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/rounds/{id}/decision', {
			params: { path: { id: params.id }, header: once(form) },
			body: { resolution: { number: text(form, 'number'), on: text(form, 'on') }, invite: form.has('invite') },
		});
		if (!answer.data) return refusedIn('decide', answer, form);
		const { allotted, subscribers } = answer.data;
		setFlash(m.rounds_decide_done({ allotted: String(allotted), subscribers: String(subscribers) }));
		redirect(303, `/vorstand/mitglieder/runden/${params.id}`);
	},

	paper: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/rounds/{id}/papers', {
			params: { path: { id: params.id } },
			body: { subscriptionId: text(form, 'subscription'), receivedOn: text(form, 'receivedOn') },
		});
		if (!answer.data) return refusedIn('paper', answer, form);
		setFlash(m.rounds_paper_done());
		redirect(303, `/vorstand/mitglieder/runden/${params.id}`);
	},

	cancel: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/rounds/{id}/cancellation', {
			params: { path: { id: params.id }, header: once(form) },
			body: { reason: text(form, 'reason') },
		});
		if (!answer.data) return refusedIn('cancel', answer, form);
		setFlash(m.rounds_cancel_done());
		redirect(303, `/vorstand/mitglieder/runden/${params.id}`);
	},
};
