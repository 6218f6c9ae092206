// Payments that came in, newest first.
import { pageIn } from '#lib/board/pages.ts';
import { dayIn } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

const pageSize = 50;

export const load: PageServerLoad = async ({ locals, url }) => {
	const from = dayIn(url.searchParams.get('von'));
	const to = dayIn(url.searchParams.get('bis'));
	const memberId = url.searchParams.get('mitglied') ?? undefined;
	const page = pageIn(url);
	const query = { ...(from ? { from } : {}), ...(to ? { to } : {}), ...(memberId ? { memberId } : {}), page, pageSize };
	const { total, sumCents, payments } = answered(await locals.api.GET('/api/payments', { params: { query } }));
	return { from, to, memberId, page, pages: Math.ceil(total / pageSize), total, sumCents, payments };
};
