// One request to look into the list of members: identity checked, opened for some hours or refused, shown and ended.
import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const inspection = answered(await locals.api.GET('/api/inspections')).find(({ id }) => id === params.id);
	if (!inspection) error(404, m.refusal_members_inspection_unknown());
	return { inspection, key: newKey() };
};

const here = (id: string) => `/vorstand/mitglieder/einsicht/${id}`;

export const actions: Actions = {
	grant: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/inspections/{id}/decision', {
			params: { path: { id: params.id }, header: once(form) },
			body: { grant: true, identity: text(form, 'identity'), openHours: wholeNumber(form, 'openHours') ?? 24 },
		});
		if (!answer.response.ok) return refusedIn('grant', answer, form);
		setFlash(m.inspection_granted());
		redirect(303, here(params.id));
	},

	refuse: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/inspections/{id}/decision', {
			params: { path: { id: params.id }, header: once(form) },
			body: { grant: false, reason: text(form, 'reason') },
		});
		if (!answer.response.ok) return refusedIn('refuse', answer, form);
		setFlash(m.inspection_refused());
		redirect(303, here(params.id));
	},

	end: async ({ locals, params }) => {
		const answer = await locals.api.POST('/api/inspections/{id}/end', { params: { path: { id: params.id } } });
		if (!answer.response.ok) return refusedIn('end', answer);
		setFlash(m.inspection_ended());
		redirect(303, here(params.id));
	},
};
