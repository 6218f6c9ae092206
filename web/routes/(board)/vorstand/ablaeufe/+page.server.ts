// The jobs: what runs when, how it went, run one by hand; and whether mails get out.
import { redirect } from '@sveltejs/kit';
import { mayDo } from '#lib/board/may.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

/** What a run answered, as far as it can be said in a line: numbers, short words, the length of lists. */
function resultLine(result: unknown): string {
	if (typeof result !== 'object' || result === null) return '';
	return Object.entries(result)
		.flatMap(([name, value]) => {
			if (Array.isArray(value)) return [`${name}: ${value.length}`];
			return typeof value === 'number' || (typeof value === 'string' && value.length <= 24)
				? [`${name}: ${value}`]
				: [];
		})
		.join(' · ');
}

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { session } = await parent();
	const [jobs, notices] = await Promise.all([
		locals.api.GET('/api/jobs'),
		mayDo(session).seeMails ? locals.api.GET('/api/notices/counts') : undefined,
	]);
	const locale = getLocale();
	return {
		jobs: answered(jobs).map(({ purpose, runs, ...job }) => ({
			...job,
			purpose: purpose[locale],
			runs: runs.map(({ result, ...run }) => ({ ...run, result: resultLine(result) })),
		})),
		notices: notices ? answered(notices) : null,
	};
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const name = text(form, 'job');
		const answer = await locals.api.POST('/api/jobs/{name}/runs', { params: { path: { name } } });
		if (!answer.data) return refusedIn(name, answer, form);
		const { outcome, error } = answer.data;
		if (outcome === 'failed') setFlash(m.board_job_ran_failed({ error: error ?? '' }), 'warn');
		else setFlash(outcome === 'taken' ? m.board_job_ran_taken() : m.board_job_ran());
		redirect(303, '/vorstand/ablaeufe');
	},
};
