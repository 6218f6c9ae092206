// One subscription round: progress, preview, decision.
import { redirect } from '@sveltejs/kit';
import { wallClock } from '#lib/board/clock.ts';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { extensionOf } from '#lib/rounds/server/form.ts';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const round = answered(await locals.api.GET('/api/rounds/{id}', { params: { path: { id: params.id } } }));
	return { round, closes: wallClock(round.closesAt), today: today(), key: newKey() };
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

	extend: async ({ request, locals, params }) => {
		const form = await request.formData();
		const extension = extensionOf(form);
		if ('missing' in extension) return incompleteIn('extend', extension.missing, form);
		const answer = await locals.api.POST('/api/rounds/{id}/extension', {
			params: { path: { id: params.id }, header: once(form) },
			body: { ...extension, reason: text(form, 'reason') },
		});
		if (!answer.data) return refusedIn('extend', answer, form);
		setFlash(m.rounds_extended({ count: answer.data.told }));
		redirect(303, `/vorstand/mitglieder/runden/${params.id}`);
	},

	enter: async ({ request, locals, params }) => {
		const form = await request.formData();
		const memberNumber = wholeNumber(form, 'memberNumber');
		const count = wholeNumber(form, 'count');
		if (!memberNumber || !count) {
			const needed = m.board_number_needed();
			const fields = { ...(memberNumber ? {} : { memberNumber: needed }), ...(count ? {} : { count: needed }) };
			return incompleteIn('enter', fields, form);
		}
		const answer = await locals.api.POST('/api/rounds/{id}/subscriptions', {
			params: { path: { id: params.id }, header: once(form) },
			body: { memberNumber, count, signedOn: text(form, 'signedOn'), receivedOn: text(form, 'receivedOn') },
		});
		if (!answer.data) return refusedIn('enter', answer, form);
		setFlash(m.rounds_entered());
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
