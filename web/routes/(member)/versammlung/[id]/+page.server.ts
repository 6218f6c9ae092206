// One general assembly: when, where, its agenda, and the ballots on it.
import { idIn } from '#lib/server/address.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals }) => {
	const path = { id: idIn(params.id) };
	const [assembly, ballots] = await Promise.all([
		locals.api.GET('/api/assemblies/{id}', { params: { path } }),
		locals.api.GET('/api/assemblies/{id}/ballots', { params: { path } }),
	]);
	return { at: new Date(), assembly: answered(assembly), ballots: answered(ballots) };
};
