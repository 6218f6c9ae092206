// One reminder as a letter, to be printed.
import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const [sent, cooperative] = await Promise.all([
		locals.api.GET('/api/reminders', { params: { query: { limit: 500 } } }),
		locals.api.GET('/api/cooperative'),
	]);
	const letter = answered(sent).find(({ id }) => id === params.id);
	if (!letter) error(404, m.problem_missing());
	return { letter, cooperative: answered(cooperative).cooperative };
};
