// Readings that changed after their year was closed; here the board takes note of them.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	corrections: answered(await locals.api.GET('/api/reports/corrections')),
	key: newKey(),
});

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const [year, plantId, month] = [text(form, 'year'), text(form, 'plantId'), text(form, 'month')];
		const act = `${year} ${plantId} ${month}`;
		const remark = text(form, 'remark');
		if (remark.length < 3) return incompleteIn(act, { remark: m.readings_reason_needed() }, form);
		const answer = await locals.api.POST('/api/reports/corrections/notes', {
			params: { header: once(form) },
			body: { year: Number(year), plantId, month, nowWh: Number(text(form, 'nowWh')), remark },
		});
		if (!answer.data) return refusedIn(act, answer, form);
		setFlash(m.corrections_note_saved());
		redirect(303, '/vorstand/berichte/korrekturen');
	},
};
