// "My data": everything the cooperative holds about the member, to take away.
import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent }) => {
	const { session } = await parent();
	if (session.memberNumber === null) error(404, m.refusal_members_no_membership());
};
