// Adds a metering point to a plant.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { id, name } = answered(await locals.api.GET('/api/plants/{id}', { params: { path: { id: params.id } } }));
	return { plant: { id, name }, key: newKey() };
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const names = ['marketLocation', 'meterLocation', 'deviceSerial'] as const;
		const given = names.flatMap((name) => {
			const value = optionalText(form, name);
			return value ? [[name, value] as const] : [];
		});
		const answer = await locals.api.POST('/api/plants/{id}/metering-points', {
			params: { path: { id: params.id } },
			headers: once(form),
			body: Object.fromEntries(given),
		});
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.plants_point_added());
		redirect(303, `/betrieb/anlagen/${params.id}`);
	},
};
