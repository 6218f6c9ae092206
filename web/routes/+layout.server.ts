// What every page knows: who is looking, how the portal is shown, what was just done.
import { takeFlash } from '#lib/server/flash.ts';
import { readSession } from '#lib/server/session.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, cookies, url }) => {
	url.pathname; // asked anew on every page: counts change, sessions end
	return { session: await readSession(locals.api), theme: locals.theme, flash: takeFlash(cookies) };
};
