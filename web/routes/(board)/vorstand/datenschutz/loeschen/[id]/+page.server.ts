// One deletion run: what was done to whom, without the data.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
	run: answered(await locals.api.GET('/api/privacy/deletion-runs/{id}', { params: { path: { id: params.id } } })),
});
