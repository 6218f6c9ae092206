// The front page for visitors: who the cooperative is and what a share costs.
import { answered } from '#lib/server/problem.ts';
import { setUpFirst } from '#lib/server/setUp.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	await setUpFirst(parent);
	const [about, joining, rounds] = await Promise.all([
		locals.api.GET('/api/cooperative'),
		locals.api.GET('/api/joining'),
		locals.api.GET('/api/rounds/announced'),
	]);
	return { cooperative: answered(about).cooperative, terms: joining.data?.terms, rounds: rounds.data ?? [] };
};
