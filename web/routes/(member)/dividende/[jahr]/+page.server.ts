// One year's dividend with everything that explains it.
import { yearIn } from '#lib/server/address.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals }) => ({
	statement: answered(
		await locals.api.GET('/api/me/dividends/{year}', { params: { path: { year: yearIn(params.jahr) } } }),
	),
});
