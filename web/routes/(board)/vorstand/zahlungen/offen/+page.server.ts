// Who owes what is due, the oldest first, and what was done about it.
import { pageIn } from '#lib/board/pages.ts';
import { answered } from '#lib/server/problem.ts';
import { orderIn, searchIn } from '#lib/table/columns.ts';
import { chosenColumns } from '#lib/table/server/chosen.ts';
import type { PageServerLoad } from './$types';

const pageSize = 100;
const kinds = ['collectable', 'reminded', 'paused', 'no-mandate'] as const;

export const load: PageServerLoad = async ({ locals, url, cookies, parent }) => {
	const { session } = await parent();
	const page = pageIn(url);
	const search = searchIn(url);
	const kind = kinds.find((one) => one === url.searchParams.get('art'));
	const { order, descending } = orderIn(url, ['since', 'name', 'number', 'open']);
	const choice = { ...(search ? { search } : {}), ...(kind ? { kind } : {}), order, descending };
	const answer = await locals.api.GET('/api/claims', { params: { query: { ...choice, page, pageSize } } });
	const { total, sumCents, claims } = answered(answer);
	return {
		...{ page, search, kind, order, descending },
		pages: Math.ceil(total / pageSize),
		total,
		sumCents,
		claims,
		chosen: chosenColumns(cookies, 'claims', session?.person?.id),
	};
};
