// One's own account is open to everyone who is signed in, also to staff whose second step is still missing.
import { redirect } from '@sveltejs/kit';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ parent, url }) => {
	const { session } = await parent();
	if (!session.person) redirect(303, `/anmelden?weiter=${encodeURIComponent(url.pathname + url.search)}`);
};
