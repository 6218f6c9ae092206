// General assemblies: those that run, those that come, those that were; with the member's own votes.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const [assemblies, ballots] = await Promise.all([
		locals.api.GET('/api/assemblies'),
		locals.api.GET('/api/me/ballots'),
	]);
	return { at: new Date(), assemblies: answered(assemblies), ballots: answered(ballots) };
};
