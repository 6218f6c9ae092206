// A plant inside another website: nothing but its figures. Only this page may stand in a frame (see hooks.server.ts).
import { idIn } from '#lib/server/address.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals }) => {
	const path = { id: idIn(params.id) };
	return { plant: answered(await locals.api.GET('/api/plants/{id}/public', { params: { path } })) };
};
