// The declaration to join (Beitrittserklärung), of a person or of a body.
import { redirect } from '@sveltejs/kit';
import { getLocale } from '#lib/paraglide/runtime.js';
import { m } from '#lib/paraglide/messages.js';
import { optionalText, text, wholeNumber } from '#lib/server/form.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import { setUpFirst } from '#lib/server/setUp.ts';
import type { Actions, PageServerLoad } from './$types';

const bodies = ['company', 'association', 'public-body', 'partnership'] as const;
const clauseIds = ['payments', 'further-payments', 'notice-period', 'unconditional', 'statute-received'] as const;

export const load: PageServerLoad = async ({ locals, parent, url }) => {
	await setUpFirst(parent);
	return {
		joining: answered(await locals.api.GET('/api/joining')),
		asBody: url.searchParams.get('als') === 'organisation',
	};
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const sharesWanted = wholeNumber(form, 'sharesWanted');
		if (!sharesWanted) return incomplete({ sharesWanted: m.joining_shares_missing() }, form);
		const kind = bodies.find((one) => one === text(form, 'kind')) ?? ('natural' as const);
		const name: { familyName: string; givenNames: string } | { organisation: string } =
			kind === 'natural'
				? { familyName: text(form, 'name.familyName'), givenNames: text(form, 'name.givenNames') }
				: { organisation: text(form, 'name.organisation') };
		const body = {
			kind,
			name,
			address: {
				street: text(form, 'address.street'),
				postcode: text(form, 'address.postcode'),
				town: text(form, 'address.town'),
				country: text(form, 'address.country'),
			},
			email: text(form, 'email'),
			locale: getLocale(),
			birthDate: kind === 'natural' ? optionalText(form, 'birthDate') : undefined,
			representative: optionalText(form, 'representative'),
			phone: optionalText(form, 'phone'),
			iban: optionalText(form, 'iban'),
			accountHolder: optionalText(form, 'accountHolder'),
			sharesWanted,
			investing: form.has('investing'),
			clauses: clauseIds.filter((id) => form.has(`clause.${id}`)),
			statuteVersion: wholeNumber(form, 'statuteVersion') ?? 1,
		};
		const answer = await locals.api.POST('/api/applications', { body });
		if (answer.response.ok) redirect(303, '/mitglied-werden/danke');
		return refused(answer, form);
	},
};
