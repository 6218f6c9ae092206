// The list of members (§ 30 GenG) of any day, as it was known on any day, part by part; extracts for the court.
import { dayIn, endOf, today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import { orderIn, searchIn } from '#lib/table/columns.ts';
import { chosenColumns } from '#lib/table/server/chosen.ts';
import type { PageServerLoad } from './$types';

const linesShown = 200;
/** Lines of one PDF; the API says the same. */
const linesPerPart = 2_000;

export const load: PageServerLoad = async ({ locals, url, cookies, parent }) => {
	const { session } = await parent();
	const now = today();
	const day = dayIn(url.searchParams.get('tag')) ?? now;
	const known = dayIn(url.searchParams.get('bekannt')) ?? now;
	const present = url.searchParams.get('wer') !== 'alle';
	const from = /^\d{1,9}$/.exec(url.searchParams.get('nach') ?? '')?.[0];
	const after = from ? Number(from) : 0;
	const knownAt = endOf(known);
	const asKnown = { day, knownAt };
	const search = searchIn(url);
	const { order, descending } = orderIn(url, ['number', 'name', 'town', 'joinedOn', 'shares']);
	const choice = { ...(search ? { search } : {}), order, descending };
	const [register, totals, extracts] = await Promise.all([
		locals.api.GET('/api/register', {
			params: { query: { ...asKnown, ...choice, ...(present ? { present } : {}), after, limit: linesShown } },
		}),
		locals.api.GET('/api/register/totals', { params: { query: asKnown } }),
		locals.api.GET('/api/documents', { params: { query: { kind: 'register-extract' } } }),
	]);
	const counted = answered(totals);
	return {
		...{ day, known, knownAt, present, after, search, order, descending },
		chosen: chosenColumns(cookies, 'register', session?.person?.id),
		register: answered(register),
		totals: counted,
		parts: Math.max(1, Math.ceil(counted.entries / linesPerPart)),
		extracts: answered(extracts).slice(0, 8),
	};
};
