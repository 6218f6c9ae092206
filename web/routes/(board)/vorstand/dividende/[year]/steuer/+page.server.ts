// The figures of the capital income tax return of a year's run. Each look is logged, because it opens sealed keys.
import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { year } = await parent();
	if (!year.runId) error(404, m.problem_missing());
	const answer = await locals.api.GET('/api/dividend-runs/{id}/tax-return', { params: { path: { id: year.runId } } });
	return { taxReturn: answered(answer) };
};
