// Transfers that wait for the board, and those decided lately.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const [open, decided] = await Promise.all([
		locals.api.GET('/api/transfers'),
		locals.api.GET('/api/transfers', {
			params: { query: { states: ['entered', 'withdrawn', 'declined', 'refused'] } },
		}),
	]);
	return { open: answered(open), decided: answered(decided).slice(0, 30) };
};
