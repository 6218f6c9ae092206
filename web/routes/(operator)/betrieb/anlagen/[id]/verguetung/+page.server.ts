// Records what a kilowatt-hour of a plant brings from a day on.
import { redirect } from '@sveltejs/kit';
import { number } from '#lib/format.ts';
import { dayAt } from '#lib/operator/days.ts';
import { decimal } from '#lib/operator/server/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { id, name } = answered(await locals.api.GET('/api/plants/{id}', { params: { path: { id: params.id } } }));
	return { plant: { id, name }, today: dayAt(), key: newKey() };
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const validFrom = text(form, 'validFrom');
		const centsPerKwh = decimal(form, 'centsPerKwh') ?? '';
		const fields: Record<string, string> = {};
		if (!/^\d{1,4}(\.\d{1,4})?$/.test(centsPerKwh))
			fields.centsPerKwh = m.plants_rate_invalid({ example: number(8.53, 2) });
		if (!validFrom) fields.validFrom = m.plants_needed();
		if (Object.keys(fields).length) return incomplete(fields, form);
		const answer = await locals.api.POST('/api/plants/{id}/rates', {
			params: { path: { id: params.id } },
			headers: once(form),
			body: { validFrom, centsPerKwh },
		});
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.plants_rate_added());
		redirect(303, `/betrieb/anlagen/${params.id}`);
	},
};
