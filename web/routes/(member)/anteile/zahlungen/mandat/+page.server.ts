// Giving a direct debit mandate: the account, the wording, a consent of its own.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, refused } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

const here = '/anteile/zahlungen/mandat';

export const load: PageServerLoad = async ({ locals, url }) => {
	const shortNotice = url.searchParams.get('ankuendigung') === '5';
	const [draft, member] = await Promise.all([
		locals.api.GET('/api/me/mandates/draft', { params: { query: { kind: 'recurring', shortNotice } } }),
		locals.api.GET('/api/me/membership'),
	]);
	return { draft: answered(draft), member: answered(member), shortNotice, key: newKey() };
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const shortNotice = text(form, 'shortNotice') === 'true';
		const answer = await locals.api.POST('/api/me/mandates', {
			params: { header: once(form) },
			body: {
				...{ kind: 'recurring', reference: text(form, 'reference'), signedPlace: text(form, 'signedPlace') },
				...{ shortNotice, consent: form.has('consent'), payTo: form.has('payTo') },
				account: {
					...{ debtorName: text(form, 'account.debtorName'), iban: text(form, 'account.iban') },
					...{ street: text(form, 'account.street'), postcode: text(form, 'account.postcode') },
					...{ town: text(form, 'account.town'), country: text(form, 'account.country') },
				},
			},
		});
		proveFirst(answer, shortNotice ? `${here}?ankuendigung=5` : here);
		if (!answer.data) return refused(answer, form);
		setFlash(m.pay_own_given({ reference: answer.data.reference }));
		redirect(303, '/anteile/zahlungen');
	},
};
