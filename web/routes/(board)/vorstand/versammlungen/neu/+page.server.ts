// Drafting an assembly.
import { redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { assemblyOf } from '#lib/board/server/assembly.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	await boardOnly(parent);
	const { terms } = answered(await locals.api.GET('/api/statute'));
	return { conveningDays: terms.conveningDays };
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/assemblies', { body: assemblyOf(form) });
		if (!answer.data) return refused(answer, form);
		setFlash(m.board_assembly_drafted());
		redirect(303, `/vorstand/versammlungen/${answer.data.id}`);
	},
};
