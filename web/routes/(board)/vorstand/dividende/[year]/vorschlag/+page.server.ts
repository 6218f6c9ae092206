// The board's proposal for the use of a year's profit.
import { redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { cents, text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import { rate } from '#lib/server/rate.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent }) => {
	await boardOnly(parent);
	return { today: today(), key: newKey() };
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const byAmount = text(form, 'by') === 'amount';
		const part = rate(form, 'rate');
		const amountCents = cents(form, 'amountCents');
		const reserve = text(form, 'toOtherReservesCents') === '' ? 0 : cents(form, 'toOtherReservesCents');
		const missing = {
			...(byAmount && amountCents === undefined ? { amountCents: m.board_amount_needed() } : {}),
			...(!byAmount && part === undefined ? { rate: m.board_proposal_rate_needed() } : {}),
			...(reserve === undefined ? { toOtherReservesCents: m.board_amount_needed() } : {}),
		};
		if (Object.keys(missing).length > 0) return incomplete(missing, form);
		const answer = await locals.api.POST('/api/fiscal-years/{year}/proposals', {
			params: { path: { year: Number(params.year) || 0 }, header: once(form) },
			body: {
				dividend: byAmount ? { amountCents: amountCents ?? 0 } : { rate: part ?? '0' },
				toOtherReservesCents: reserve ?? 0,
				payoutOn: text(form, 'payoutOn'),
			},
		});
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.board_proposal_done());
		redirect(303, `/vorstand/dividende/${params.year}`);
	},
};
