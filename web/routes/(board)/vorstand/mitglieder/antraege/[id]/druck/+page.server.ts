// One declaration to join, for printing.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const application = answered(await locals.api.GET('/api/applications/{id}', { params: { path: { id: params.id } } }));
	return { application };
};
