// The proof as a citizens' energy company for a plant, the area around it, and what other members count as.
import { error, redirect } from '@sveltejs/kit';
import { dayIn } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const plants = answered(await locals.api.GET('/api/plants'));
	const asked = url.searchParams.get('anlage');
	const plant = plants.find(({ id }) => id === asked) ?? plants[0];
	if (asked && plant?.id !== asked) error(404, m.refusal_reports_plant_unknown());
	const day = dayIn(url.searchParams.get('tag'));
	const report = plant
		? answered(
				await locals.api.GET('/api/reports/citizens/{id}', {
					params: { path: { id: plant.id }, query: day ? { day } : {} },
				}),
			)
		: null;
	return { plants: plants.map(({ id, name }) => ({ value: id, label: name })), report };
};

export const actions: Actions = {
	area: async ({ request, locals, url }) => {
		const form = await request.formData();
		const postcodes = text(form, 'postcodes')
			.split(/[\s,;]+/)
			.filter(Boolean);
		const id = text(form, 'plant');
		const answer = await locals.api.PUT('/api/reports/citizens/{id}/area', {
			params: { path: { id } },
			body: { postcodes },
		});
		if (!answer.response.ok) return refusedIn('area', answer, form);
		setFlash(m.citizens_area_saved());
		redirect(303, `${url.pathname}?anlage=${id}`);
	},

	voter: async ({ request, locals, url }) => {
		const form = await request.formData();
		const id = text(form, 'member');
		const answer = await locals.api.PUT('/api/reports/citizens/voters/{id}', {
			params: { path: { id } },
			body: { voterClass: text(form, 'voterClass') as 'sme' },
		});
		if (!answer.response.ok) return refusedIn(`voter-${id}`, answer, form);
		setFlash(m.citizens_class_saved());
		redirect(303, `${url.pathname}?anlage=${text(form, 'plant')}`);
	},
};
