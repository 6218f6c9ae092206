// The board copies a mandate that was signed on paper.
import { redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText, text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, parent }) => {
	await boardOnly(parent);
	const member = answered(await locals.api.GET('/api/members/{id}', { params: { path: { id: params.id } } }));
	return { member, today: today(), key: newKey() };
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const reference = optionalText(form, 'reference');
		const answer = await locals.api.POST('/api/mandates', {
			params: { header: once(form) },
			body: {
				...{ memberId: params.id, signedOn: text(form, 'signedOn'), signedPlace: text(form, 'signedPlace') },
				kind: text(form, 'kind') === 'one-off' ? 'one-off' : 'recurring',
				noticeDays: wholeNumber(form, 'noticeDays') ?? 14,
				account: {
					...{ debtorName: text(form, 'account.debtorName'), iban: text(form, 'account.iban') },
					...{ street: text(form, 'account.street'), postcode: text(form, 'account.postcode') },
					...{ town: text(form, 'account.town'), country: text(form, 'account.country') },
				},
				...(reference ? { reference } : {}),
			},
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.pay_mandate_saved({ reference: answer.data.reference }));
		redirect(303, `/vorstand/zahlungen/mitglied/${params.id}`);
	},
};
