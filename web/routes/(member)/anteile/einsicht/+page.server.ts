// A member asks to look into the list of members (§ 31 GenG) and sees what became of it.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	inspections: answered(await locals.api.GET('/api/me/inspections')),
	key: newKey(),
});

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/me/inspections', {
			...{ params: { header: once(form) }, body: { purpose: text(form, 'purpose') } },
		});
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.inspection_own_asked());
		redirect(303, '/anteile/einsicht');
	},
};
