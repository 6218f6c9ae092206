// Proposing changed terms of the statute; another person approves them.
import { fail, redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import { explainTerms, readNominal, readTerms } from '#lib/server/terms.ts';
import { termValues } from '#lib/statute/terms.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	await boardOnly(parent);
	const [latest] = answered(await locals.api.GET('/api/statute/versions'));
	return {
		latest: latest ? { version: latest.version, validFrom: latest.validFrom, values: termValues(latest.terms) } : null,
	};
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const read = readTerms(form);
		if ('fields' in read) return incomplete(read.fields, form);
		const nominal = readNominal(form);
		if ('fields' in nominal) return incomplete(nominal.fields, form);
		const answer = await locals.api.POST('/api/statute/proposals', {
			body: {
				...{ validFrom: text(form, 'validFrom'), terms: read.terms, source: text(form, 'source') },
				basedOn: wholeNumber(form, 'basedOn') ?? 1,
				...nominal,
			},
		});
		if (!answer.response.ok) {
			const { status, data } = refused(answer, form);
			return fail(status, { ...data, problem: explainTerms(data.problem, answer) });
		}
		setFlash(m.board_statute_proposed());
		redirect(303, '/vorstand/satzung');
	},
};
