// What a member owns: the three numbers on any day, with every movement.
import { dayIn, today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

/** A name as it is sorted, the way people say it. */
const spoken = (sorted: string): string => sorted.split(', ').toReversed().join(' ');

export const load: PageServerLoad = async ({ locals, url }) => {
	const now = today();
	const day = dayIn(url.searchParams.get('tag')) ?? now;
	const [holding, terms, own, exits] = await Promise.all([
		locals.api.GET('/api/me/shares', { params: { query: { day } } }),
		locals.api.GET('/api/me/shares/terms'),
		locals.api.GET('/api/me/rounds'),
		locals.api.GET('/api/me/exits'),
	]);
	// Somebody who acts for heirs is told so: what is declared here counts for all of them.
	const death = exits.data?.find(({ cause, can }) => cause === 'death' && can.represent);
	const acting = death?.representatives.find(({ endedOn }) => endedOn === null);
	return {
		...{ today: now, day, holding: answered(holding), terms: answered(terms), rounds: own.data?.rounds ?? [] },
		heirs: acting && death ? { of: spoken(death.name), fromOn: acting.fromOn, endsOn: death.effectiveOn } : null,
	};
};
