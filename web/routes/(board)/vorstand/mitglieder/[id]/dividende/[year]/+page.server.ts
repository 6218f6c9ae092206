// A member's dividend of one year, step by step.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const path = { id: params.id, year: Number(params.year) || 0 };
	return { statement: answered(await locals.api.GET('/api/members/{id}/dividends/{year}', { params: { path } })) };
};
