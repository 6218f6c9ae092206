// Everything that happened with a member, of one group or of all.
import { pageIn } from '#lib/board/pages.ts';
import type { EventGroup } from '#lib/board/timeline.ts';
import { today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

const pageSize = 60;
const groups: readonly EventGroup[] = ['membership', 'shares', 'money', 'dividend', 'data', 'papers', 'notes'];

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const group = groups.find((one) => one === url.searchParams.get('was'));
	const page = pageIn(url);
	const query = { ...(group ? { groups: group } : {}), page, pageSize };
	const path = { id: params.id };
	const timeline = answered(await locals.api.GET('/api/members/{id}/timeline', { params: { path, query } }));
	const counts = new Map(timeline.groups.map((one) => [one.group, one.count]));
	return {
		...timeline,
		groups: groups.filter((one) => counts.has(one)).map((one) => ({ group: one, count: counts.get(one) ?? 0 })),
		...{ group, page, pages: Math.ceil(timeline.total / pageSize), today: today() },
	};
};
