// One account: its roles, its second factor, whether it may sign in.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	account: answered(await locals.api.GET('/api/people/{id}', { params: { path: { id: params.id } } })),
});

const staff = ['board', 'supervisory', 'auditor', 'operator'] as const;
const here = (id: string) => `/vorstand/personen/${id}`;

export const actions: Actions = {
	roles: async ({ request, locals, params }) => {
		const form = await request.formData();
		const chosen = form.getAll('role');
		const answer = await locals.api.PUT('/api/people/{id}/roles', {
			params: { path: { id: params.id } },
			body: { roles: staff.filter((role) => chosen.includes(role)) },
		});
		proveFirst(answer, here(params.id));
		if (!answer.response.ok) return refusedIn('roles', answer, form);
		setFlash(m.board_people_roles_done());
		redirect(303, here(params.id));
	},

	invite: async ({ locals, params }) => {
		const answer = await locals.api.POST('/api/people/{id}/invitation', { params: { path: { id: params.id } } });
		proveFirst(answer, here(params.id));
		if (!answer.response.ok) return refusedIn('invite', answer);
		setFlash(m.board_member_invited());
		redirect(303, here(params.id));
	},

	disable: async ({ request, locals, params }) => {
		const form = await request.formData();
		const disabled = text(form, 'disabled') === 'true';
		const answer = await locals.api.PUT('/api/people/{id}/disabled', {
			params: { path: { id: params.id } },
			body: { disabled },
		});
		proveFirst(answer, here(params.id));
		if (!answer.response.ok) return refusedIn('disable', answer, form);
		setFlash(disabled ? m.board_people_disable_done() : m.board_people_enable_done());
		redirect(303, here(params.id));
	},

	factor: async ({ locals, params }) => {
		const answer = await locals.api.DELETE('/api/people/{id}/second-factor', { params: { path: { id: params.id } } });
		proveFirst(answer, here(params.id));
		if (!answer.response.ok) return refusedIn('factor', answer);
		setFlash(m.board_people_factor_done());
		redirect(303, here(params.id));
	},
};
