// The page that takes meter files: how many are still waiting from before, and who may bring some.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const query = { state: 'uploaded' as const, limit: 200 };
	return { waiting: answered(await locals.api.GET('/api/readings/imports', { params: { query } })).length };
};
