// Who the cooperative is: name, register, contact, creditor id, bank account.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => answered(await locals.api.GET('/api/cooperative'));

const names = [
	...(['name', 'street', 'postcode', 'town', 'registerCourt', 'registerNumber', 'email'] as const),
	...(['creditorId', 'iban'] as const),
];

export const actions: Actions = {
	default: async ({ request, locals, url }) => {
		const form = await request.formData();
		const changed = names.filter(
			(name) => text(form, name) !== '' && text(form, name) !== text(form, `${name}-before`),
		);
		if (changed.length === 0) return incomplete({ name: m.board_change_nothing() }, form);
		const answer = await locals.api.PATCH('/api/cooperative', {
			body: Object.fromEntries(changed.map((name) => [name, text(form, name)])),
		});
		proveFirst(answer, url.pathname);
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.board_cooperative_done());
		redirect(303, '/vorstand/genossenschaft');
	},
};
