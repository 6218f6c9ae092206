// Adding an item to the agenda.
import { redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { agendaItemOf } from '#lib/board/server/assembly.ts';
import { openProposals } from '#lib/board/server/proposals.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, parent }) => {
	await boardOnly(parent);
	return {
		assembly: answered(await locals.api.GET('/api/assemblies/{id}', { params: { path: { id: params.id } } })),
		proposals: await openProposals(locals.api),
	};
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/assemblies/{id}/agenda-items', {
			params: { path: { id: params.id } },
			body: agendaItemOf(form),
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.board_item_added({ top: answer.data.top }));
		redirect(303, `/vorstand/versammlungen/${params.id}`);
	},
};
