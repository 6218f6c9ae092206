// The fiscal year all these pages are about.
import { answered } from '#lib/server/problem.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, params, url }) => {
	url.pathname; // asked anew on every page: each step moves the year
	const year = Number(params.year) || 0;
	return { year: answered(await locals.api.GET('/api/fiscal-years/{year}', { params: { path: { year } } })) };
};
