// Signing in in two steps: enrol an app, renew the emergency codes, remove the second step.
import { fail, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered, refused } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

const here = '/konto/zweiter-schritt';

export const load: PageServerLoad = async ({ locals }) => {
	const [own, codes] = await Promise.all([
		locals.api.GET('/api/session'),
		locals.api.GET('/api/second-factor/recovery-codes'),
	]);
	const { secondFactor } = answered(own);
	return { enrolled: secondFactor, codesLeft: answered(codes).left };
};

export const actions: Actions = {
	start: async ({ locals }) => {
		const answer = await locals.api.POST('/api/second-factor');
		proveFirst(answer, here);
		if (!answer.data) return refused(answer);
		return { enrolment: answer.data.otpauthUrl };
	},

	confirm: async ({ request, locals }) => {
		const form = await request.formData();
		// The app being enrolled goes to and fro with the form: nothing of it counts before the first right code.
		const enrolment = text(form, 'enrolment');
		const answer = await locals.api.POST('/api/second-factor/confirmation', { body: { code: text(form, 'digits') } });
		proveFirst(answer, here);
		if (!answer.data) {
			const { status, data } = refused(answer, form);
			return fail(status, { ...data, enrolment });
		}
		return { codes: answer.data.recoveryCodes, fresh: true };
	},

	codes: async ({ locals }) => {
		const answer = await locals.api.POST('/api/second-factor/recovery-codes');
		proveFirst(answer, here);
		if (!answer.data) return refused(answer);
		return { codes: answer.data.recoveryCodes, fresh: false };
	},

	remove: async ({ locals }) => {
		const answer = await locals.api.DELETE('/api/second-factor');
		proveFirst(answer, here);
		if (!answer.response.ok) return refused(answer);
		setFlash(m.accounts_second_step_removed());
		redirect(303, '/konto');
	},
};
