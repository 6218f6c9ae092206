// Members: found by name, number, town or the end of an IBAN.
import { pageIn } from '#lib/board/pages.ts';
import { today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

const pageSize = 50;

export const load: PageServerLoad = async ({ locals, url }) => {
	const search = url.searchParams.get('q')?.trim().slice(0, 100) ?? '';
	const standing =
		(['left', 'all'] as const).find((one) => one === url.searchParams.get('stand')) ?? ('present' as const);
	const order = url.searchParams.get('folge') === 'number' ? 'number' : 'name';
	const page = pageIn(url);
	const query = { ...(search ? { search } : {}), standing, order, page, pageSize } as const;
	const { total, members } = answered(await locals.api.GET('/api/members', { params: { query } }));
	return { search, standing, order, page, pages: Math.ceil(total / pageSize), total, members, day: today() };
};
