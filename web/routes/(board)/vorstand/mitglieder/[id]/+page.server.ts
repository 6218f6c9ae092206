// A member's file at a glance: particulars, the three numbers, what was paid, the account.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, parent }) => {
	const { member } = await parent();
	const path = { id: params.id };
	const [holding, payments, found] = await Promise.all([
		locals.api.GET('/api/members/{id}/shares', { params: { path } }),
		locals.api.GET('/api/payments', { params: { query: { memberId: params.id, pageSize: 8 } } }),
		member.email
			? locals.api.GET('/api/people', { params: { query: { search: member.email.slice(0, 100), role: 'member' } } })
			: undefined,
	]);
	const people = found ? answered(found).people : [];
	return {
		holding: answered(holding),
		payments: answered(payments),
		account: people.find(({ memberId }) => memberId === member.id) ?? null,
	};
};

export const actions: Actions = {
	/** Shows the sealed particulars once, on this page; nothing of them is kept in the portal. */
	reveal: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/members/{id}/secrets', {
			params: { path: { id: params.id } },
			body: { purpose: text(form, 'purpose') },
		});
		if (!answer.data) return refusedIn('reveal', answer, form);
		return { revealed: answer.data };
	},

	invite: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/people/{id}/invitation', {
			params: { path: { id: text(form, 'person') } },
		});
		if (!answer.response.ok) return refusedIn('invite', answer, form);
		setFlash(m.board_member_invited());
		redirect(303, `/vorstand/mitglieder/${params.id}`);
	},
};
