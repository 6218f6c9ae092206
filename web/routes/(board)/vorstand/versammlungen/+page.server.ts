// All assemblies, newest first.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	assemblies: answered(await locals.api.GET('/api/assemblies')),
});
