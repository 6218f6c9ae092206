// The first visit on an empty database: the cooperative, its statute and the first board account, all or nothing.
import { fail, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText, text, wholeNumber } from '#lib/server/form.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import { explainTerms, readTerms } from '#lib/server/terms.ts';
import { termValues } from '#lib/statute/terms.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { open, suggestedTerms } = answered(await locals.api.GET('/api/setup'));
	if (!open) redirect(303, '/');
	return { suggested: termValues(suggestedTerms) };
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const read = readTerms(form);
		if ('fields' in read) return incomplete(read.fields, form);
		const founder = {
			name: text(form, 'founder.name'),
			email: text(form, 'founder.email'),
			password: String(form.get('password') ?? ''),
			locale: getLocale(),
		};
		const creditorId = optionalText(form, 'cooperative.creditorId');
		const iban = optionalText(form, 'cooperative.iban');
		const cooperative = {
			name: text(form, 'cooperative.name'),
			street: text(form, 'cooperative.street'),
			postcode: text(form, 'cooperative.postcode'),
			town: text(form, 'cooperative.town'),
			registerCourt: text(form, 'cooperative.registerCourt'),
			registerNumber: text(form, 'cooperative.registerNumber'),
			email: text(form, 'cooperative.email'),
			fiscalYearEndMonth: wholeNumber(form, 'cooperative.fiscalYearEndMonth') ?? 12,
			...(creditorId ? { creditorId } : {}),
			...(iban ? { iban } : {}),
		};
		const [code, validFrom, source] = [text(form, 'code'), text(form, 'validFrom'), text(form, 'source')];
		const body = { code, founder, cooperative, terms: read.terms, validFrom, source };
		const answer = await locals.api.POST('/api/setup', { body });
		if (!answer.response.ok) {
			const { status, data } = refused(answer, form);
			return fail(status, { ...data, problem: explainTerms(data.problem, answer) });
		}
		const { email, password } = founder;
		const signedIn = await locals.api.POST('/api/session', { body: { email, password } });
		setFlash(m.setup_done());
		redirect(303, signedIn.response.ok ? '/konto/zweiter-schritt' : '/anmelden');
	},
};
