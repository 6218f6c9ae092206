// Accounts by name.
import { pageIn } from '#lib/board/pages.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

const pageSize = 50;
const roles = ['board', 'supervisory', 'auditor', 'operator', 'member'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
	const search = url.searchParams.get('q')?.trim().slice(0, 100) ?? '';
	const role = roles.find((one) => one === url.searchParams.get('rolle'));
	const page = pageIn(url);
	const query = {
		...(search ? { search } : {}),
		...(role ? { role } : {}),
		limit: pageSize,
		offset: (page - 1) * pageSize,
	};
	const { total, people } = answered(await locals.api.GET('/api/people', { params: { query } }));
	return { search, role, page, pages: Math.ceil(total / pageSize), total, people };
};
