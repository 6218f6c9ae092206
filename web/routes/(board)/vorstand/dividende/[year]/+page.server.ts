// A fiscal year as a chain of steps, with what can be done now.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { year } = await parent();
	const [run, files] = await Promise.all([
		year.runId ? locals.api.GET('/api/dividend-runs/{id}', { params: { path: { id: year.runId } } }) : undefined,
		locals.api.GET('/api/payout-files'),
	]);
	const told = run ? answered(run) : null;
	const fileIds = new Set(told?.payouts.map(({ fileId }) => fileId));
	return { run: told, files: answered(files).filter(({ id }) => fileIds.has(id)), key: newKey() };
};

export const actions: Actions = {
	withdraw: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/dividend-proposals/{id}/withdraw', {
			params: { path: { id: text(form, 'proposal') }, header: once(form) },
		});
		if (!answer.response.ok) return refusedIn('withdraw', answer, form);
		setFlash(m.board_year_withdrawn());
		redirect(303, `/vorstand/dividende/${params.year}`);
	},

	prepare: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/dividend-runs', {
			params: { header: once(form) },
			body: { year: Number(params.year) || 0 },
		});
		if (!answer.response.ok) return refusedIn('prepare', answer, form);
		setFlash(m.board_run_prepared());
		redirect(303, `/vorstand/dividende/${params.year}/lauf`);
	},
};
