// Fiscal years, newest first, with what comes next.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	years: answered(await locals.api.GET('/api/fiscal-years')),
});
