// The list of members while the own inspection is open; every look is logged.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const after = Number(/^\d{1,9}$/.exec(url.searchParams.get('nach') ?? '')?.[0] ?? 0);
	const answer = await locals.api.POST('/api/me/inspections/{id}/looks', {
		params: { path: { id: params.id } },
		body: { after, limit: 100 },
	});
	return { inspected: answered(answer) };
};
