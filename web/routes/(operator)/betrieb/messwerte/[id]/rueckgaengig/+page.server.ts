// Undoing an import: what it would change is shown first, then it is done, for a reason.
import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

const idOf = (id: string): number => {
	if (!/^[1-9]\d{0,8}$/.test(id)) error(404, m.problem_missing());
	return Number(id);
};

export const load: PageServerLoad = async ({ locals, params }) => {
	const path = { id: idOf(params.id) };
	const effect = answered(await locals.api.GET('/api/readings/imports/{id}/undo', { params: { path } }));
	return { effect, key: newKey() };
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const reason = text(form, 'reason');
		if (reason.length < 3) return incomplete({ reason: m.readings_reason_needed() }, form);
		const path = { id: idOf(params.id) };
		const answer = await locals.api.POST('/api/readings/imports/{id}/undo', {
			params: { path, header: once(form) },
			body: { reason },
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.readings_undo_done({ file: answer.data.fileName }));
		redirect(303, `/betrieb/messwerte/${path.id}`);
	},
};
