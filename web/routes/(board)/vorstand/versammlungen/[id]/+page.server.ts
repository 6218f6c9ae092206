// One assembly: agenda, invitation, ballots, session.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const path = { id: params.id };
	const [assembly, ballots, members] = await Promise.all([
		locals.api.GET('/api/assemblies/{id}', { params: { path } }),
		locals.api.GET('/api/assemblies/{id}/ballots', { params: { path } }),
		locals.api.GET('/api/members', { params: { query: { pageSize: 1 } } }),
	]);
	return {
		assembly: answered(assembly),
		ballots: answered(ballots),
		members: answered(members).total,
		today: today(),
		key: newKey(),
	};
};

const here = (id: string) => `/vorstand/versammlungen/${id}`;

export const actions: Actions = {
	convene: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/assemblies/{id}/convene', {
			params: { path: { id: params.id }, header: once(form) },
		});
		if (!answer.data) return refusedIn('convene', answer, form);
		const { invitedByMail, withoutMail } = answer.data;
		setFlash(
			m.board_assembly_convened_done({ mail: number(invitedByMail), letter: number(withoutMail) }),
			withoutMail > 0 ? 'warn' : 'good',
		);
		redirect(303, here(params.id));
	},

	hold: async ({ locals, params }) => {
		const answer = await locals.api.POST('/api/assemblies/{id}/hold', { params: { path: { id: params.id } } });
		if (!answer.response.ok) return refusedIn('hold', answer);
		setFlash(m.board_assembly_held_done());
		redirect(303, here(params.id));
	},

	close: async ({ locals, params }) => {
		const answer = await locals.api.POST('/api/assemblies/{id}/close', { params: { path: { id: params.id } } });
		if (!answer.response.ok) return refusedIn('close', answer);
		setFlash(m.board_assembly_closed_done());
		redirect(303, here(params.id));
	},
};
