// What the list of members says about the asking member.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	register: answered(await locals.api.GET('/api/me/register-entry')),
});
