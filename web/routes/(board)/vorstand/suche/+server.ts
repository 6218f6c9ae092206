// Members as somebody types, for the search of the board's pages: the first few that match.
import { json } from '@sveltejs/kit';
import { answered } from '#lib/server/problem.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, url }) => {
	const search =
		url.searchParams
			.get('q')
			?.replaceAll(/\p{Cc}/gu, ' ')
			.trim()
			.slice(0, 100) ?? '';
	if (search === '') return json({ total: 0, members: [], instead: [] });
	const order = /^[#0-9 ]+$/.test(search) ? ('number' as const) : ('name' as const);
	const query = { search, order, standing: 'all', pageSize: 8 } as const;
	const { total, members, instead } = answered(await locals.api.GET('/api/members', { params: { query } }));
	return json({
		...{ total, instead },
		members: members.map(({ id, number, name, postcode, town, leftOn }) => ({
			id,
			number,
			name,
			postcode,
			town,
			leftOn,
		})),
	});
};
