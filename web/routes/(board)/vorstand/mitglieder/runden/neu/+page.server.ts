// Setting a subscription round.
import { redirect } from '@sveltejs/kit';
import { instantOf, wallClock } from '#lib/board/clock.ts';
import { boardOnly } from '#lib/board/server/guard.ts';
import { m } from '#lib/paraglide/messages.js';
import { cents, text, wholeNumber } from '#lib/server/form.ts';
import { setFlash } from '#lib/server/flash.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import { rules } from '#lib/rounds/rules.ts';
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
		const opensAt = instantOf(text(form, 'opensAt'));
		const closesAt = instantOf(text(form, 'closesAt'));
		const inEuro = text(form, 'volumeIn') === 'euro';
		const volume = inEuro ? cents(form, 'volume') : wholeNumber(form, 'volume');
		const floorShares = wholeNumber(form, 'floorShares');
		const capShares = wholeNumber(form, 'capShares');
		const rule = rules.find((one) => one === text(form, 'rule'));
		if (!opensAt || !closesAt || !volume || !floorShares || !capShares || !rule) {
			const missing = { opensAt, closesAt, volume, floorShares, capShares, rule };
			const fields = Object.entries(missing).flatMap(([name, value]) =>
				value ? [] : [[name, m.rounds_fields_missing()] as const],
			);
			return incomplete(Object.fromEntries(fields), form);
		}
		const answer = await locals.api.POST('/api/rounds', {
			params: { header: once(form) },
			body: {
				...{ title: text(form, 'title'), purpose: text(form, 'purpose'), opensAt, closesAt, floorShares, capShares },
				...(inEuro ? { volumeCents: volume } : { volumeShares: volume }),
				...{ rule, announced: form.has('announced') },
			},
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.rounds_set_done());
		redirect(303, `/vorstand/mitglieder/runden/${answer.data.roundId}`);
	},
};
