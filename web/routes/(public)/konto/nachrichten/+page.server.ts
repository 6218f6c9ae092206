// Which mails a member gets: those one can do without, and those that always go out.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	wishes: answered(await locals.api.GET('/api/me/mail-wishes')),
});

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const body = { 'round-news': form.has('round-news'), 'round-receipts': form.has('round-receipts') };
		const answer = await locals.api.PUT('/api/me/mail-wishes', { body });
		if (!answer.data) return refused(answer, form);
		setFlash(m.mails_saved());
		redirect(303, '/konto/nachrichten');
	},
};
