// A member's line in the list of members, with every event that made it.
import { dayIn, endOf, today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const now = today();
	const day = dayIn(url.searchParams.get('tag')) ?? now;
	const known = dayIn(url.searchParams.get('bekannt')) ?? now;
	const query = { day, knownAt: endOf(known) };
	const answer = await locals.api.GET('/api/members/{id}/register-entry', {
		params: { path: { id: params.id }, query },
	});
	return { day, known, line: answered(answer) };
};
