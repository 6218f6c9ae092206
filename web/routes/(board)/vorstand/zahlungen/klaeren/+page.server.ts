// Lines of statements that did not identify themselves, and those that are settled.
import { pageIn } from '#lib/board/pages.ts';
import { answered } from '#lib/server/problem.ts';
import { searchIn } from '#lib/table/columns.ts';
import type { PageServerLoad } from './$types';

const pageSize = 50;
const states = ['open', 'booked', 'noted'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
	const page = pageIn(url);
	const state = states.find((one) => one === url.searchParams.get('stand')) ?? 'open';
	const search = searchIn(url);
	const query = { state, ...(search ? { search } : {}), page, pageSize };
	const { total, lines } = answered(await locals.api.GET('/api/bank-lines', { params: { query } }));
	return { page, pages: Math.ceil(total / pageSize), total, lines, state, search };
};
