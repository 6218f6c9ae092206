// The closing figures of a fiscal year.
import { redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { cents, text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent }) => {
	await boardOnly(parent);
	return { key: newKey() };
};

const names = [
	...([
		'resultCents',
		'profitForwardCents',
		'lossForwardCents',
		'legalReserveBeforeCents',
		'boardReserveCents',
	] as const),
	...(['releasedCents', 'freeReservesCents', 'blockedCents'] as const),
];

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const missing: Record<string, string> = {};
		const amount = (name: string): number => {
			const value = text(form, name) === '' && name !== 'resultCents' ? 0 : cents(form, name);
			if (value === undefined) missing[name] = m.board_amount_needed();
			return value ?? 0;
		};
		const figures = Object.fromEntries(names.map((name) => [name, amount(name)])) as Record<
			(typeof names)[number],
			number
		>;
		const energyRevenueCents = text(form, 'energyRevenueCents') === '' ? null : amount('energyRevenueCents');
		if (Object.keys(missing).length > 0) return incomplete(missing, form);
		const answer = await locals.api.PUT('/api/fiscal-years/{year}/figures', {
			params: { path: { year: Number(params.year) || 0 }, header: once(form) },
			body: { firstYear: form.has('firstYear'), figures: { ...figures, energyRevenueCents } },
		});
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.board_figures_done());
		redirect(303, `/vorstand/dividende/${params.year}`);
	},
};
