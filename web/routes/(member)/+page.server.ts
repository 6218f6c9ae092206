// A member's home: one question to the API.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	// Asked at the same time as who is there; where both refuse, the layout's way (visitors to the welcome page) comes first.
	const answer = await locals.api.GET('/api/me/home');
	// An account with the role but without a membership: the page says so instead of failing.
	return { home: answer.response.status === 404 ? null : answered(answer) };
};
