// What a member owns: the three numbers on any day, with every movement.
import { dayIn, today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const now = today();
	const day = dayIn(url.searchParams.get('tag')) ?? now;
	const [holding, terms, own] = await Promise.all([
		locals.api.GET('/api/me/shares', { params: { query: { day } } }),
		locals.api.GET('/api/me/shares/terms'),
		locals.api.GET('/api/me/rounds'),
	]);
	return { today: now, day, holding: answered(holding), terms: answered(terms), rounds: own.data?.rounds ?? [] };
};
