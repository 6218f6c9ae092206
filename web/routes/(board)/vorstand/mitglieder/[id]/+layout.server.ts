// The member all these pages are about.
import { answered } from '#lib/server/problem.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, params }) => ({
	member: answered(await locals.api.GET('/api/members/{id}', { params: { path: { id: params.id } } })),
});
