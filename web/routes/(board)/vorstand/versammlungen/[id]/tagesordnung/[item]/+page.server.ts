// Changing an item of a draft's agenda, or taking it off.
import { error, redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { agendaItemOf } from '#lib/board/server/assembly.ts';
import { openProposals } from '#lib/board/server/proposals.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, parent }) => {
	await boardOnly(parent);
	const assembly = answered(await locals.api.GET('/api/assemblies/{id}', { params: { path: { id: params.id } } }));
	const item = assembly.agenda.find(({ id }) => id === params.item);
	if (!item) error(404, m.problem_missing());
	return { assembly, item, proposals: await openProposals(locals.api) };
};

export const actions: Actions = {
	change: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.PUT('/api/agenda-items/{id}', {
			params: { path: { id: params.item } },
			body: agendaItemOf(form),
		});
		if (!answer.response.ok) return refusedIn('change', answer, form);
		setFlash(m.board_item_changed());
		redirect(303, `/vorstand/versammlungen/${params.id}`);
	},

	remove: async ({ locals, params }) => {
		const answer = await locals.api.DELETE('/api/agenda-items/{id}', { params: { path: { id: params.item } } });
		if (!answer.response.ok) return refusedIn('remove', answer);
		setFlash(m.board_item_removed());
		redirect(303, `/vorstand/versammlungen/${params.id}`);
	},
};
