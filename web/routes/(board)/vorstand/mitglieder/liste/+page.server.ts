// The list of members (§ 30 GenG) of any day, as it was known on any day.
import { dayIn, endOf, today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

const pageSize = 500;

export const load: PageServerLoad = async ({ locals, url }) => {
	const now = today();
	const day = dayIn(url.searchParams.get('tag')) ?? now;
	const known = dayIn(url.searchParams.get('bekannt')) ?? now;
	const present = url.searchParams.get('wer') !== 'alle';
	const knownAt = endOf(known);
	const lines = [];
	for (let page = 1; ; page++) {
		const query = { day, knownAt, ...(present ? { present } : {}), page, pageSize };
		const part = answered(await locals.api.GET('/api/register', { params: { query } }));
		lines.push(...part);
		if (part.length < pageSize) break;
	}
	return { day, known, knownAt, present, lines };
};
