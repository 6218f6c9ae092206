// Who owes what is due, the oldest first, and what was done about it.
import { pageIn } from '#lib/board/pages.ts';
import { answered } from '#lib/server/problem.ts';
import { chosenColumns } from '#lib/table/server/chosen.ts';
import type { PageServerLoad } from './$types';

const pageSize = 100;

export const load: PageServerLoad = async ({ locals, url, cookies, parent }) => {
	const { session } = await parent();
	const page = pageIn(url);
	const answer = await locals.api.GET('/api/claims', { params: { query: { page, pageSize } } });
	const { total, sumCents, claims } = answered(answer);
	return {
		page,
		pages: Math.ceil(total / pageSize),
		total,
		sumCents,
		claims,
		chosen: chosenColumns(cookies, 'claims', session?.person?.id),
	};
};
