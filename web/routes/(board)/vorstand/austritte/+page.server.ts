// Exits: those pending, those closed lately, and the dissolution that makes late ones void.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const [open, closed, transfers] = await Promise.all([
		locals.api.GET('/api/exits'),
		locals.api.GET('/api/exits', { params: { query: { states: ['effective', 'withdrawn', 'superseded', 'void'] } } }),
		locals.api.GET('/api/transfers'),
	]);
	return {
		open: answered(open),
		closed: answered(closed).slice(0, 30),
		transfers: answered(transfers).length,
		today: today(),
		key: newKey(),
	};
};

export const actions: Actions = {
	dissolve: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/exits/dissolution', {
			params: { header: once(form) },
			body: {
				dissolvedOn: text(form, 'dissolvedOn'),
				resolution: { number: text(form, 'number'), on: text(form, 'on') },
			},
		});
		if (!answer.data) return refusedIn('dissolve', answer, form);
		setFlash(m.exits_dissolution_done({ count: answer.data.exits }));
		redirect(303, '/vorstand/austritte');
	},
};
