// Signing in: password first, then the code where a second step is in use. Works as plain forms.
import { redirect } from '@sveltejs/kit';
import { text } from '#lib/server/form.ts';
import { localPath } from '#lib/server/path.ts';
import { refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { session } = await parent();
	const next = localPath(url.searchParams.get('weiter'));
	if (!session.setUp) redirect(303, '/einrichtung');
	if (session.person) redirect(303, next);
	return { next };
};

export const actions: Actions = {
	password: async ({ request, locals }) => {
		const form = await request.formData();
		const email = text(form, 'email');
		const password = String(form.get('password') ?? '');
		const answer = await locals.api.POST('/api/session', { body: { email, password } });
		if (!answer.data) return refused(answer, form);
		if (answer.data.step === 'done') redirect(303, localPath(form.get('next')));
		return { values: { email, next: text(form, 'next'), challenge: answer.data.challenge } };
	},

	code: async ({ request, locals }) => {
		const form = await request.formData();
		const body = { challenge: text(form, 'challenge'), code: text(form, 'code') };
		const answer = await locals.api.POST('/api/session/code', { body });
		if (!answer.response.ok) {
			const failure = refused(answer, form);
			// The password's proof lasts five minutes; after that both steps are taken again.
			if (failure.data.problem.code === 'accounts.sign-in-refused') delete failure.data.values.challenge;
			return failure;
		}
		redirect(303, localPath(form.get('next')));
	},
};
