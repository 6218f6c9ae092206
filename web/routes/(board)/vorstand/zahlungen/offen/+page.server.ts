// Who owes what is due on shares, on any day.
import { pageIn } from '#lib/board/pages.ts';
import { dayIn, today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

const pageSize = 100;

export const load: PageServerLoad = async ({ locals, url }) => {
	const day = dayIn(url.searchParams.get('tag')) ?? today();
	const search = url.searchParams.get('q')?.trim().slice(0, 100) ?? '';
	const page = pageIn(url);
	const query = { day, owing: true, standing: 'all' as const, ...(search ? { search } : {}), page, pageSize };
	const { total, sums, holdings } = answered(await locals.api.GET('/api/holdings', { params: { query } }));
	return { day, search, page, pages: Math.ceil(total / pageSize), total, sums, holdings };
};
