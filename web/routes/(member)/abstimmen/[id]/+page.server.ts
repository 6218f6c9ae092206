// One ballot: the vote while it is open, the receipt once it is cast, the result once it is closed.
import { redirect } from '@sveltejs/kit';
import type { Choice } from '#lib/ballots/words.ts';
import { m } from '#lib/paraglide/messages.js';
import { idIn } from '#lib/server/address.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, describeProblem, incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

const choices: readonly string[] = ['yes', 'no', 'abstain'] satisfies Choice[];

export const load: PageServerLoad = async ({ params, locals }) => {
	const path = { id: idIn(params.id) };
	const ballot = answered(await locals.api.GET('/api/ballots/{id}', { params: { path } }));
	const assembly = answered(
		await locals.api.GET('/api/assemblies/{id}', { params: { path: { id: ballot.assembly.id } } }),
	);
	const receipt = ballot.mine.choice
		? answered(await locals.api.GET('/api/me/ballots/{id}/receipt', { params: { path } }))
		: null;
	return { key: newKey(), at: new Date(), ballot, receipt, items: assembly.agenda.length };
};

export const actions: Actions = {
	default: async ({ request, params, locals }) => {
		const form = await request.formData();
		const choice = text(form, 'choice');
		if (!choices.includes(choice)) return incomplete({ choice: m.ballots_choose() }, form);
		const answer = await locals.api.POST('/api/ballots/{id}/votes', {
			params: { path: { id: idIn(params.id) }, header: once(form) },
			body: { choice: choice as Choice },
		});
		const { ok, status } = answer.response;
		// Voted before, over, not entitled: the page itself then shows how things stand.
		if (status === 403 || status === 409) setFlash(describeProblem(answer.error, status).sentence, 'warn');
		else if (!ok) return refused(answer, form);
		redirect(303, `/abstimmen/${params.id}`);
	},
};
