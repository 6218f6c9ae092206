// One's own account is open to everyone who is signed in, also to staff whose second step is still missing; its navigation is that of the area one comes from.
import { redirect } from '@sveltejs/kit';
import { lastArea } from '#lib/server/guard.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ parent, url, cookies }) => {
	const { session } = await parent();
	if (!session.person) redirect(303, `/anmelden?weiter=${encodeURIComponent(url.pathname + url.search)}`);
	return { area: lastArea(cookies, session) };
};
