// One's own account at a glance; here the language is set and a confirmation of the address is asked for.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { cookieMaxAge, cookieName } from '#lib/paraglide/runtime.js';
import { setFlash } from '#lib/server/flash.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { session } = await parent();
	const [own, sessions, codes, membership] = await Promise.all([
		locals.api.GET('/api/session'),
		locals.api.GET('/api/sessions'),
		locals.api.GET('/api/second-factor/recovery-codes'),
		session.memberNumber === null ? undefined : locals.api.GET('/api/me/membership'),
	]);
	return {
		own: answered(own),
		sessions: answered(sessions).length,
		codesLeft: answered(codes).left,
		membership: membership ? answered(membership) : undefined,
	};
};

export const actions: Actions = {
	language: async ({ request, locals, cookies, url }) => {
		const form = await request.formData();
		const locale = form.get('locale') === 'en' ? 'en' : 'de';
		const answer = await locals.api.PUT('/api/session/locale', { body: { locale } });
		if (!answer.response.ok) return refused(answer, form);
		cookies.set(cookieName, locale, { maxAge: cookieMaxAge, secure: url.protocol === 'https:', httpOnly: false });
		setFlash(m.accounts_language_saved({}, { locale }));
		redirect(303, '/konto');
	},

	confirm: async ({ locals }) => {
		const answer = await locals.api.POST('/api/email/requests', { body: {} });
		if (!answer.response.ok) return refused(answer);
		setFlash(m.accounts_confirmation_sent());
		redirect(303, '/konto');
	},
};
