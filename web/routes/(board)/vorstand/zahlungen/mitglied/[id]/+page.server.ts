// One member's payments: plan, mandates, reminders, and letting a claim rest.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText, text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const path = { id: params.id };
	const query = { memberId: params.id };
	const [member, plan, mandates, reminders] = await Promise.all([
		locals.api.GET('/api/members/{id}', { params: { path } }),
		locals.api.GET('/api/members/{id}/payment-plan', { params: { path } }),
		locals.api.GET('/api/mandates', { params: { query } }),
		locals.api.GET('/api/reminders', { params: { query } }),
	]);
	return {
		member: answered(member),
		plan: answered(plan),
		mandates: answered(mandates),
		reminders: answered(reminders),
		...{ today: today(), key: newKey() },
	};
};

const here = (id: string) => `/vorstand/zahlungen/mitglied/${id}`;

export const actions: Actions = {
	pause: async ({ request, locals, params }) => {
		const form = await request.formData();
		const until = optionalText(form, 'until');
		const kind = text(form, 'kind') === 'deferred' ? ('deferred' as const) : ('disputed' as const);
		const answer = await locals.api.POST('/api/claim-pauses', {
			params: { header: once(form) },
			body: { memberId: params.id, kind, reason: text(form, 'reason'), ...(until ? { until } : {}) },
		});
		if (!answer.response.ok) return refusedIn('pause', answer, form);
		setFlash(m.pay_pause_done());
		redirect(303, here(params.id));
	},

	resume: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/claim-pauses/{id}/end', {
			params: { path: { id: text(form, 'pauseId') }, header: once(form) },
		});
		if (!answer.response.ok) return refusedIn('resume', answer, form);
		setFlash(m.pay_pause_ended());
		redirect(303, here(params.id));
	},

	revoke: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/members/{id}/mandate-revocation', {
			params: { path: { id: params.id }, header: once(form) },
		});
		if (!answer.data) return refusedIn('revoke', answer, form);
		setFlash(m.pay_mandate_revoked({ reference: answer.data.reference }));
		redirect(303, here(params.id));
	},
};
