// How the cooperative reminds: three steps with days, fee and words.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { cents, text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	terms: answered(await locals.api.GET('/api/reminder-terms')),
	key: newKey(),
});

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const steps = [0, 1, 2].map((i) => ({
			daysAfterDue: wholeNumber(form, `steps.${i}.daysAfterDue`) ?? 0,
			feeCents: cents(form, `steps.${i}.feeCents`) ?? 0,
			payWithinDays: wholeNumber(form, `steps.${i}.payWithinDays`) ?? 0,
			subject: text(form, `steps.${i}.subject`),
			text: text(form, `steps.${i}.text`).replaceAll('\r\n', '\n'),
		}));
		const answer = await locals.api.PUT('/api/reminder-terms', {
			params: { header: once(form) },
			body: { version: Number(text(form, 'version')) || 0, steps },
		});
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.pay_rem_terms_saved());
		redirect(303, '/vorstand/zahlungen/mahnungen');
	},
};
