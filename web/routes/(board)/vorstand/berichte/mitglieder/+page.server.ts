// Members who joined or left in a fiscal year.
import { answered } from '#lib/server/problem.ts';
import { chosenYear } from '#lib/reports/year.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { year, years } = chosenYear(url, answered(await locals.api.GET('/api/reports/capital')));
	const changes = await locals.api.GET('/api/reports/years/{year}/members', { params: { path: { year } } });
	return { year, years, changes: answered(changes) };
};
