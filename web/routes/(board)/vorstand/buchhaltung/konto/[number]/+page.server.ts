// The sheet of one account, or of one member on it.
import { pageIn } from '#lib/board/pages.ts';
import { dayIn, today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

const pageSize = 100;

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const from = dayIn(url.searchParams.get('von'));
	const to = dayIn(url.searchParams.get('bis')) ?? today();
	const memberId = /^[0-9a-f-]{36}$/.exec(url.searchParams.get('mitglied') ?? '')?.[0];
	const memberNumber = Number(/^[1-9]\d{0,7}$/.exec(url.searchParams.get('nr') ?? '')?.[0]) || undefined;
	const page = pageIn(url);
	const member = { ...(memberId ? { memberId } : {}), ...(memberNumber ? { memberNumber } : {}) };
	const query = { to, ...(from ? { from } : {}), ...member, page, pageSize };
	const answer = await locals.api.GET('/api/ledger/accounts/{number}/sheet', {
		params: { path: { number: params.number }, query },
	});
	const sheet = answered(answer);
	return { sheet, from, to, page, pages: Math.ceil(sheet.total / pageSize) };
};
