// The journal, newest entry first.
import { dayIn } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

const pageSize = 50;

export const load: PageServerLoad = async ({ locals, url }) => {
	const from = dayIn(url.searchParams.get('von'));
	const to = dayIn(url.searchParams.get('bis'));
	const account = /^[0-9]{4,8}$/.exec(url.searchParams.get('konto') ?? '')?.[0];
	const before = Number(/^[1-9]\d{0,14}$/.exec(url.searchParams.get('vor') ?? '')?.[0]) || undefined;
	const kind = /^[a-z-]{1,40}$/.exec(url.searchParams.get('art') ?? '')?.[0];
	const search = (url.searchParams.get('suche') ?? '').trim().slice(0, 100) || undefined;
	const filters = {
		...{ ...(from ? { from } : {}), ...(to ? { to } : {}), ...(account ? { account } : {}) },
		...{ ...(kind ? { kind } : {}), ...(search ? { search } : {}) },
	};
	const query = { ...filters, ...(before ? { before } : {}), limit: pageSize };
	const [entries, accounts] = await Promise.all([
		locals.api.GET('/api/ledger/entries', { params: { query } }),
		locals.api.GET('/api/ledger/accounts'),
	]);
	const lines = answered(entries);
	const more = lines.length === pageSize ? lines.at(-1)?.number : undefined;
	return { from, to, account, kind, search, before, entries: lines, more, accounts: answered(accounts) };
};
