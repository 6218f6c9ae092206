// Everything about the plants that needs a look.
import { readFindings } from '#lib/operator/server/findings.ts';
import { readPlantStates } from '#lib/operator/server/state.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const now = new Date();
	return { findings: await readFindings(locals.api, await readPlantStates(locals.api, now), now) };
};
