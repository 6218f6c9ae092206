// What is to be done about payments, and those that came in, newest first.
import { pageIn } from '#lib/board/pages.ts';
import { dayIn } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import { orderIn, searchIn } from '#lib/table/columns.ts';
import { chosenColumns } from '#lib/table/server/chosen.ts';
import type { PageServerLoad } from './$types';

const pageSize = 50;

export const load: PageServerLoad = async ({ locals, url, cookies, parent }) => {
	const { session } = await parent();
	const from = dayIn(url.searchParams.get('von'));
	const to = dayIn(url.searchParams.get('bis'));
	const memberId = url.searchParams.get('mitglied') ?? undefined;
	const page = pageIn(url);
	const search = searchIn(url);
	const { order, descending } = url.searchParams.has('folge')
		? orderIn(url, ['day', 'name', 'number', 'amount'])
		: { order: 'day' as const, descending: true };
	const choice = { ...(from ? { from } : {}), ...(to ? { to } : {}), ...(memberId ? { memberId } : {}) };
	const query = { ...choice, ...(search ? { search } : {}), order, descending, page, pageSize };
	const [list, waiting] = await Promise.all([
		locals.api.GET('/api/payments', { params: { query } }),
		locals.api.GET('/api/payment-tasks'),
	]);
	const { total, sumCents, payments } = answered(list);
	return {
		tasks: answered(waiting),
		...{ from, to, memberId, search, order, descending, page },
		pages: Math.ceil(total / pageSize),
		total,
		sumCents,
		payments,
		chosen: chosenColumns(cookies, 'payments', session?.person?.id),
	};
};
