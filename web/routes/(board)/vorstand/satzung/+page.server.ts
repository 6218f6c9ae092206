// The statute's dated terms: in force on a day, what is proposed, what was before.
import { redirect } from '@sveltejs/kit';
import { dayIn, today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const day = dayIn(url.searchParams.get('tag')) ?? today();
	const [statute, versions, proposals] = await Promise.all([
		locals.api.GET('/api/statute', { params: { query: { day } } }),
		locals.api.GET('/api/statute/versions'),
		locals.api.GET('/api/statute/proposals'),
	]);
	return { day, statute: answered(statute), versions: answered(versions), proposals: answered(proposals) };
};

const here = '/vorstand/satzung';

export const actions: Actions = {
	approve: async ({ request, locals }) => {
		const form = await request.formData();
		const id = text(form, 'proposal');
		const answer = await locals.api.POST('/api/statute/proposals/{id}/approval', { params: { path: { id } } });
		proveFirst(answer, here);
		if (!answer.data) return refusedIn(`approve-${id}`, answer, form);
		setFlash(m.board_statute_approved({ version: answer.data.version }));
		redirect(303, here);
	},

	withdraw: async ({ request, locals }) => {
		const form = await request.formData();
		const id = text(form, 'proposal');
		const answer = await locals.api.POST('/api/statute/proposals/{id}/withdrawal', { params: { path: { id } } });
		if (!answer.response.ok) return refusedIn(`withdraw-${id}`, answer, form);
		setFlash(m.board_statute_withdrawn());
		redirect(303, here);
	},
};
