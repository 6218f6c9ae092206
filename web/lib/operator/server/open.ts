// Decisions about readings that wait for somebody: unknown metering points, disputes, questions about registers.
import type { Api } from '#lib/server/api.ts';
import { answered } from '#lib/server/problem.ts';

/** Everything that waits for a decision. */
export async function readOpen(api: Api) {
	const [unplaced, disputes, questions] = await Promise.all([
		api.GET('/api/readings/unplaced'),
		api.GET('/api/readings/disputes'),
		api.GET('/api/register-questions'),
	]);
	return { unplaced: answered(unplaced), disputes: answered(disputes), questions: answered(questions) };
}

/** How many decisions wait. */
export async function countOpen(api: Api): Promise<number> {
	const { unplaced, disputes, questions } = await readOpen(api);
	return unplaced.length + disputes.length + questions.length;
}
