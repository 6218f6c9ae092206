// Shares and balances of all members on any day.
import { pageIn } from '#lib/board/pages.ts';
import { dayIn, today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import { chosenColumns } from '#lib/table/server/chosen.ts';
import type { PageServerLoad } from './$types';

const pageSize = 100;

export const load: PageServerLoad = async ({ locals, url, cookies, parent }) => {
	const { session } = await parent();
	const day = dayIn(url.searchParams.get('tag')) ?? today();
	const search =
		url.searchParams
			.get('q')
			?.replaceAll(/\p{Cc}/gu, ' ')
			.trim()
			.slice(0, 100) ?? '';
	const standing =
		(['left', 'all'] as const).find((one) => one === url.searchParams.get('stand')) ?? ('present' as const);
	const page = pageIn(url);
	const query = { day, standing, ...(search ? { search } : {}), page, pageSize };
	const { total, sums, holdings } = answered(await locals.api.GET('/api/holdings', { params: { query } }));
	return {
		...{ day, search, standing, page, pages: Math.ceil(total / pageSize), total, sums, holdings },
		chosen: chosenColumns(cookies, 'holdings', session?.person?.id),
	};
};
