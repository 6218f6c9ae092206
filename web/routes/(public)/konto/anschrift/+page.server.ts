// A member tells a new address or telephone number; the list of members changes with today's date.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText, text } from '#lib/server/form.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { address, phone } = answered(await locals.api.GET('/api/me/membership'));
	return { address, phone };
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const phone = optionalText(form, 'phone');
		const address = {
			street: text(form, 'address.street'),
			postcode: text(form, 'address.postcode'),
			town: text(form, 'address.town'),
			country: text(form, 'address.country'),
		};
		const answer = await locals.api.PATCH('/api/me/contact', { body: { address, ...(phone ? { phone } : {}) } });
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.accounts_address_saved());
		redirect(303, '/konto');
	},
};
