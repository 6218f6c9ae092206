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

const addressOf = (form: FormData) => ({
	street: text(form, 'address.street'),
	postcode: text(form, 'address.postcode'),
	town: text(form, 'address.town'),
	country: text(form, 'address.country'),
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
		setFlash(answer.data?.restored ? m.exits_withdraw_restored() : m.exits_withdraw_done());
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

	represent: async ({ request, locals, params }) => {
		const form = await request.formData();
		const name = text(form, 'name');
		const answer = await locals.api.POST('/api/exits/{id}/representatives', {
			params: { path: { id: params.id }, header: once(form) },
			body: {
				...{ name, email: text(form, 'email') || null, address: text(form, 'address') || null },
				...{ fromOn: text(form, 'fromOn'), basis: text(form, 'basis') },
			},
		});
		if (!answer.data) return refusedIn('represent', answer, form);
		setFlash(answer.data.account ? m.heirs_saved_account({ name }) : m.heirs_saved_paper({ name }));
		redirect(303, `/vorstand/austritte/${params.id}`);
	},

	passOn: async ({ request, locals, params }) => {
		const form = await request.formData();
		const number = Number(text(form, 'number'));
		const heir = number
			? { number }
			: {
					name: { familyName: text(form, 'familyName'), givenNames: text(form, 'givenNames') },
					address: addressOf(form),
					...{ email: text(form, 'email') || null, birthDate: text(form, 'birthDate') || null },
				};
		const answer = await locals.api.POST('/api/exits/{id}/successor', {
			params: { path: { id: params.id }, header: once(form) },
			body: { heir, effectiveOn: text(form, 'effectiveOn'), basis: text(form, 'basis') },
		});
		if (!answer.data) return refusedIn('passOn', answer, form);
		setFlash(m.heirs_pass_done({ number: answer.data.number }));
		redirect(303, `/vorstand/austritte/${params.id}`);
	},
};
