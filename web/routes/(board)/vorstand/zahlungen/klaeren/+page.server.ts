// Lines of statements that did not identify themselves.
import { pageIn } from '#lib/board/pages.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

const pageSize = 50;

export const load: PageServerLoad = async ({ locals, url }) => {
	const page = pageIn(url);
	const answer = await locals.api.GET('/api/bank-lines', { params: { query: { state: 'open', page, pageSize } } });
	const { total, lines } = answered(answer);
	return { page, pages: Math.ceil(total / pageSize), total, lines };
};
