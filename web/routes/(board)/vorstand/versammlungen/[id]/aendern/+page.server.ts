// Changing a drafted assembly.
import { redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { assemblyOf } from '#lib/board/server/assembly.ts';
import { wallClock } from '#lib/board/clock.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, parent }) => {
	await boardOnly(parent);
	const assembly = answered(await locals.api.GET('/api/assemblies/{id}', { params: { path: { id: params.id } } }));
	const { title, kind, form, discussionForm, heldOn, startsAt, place, link } = assembly;
	const values: Record<string, string> = {
		...{ title, kind, form, heldOn, startsAtClock: wallClock(startsAt).slice(11) },
		...{ discussionForm: discussionForm ?? '', place: place ?? '', link: link ?? '' },
	};
	return { assembly, values };
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.PUT('/api/assemblies/{id}', {
			params: { path: { id: params.id } },
			body: assemblyOf(form),
		});
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.board_assembly_changed());
		redirect(303, `/vorstand/versammlungen/${params.id}`);
	},
};
