// Changes in a member's file; what enters the list of members needs its day and its ground.
import { redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText, text } from '#lib/server/form.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent }) => {
	await boardOnly(parent);
	return { today: today() };
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const changed = (name: string) => text(form, name) !== text(form, `${name}-before`);
		const some = (...names: string[]) => names.some(changed);
		const country = text(form, 'country').toUpperCase();
		const address = {
			street: text(form, 'street'),
			postcode: text(form, 'postcode'),
			town: text(form, 'town'),
			country,
		};
		const name = form.has('organisation')
			? { organisation: text(form, 'organisation') }
			: { familyName: text(form, 'familyName'), givenNames: text(form, 'givenNames') };
		const single = (field: string) => {
			const value = optionalText(form, field);
			return value !== undefined && changed(field) ? { [field]: value } : {};
		};
		const changes = {
			...(some('organisation', 'familyName', 'givenNames') ? { name } : {}),
			...(some('street', 'postcode', 'town', 'country') ? { address } : {}),
			...single('representative'),
			...single('email'),
			...single('phone'),
			...(changed('locale') ? { locale: text(form, 'locale') === 'en' ? ('en' as const) : ('de' as const) } : {}),
			...single('accountHolder'),
			...single('iban'),
			...single('taxId'),
			...single('birthDate'),
		};
		if (Object.keys(changes).length === 0) return incomplete({ effectiveOn: m.board_change_nothing() }, form);
		const answer = await locals.api.PATCH('/api/members/{id}', {
			params: { path: { id: params.id } },
			body: { effectiveOn: text(form, 'effectiveOn'), basis: text(form, 'basis'), changes },
		});
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.board_change_done());
		redirect(303, `/vorstand/mitglieder/${params.id}`);
	},
};
