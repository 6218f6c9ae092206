// The member's documents: what is archived, and what can be made at any time.
import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { session } = await parent();
	if (session.memberNumber === null) error(404, m.refusal_members_no_membership());
	return { documents: answered(await locals.api.GET('/api/me/documents')) };
};
