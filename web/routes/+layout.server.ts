// What every page knows: who is looking, how the portal is shown, what was just done.
import { takeFlash } from '#lib/server/flash.ts';
import { nobody } from '#lib/session.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, cookies, url }) => {
	url.pathname; // asked anew on every page: counts change, sessions end
	const { data } = await locals.api.GET('/api/session');
	return { session: data ?? nobody, theme: locals.theme, flash: takeFlash(cookies) };
};
