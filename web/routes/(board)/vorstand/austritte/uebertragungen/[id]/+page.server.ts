// One transfer: entered, refused, or its acceptance on paper taken down.
import { error, redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

const desk = '/vorstand/austritte/uebertragungen';

export const load: PageServerLoad = async ({ locals, params }) => {
	const transfer = answered(await locals.api.GET('/api/transfers')).find(({ id }) => id === params.id);
	if (!transfer) error(404, m.refusal_shares_transfer_unknown());
	return { transfer, today: today(), key: newKey() };
};

const resolutionOf = (form: FormData) => ({ number: text(form, 'number'), on: text(form, 'on') });

export const actions: Actions = {
	enter: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/transfers/{id}/entry', {
			params: { path: { id: params.id }, header: once(form) },
			body: { resolution: resolutionOf(form), effectiveOn: text(form, 'effectiveOn') },
		});
		if (!answer.response.ok) return refusedIn('enter', answer, form);
		setFlash(m.transfers_entered());
		redirect(303, desk);
	},

	refuse: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/transfers/{id}/refusal', {
			params: { path: { id: params.id }, header: once(form) },
			body: { resolution: resolutionOf(form) },
		});
		if (!answer.response.ok) return refusedIn('refuse', answer, form);
		setFlash(m.transfers_refused());
		redirect(303, desk);
	},

	accept: async ({ request, locals, params }) => {
		const form = await request.formData();
		const takes = wholeNumber(form, 'takes');
		const answer = await locals.api.POST('/api/transfers/{id}/acceptance', {
			params: { path: { id: params.id }, header: once(form) },
			body: takes === undefined ? {} : { takes },
		});
		if (!answer.response.ok) return refusedIn('accept', answer, form);
		setFlash(m.transfers_accept_done());
		redirect(303, `${desk}/${params.id}`);
	},
};
