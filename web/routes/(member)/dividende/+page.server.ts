// What a member earned: every dividend, the exemption order, the tax data the cooperative computes with.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const [dividends, exemption, membership] = await Promise.all([
		locals.api.GET('/api/me/dividends'),
		locals.api.GET('/api/me/exemption-order'),
		locals.api.GET('/api/me/membership'),
	]);
	const list = answered(dividends);
	const [last] = list;
	const statement = last
		? answered(await locals.api.GET('/api/me/dividends/{year}', { params: { path: { year: last.year } } }))
		: null;
	const { kind, taxIdMasked, ibanMasked } = answered(membership);
	return { dividends: list, exemption: answered(exemption), file: { kind, taxIdMasked, ibanMasked }, statement };
};
