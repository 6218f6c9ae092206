// Changing a subscription round that has not opened yet.
import { redirect } from '@sveltejs/kit';
import { wallClock } from '#lib/board/clock.ts';
import { boardOnly } from '#lib/board/server/guard.ts';
import { m } from '#lib/paraglide/messages.js';
import { roundOf } from '#lib/rounds/server/form.ts';
import { setFlash } from '#lib/server/flash.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent, params }) => {
	await boardOnly(parent);
	const round = answered(await locals.api.GET('/api/rounds/{id}', { params: { path: { id: params.id } } }));
	if (!round.can.change) redirect(303, `/vorstand/mitglieder/runden/${params.id}`);
	return { key: newKey(), round, opens: wallClock(round.opensAt), closes: wallClock(round.closesAt) };
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const round = roundOf(form);
		if ('missing' in round) return incomplete(round.missing, form);
		const answer = await locals.api.PUT('/api/rounds/{id}', {
			params: { path: { id: params.id }, header: once(form) },
			body: round,
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.rounds_changed());
		redirect(303, `/vorstand/mitglieder/runden/${params.id}`);
	},
};
