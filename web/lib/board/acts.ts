// What a page with several forms got back: the problem and the typed values of one of them.
import type { ProblemView } from '#lib/problem.ts';

/** What an action answered when it was refused (`refusedIn`), as pages get it. */
export interface RefusedAct {
	act?: string;
	problem?: ProblemView;
	values?: Record<string, string>;
}

/** Problem and values for the form of one action; empty if another form was sent, or none. */
export function of(
	form: RefusedAct | null | undefined,
	act: string,
): { problem?: ProblemView; values: Record<string, string> } {
	if (form?.act !== act || !form.problem) return { values: {} };
	return { problem: form.problem, values: form.values ?? {} };
}
