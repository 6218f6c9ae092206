// One exit: its day and why, and the decision on taking it back.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	exit: answered(await locals.api.GET('/api/exits/{id}', { params: { path: { id: params.id } } })),
	today: today(),
	key: newKey(),
});

const resolutionOf = (form: FormData) => ({ number: text(form, 'number'), on: text(form, 'on') });

export const actions: Actions = {
	withdraw: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/exits/{id}/withdrawal', {
			params: { path: { id: params.id }, header: once(form) },
			body: { resolution: resolutionOf(form) },
		});
		if (!answer.response.ok) return refusedIn('withdraw', answer, form);
		setFlash(m.exits_withdraw_done());
		redirect(303, '/vorstand/austritte');
	},

	decline: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/exits/{id}/withdrawal/refusal', {
			params: { path: { id: params.id }, header: once(form) },
			body: { resolution: resolutionOf(form) },
		});
		if (!answer.response.ok) return refusedIn('decline', answer, form);
		setFlash(m.exits_decline_done());
		redirect(303, `/vorstand/austritte/${params.id}`);
	},
};
