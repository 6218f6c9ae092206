// What the member has to pay, how, and the mandate to collect it.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const [plan, mandates, membership, changes] = await Promise.all([
		locals.api.GET('/api/me/payment-plan'),
		locals.api.GET('/api/me/mandates'),
		locals.api.GET('/api/me/membership'),
		locals.api.GET('/api/me/account-changes'),
	]);
	const { ibanMasked } = answered(membership);
	const held = answered(changes).find(({ state }) => state === 'held') ?? null;
	return { plan: answered(plan), mandates: answered(mandates), ibanMasked, held, key: newKey() };
};

export const actions: Actions = {
	withdraw: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/me/account-changes/withdrawal', { params: { header: once(form) } });
		if (!answer.data) return refusedIn('withdraw', answer, form);
		setFlash(m.bank_own_withdrawn());
		redirect(303, '/anteile/zahlungen');
	},

	revoke: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/me/mandates/revocation', { params: { header: once(form) } });
		if (!answer.data) return refusedIn('revoke', answer, form);
		setFlash(m.pay_mandate_revoked({ reference: answer.data.reference }));
		redirect(303, '/anteile/zahlungen');
	},
};
