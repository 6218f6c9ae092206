// A member's shares and balance on any day, as known on any day; further shares on paper; undoing what was entered by mistake.
import { redirect } from '@sveltejs/kit';
import { dayIn, endOf, today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const now = today();
	const day = dayIn(url.searchParams.get('tag')) ?? now;
	const known = dayIn(url.searchParams.get('bekannt')) ?? now;
	const query = { day, ...(known < now ? { knownAt: endOf(known) } : {}) };
	const answer = await locals.api.GET('/api/members/{id}/shares', { params: { path: { id: params.id }, query } });
	return { holding: answered(answer), known, today: now, key: newKey() };
};

export const actions: Actions = {
	take: async ({ request, locals, params }) => {
		const form = await request.formData();
		const count = wholeNumber(form, 'count');
		if (count === undefined) return incompleteIn('take', { count: m.board_number_needed() }, form);
		const answer = await locals.api.POST('/api/members/{id}/shares', {
			params: { path: { id: params.id }, header: once(form) },
			body: { count, resolution: { number: text(form, 'number'), on: text(form, 'on') } },
		});
		if (!answer.response.ok) return refusedIn('take', answer, form);
		setFlash(m.board_holding_taken());
		redirect(303, `/vorstand/mitglieder/${params.id}/anteile`);
	},

	paper: async ({ request, locals, params }) => {
		const form = await request.formData();
		const count = wholeNumber(form, 'count');
		if (count === undefined) return incompleteIn('paper', { count: m.board_number_needed() }, form);
		const answer = await locals.api.POST('/api/members/{id}/share-requests', {
			params: { path: { id: params.id }, header: once(form) },
			body: { count, signedOn: text(form, 'signedOn'), receivedOn: text(form, 'receivedOn') },
		});
		if (!answer.data) return refusedIn('paper', answer, form);
		setFlash(m.paper_entered());
		redirect(303, '/vorstand/mitglieder/anteile');
	},

	reverse: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/share-movements/{id}/reversal', {
			params: { path: { id: text(form, 'movement') }, header: once(form) },
			body: { reason: text(form, 'reason') },
		});
		if (!answer.response.ok) return refusedIn('reverse', answer, form);
		setFlash(m.board_holding_reversed());
		redirect(303, `/vorstand/mitglieder/${params.id}/anteile`);
	},
};
