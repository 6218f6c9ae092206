// The own declaration to join, for printing and signing.
import { printToken } from '#lib/joining/server/print.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const token = printToken();
	const answer = token ? await locals.api.POST('/api/applications/prints', { body: { token } }) : undefined;
	return { print: answer?.data ?? null };
};
