// All live sources with how they are.
import { isSleep } from '#lib/operator/server/findings.ts';
import { reasonText } from '#lib/operator/server/reasons.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const sources = answered(await locals.api.GET('/api/sources'));
	return {
		now: new Date(),
		sources: sources.map(({ id, name, kind, location, plantName, enabled, lastSuccessAt, lastRunAt, lastProblem }) => ({
			...{ id, name, kind, location, plantName, enabled, lastSuccessAt, lastRunAt },
			problem: lastProblem ? reasonText(lastProblem) : null,
			isAsleep: lastProblem !== null && isSleep(lastProblem.code),
		})),
	};
};
