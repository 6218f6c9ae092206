// Members and capital over the years.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	points: answered(await locals.api.GET('/api/reports/capital')),
});
