// Keeps the chosen language or appearance in a cookie and goes back to where the person was.
import { redirect } from '@sveltejs/kit';
import { cookieMaxAge, cookieName, isLocale } from '#lib/paraglide/runtime.js';
import { localPath } from '#lib/server/path.ts';
import { themeCookie, themeFrom } from '#lib/theme.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, cookies, url }) => {
	const form = await request.formData();
	const kept = { maxAge: cookieMaxAge, secure: url.protocol === 'https:' };
	const locale = form.get('locale');
	if (isLocale(locale)) cookies.set(cookieName, locale, { ...kept, httpOnly: false });
	if (form.has('theme')) cookies.set(themeCookie, themeFrom(form.get('theme')), kept);
	redirect(303, localPath(form.get('back')));
};
