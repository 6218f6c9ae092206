// The list of members as it is shown to a third party; every look is logged.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const after = Number(/^\d{1,9}$/.exec(url.searchParams.get('nach') ?? '')?.[0] ?? 0);
	const answer = await locals.api.POST('/api/inspections/{id}/looks', {
		params: { path: { id: params.id } },
		body: { after, limit: 200 },
	});
	return { id: params.id, inspected: answered(answer) };
};
