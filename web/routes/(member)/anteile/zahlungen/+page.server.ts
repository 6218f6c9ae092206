// What the member has to pay, how, and the mandate to collect it.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const [plan, mandates, membership] = await Promise.all([
		locals.api.GET('/api/me/payment-plan'),
		locals.api.GET('/api/me/mandates'),
		locals.api.GET('/api/me/membership'),
	]);
	const { ibanMasked } = answered(membership);
	return { plan: answered(plan), mandates: answered(mandates), ibanMasked, key: newKey() };
};

export const actions: Actions = {
	revoke: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/me/mandates/revocation', { params: { header: once(form) } });
		if (!answer.data) return refusedIn('revoke', answer, form);
		setFlash(m.pay_mandate_revoked({ reference: answer.data.reference }));
		redirect(303, '/anteile/zahlungen');
	},
};
