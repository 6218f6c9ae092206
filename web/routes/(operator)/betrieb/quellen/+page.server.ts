// All live sources with how they are.
import { isSleep } from '#lib/operator/server/findings.ts';
import { reasonText } from '#lib/operator/server/reasons.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const sources = answered(await locals.api.GET('/api/sources'));
	return {
		now: new Date(),
		sources: sources.map(({ id, name, kind, location, plantName, enabled, channels, delivered, ...state }) => ({
			...{ id, name, kind, location, plantName, enabled },
			...{ lastRunAt: state.lastRunAt, lastValueAt: state.lastValueAt },
			gaps: channels.reduce((sum, one) => sum + one.gaps.length, delivered?.gaps.length ?? 0),
			problem: state.lastProblem ? reasonText(state.lastProblem) : null,
			isAsleep: state.lastProblem !== null && isSleep(state.lastProblem.code),
		})),
	};
};
