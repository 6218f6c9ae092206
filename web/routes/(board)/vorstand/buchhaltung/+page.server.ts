// The accounts with their turnover and balance on any day.
import { dayIn, endOf, today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const now = today();
	const on = dayIn(url.searchParams.get('tag')) ?? now;
	const from = dayIn(url.searchParams.get('von'));
	const known = dayIn(url.searchParams.get('bekannt')) ?? now;
	const query = { on, ...(from ? { from } : {}), ...(known < now ? { knownAt: endOf(known) } : {}) };
	const accounts = answered(await locals.api.GET('/api/ledger/trial-balance', { params: { query } }));
	return { on, from, known, accounts };
};
