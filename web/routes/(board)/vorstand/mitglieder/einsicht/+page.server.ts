// The inspection desk (§ 31 GenG): who asked to look into the list of members, and third parties to record.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	inspections: answered(await locals.api.GET('/api/inspections')),
	key: newKey(),
});

export const actions: Actions = {
	record: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/inspections', {
			params: { header: once(form) },
			body: {
				...{ person: text(form, 'person'), contact: text(form, 'contact') },
				...{ interest: text(form, 'interest'), purpose: text(form, 'purpose') },
			},
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.inspection_recorded());
		redirect(303, `/vorstand/mitglieder/einsicht/${answer.data.inspectionId}`);
	},
};
