// Direct debit files made so far.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	files: answered(await locals.api.GET('/api/debit-files')),
});
