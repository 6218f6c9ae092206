// Refusals of pages with several forms: which of them is meant.
import { fail } from '@sveltejs/kit';
import { type Answer, incomplete, refused } from './problem.ts';

/** As `refused`, with the name of the form's action, so that the page shows the problem there. */
export function refusedIn<Act extends string>(act: Act, answer: Answer<unknown>, form?: FormData) {
	const { status, data } = refused(answer, form);
	return fail(status, { ...data, act });
}

/** As `incomplete`, with the name of the form's action. */
export function incompleteIn<Act extends string>(act: Act, fields: Record<string, string>, form?: FormData) {
	const { status, data } = incomplete(fields, form);
	return fail(status, { ...data, act });
}
