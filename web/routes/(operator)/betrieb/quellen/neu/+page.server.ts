// Records a live source: a watched folder or a Fronius inverter.
import { redirect } from '@sveltejs/kit';
import { readPoints } from '#lib/operator/server/files.ts';
import { reasonOf } from '#lib/operator/server/reasons.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText, text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({ points: await readPoints(locals.api), key: newKey() });

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const kind = text(form, 'kind');
		const name = text(form, 'name');
		const location = text(form, 'location');
		const meteringPointId = optionalText(form, 'meteringPointId');
		const obis = optionalText(form, 'obis');
		const fields: Record<string, string> = {};
		for (const needed of ['kind', 'name', 'location']) if (!text(form, needed)) fields[needed] = m.plants_needed();
		if (Object.keys(fields).length || (kind !== 'watch-folder' && kind !== 'fronius')) return incomplete(fields, form);
		const answer = await locals.api.POST('/api/sources', {
			headers: once(form),
			body: { name, kind, location, ...(meteringPointId ? { meteringPointId } : {}), ...(obis ? { obis } : {}) },
		});
		if (!answer.data) {
			const { code, values } = (answer.error ?? {}) as { code?: string; values?: Record<string, string> };
			// The reason decides the sentence, not the code alone.
			if (code === 'readings.source-folder')
				return incomplete({ location: reasonOf({ code, values: values ?? {} }).sentence }, form);
			return refused(answer, form);
		}
		setFlash(m.readings_source_added({ name }));
		redirect(303, `/betrieb/quellen/${answer.data.id}`);
	},
};
