// Public pages of a cooperative that is not set up yet lead to the set-up.
import { redirect } from '@sveltejs/kit';
import type { Session } from '#lib/session.ts';

/** Leads to the set-up on an empty database. For `load` of public pages. */
export async function setUpFirst(parent: () => Promise<{ session: Session }>): Promise<void> {
	if (!(await parent()).session.setUp) redirect(303, '/einrichtung');
}
