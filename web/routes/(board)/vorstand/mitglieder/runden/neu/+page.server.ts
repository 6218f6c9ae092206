// Setting a subscription round.
import { redirect } from '@sveltejs/kit';
import { wallClock } from '#lib/board/clock.ts';
import { boardOnly } from '#lib/board/server/guard.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import { roundOf } from '#lib/rounds/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

const dayMs = 86_400_000;

export const load: PageServerLoad = async ({ locals, parent }) => {
	await boardOnly(parent);
	const { terms } = answered(await locals.api.GET('/api/statute'));
	const tomorrow = new Date(Date.now() + dayMs);
	const day = (at: Date) => wallClock(at).slice(0, 10);
	return {
		key: newKey(),
		maxShares: terms.maxShares,
		nominalCents: terms.nominalCents,
		opens: `${day(tomorrow)}T08:00`,
		closes: `${day(new Date(tomorrow.getTime() + 28 * dayMs))}T20:00`,
	};
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const round = roundOf(form);
		if ('missing' in round) return incomplete(round.missing, form);
		const answer = await locals.api.POST('/api/rounds', { params: { header: once(form) }, body: round });
		if (!answer.data) return refused(answer, form);
		setFlash(m.rounds_set_done());
		redirect(303, `/vorstand/mitglieder/runden/${answer.data.roundId}`);
	},
};
