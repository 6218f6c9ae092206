// The settlement desk: queue, bounds, coming years; determining and making the payment file.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { euros } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { cents, optionalText, text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

/** The day itself, or Monday after a weekend: banks execute on workdays; holidays the API knows. */
function nextWorkday(day: string): string {
	const at = new Date(`${day}T12:00:00Z`);
	const weekday = at.getUTCDay();
	at.setUTCDate(at.getUTCDate() + (weekday === 6 ? 2 : weekday === 0 ? 1 : 0));
	return at.toISOString().slice(0, 10);
}

export const load: PageServerLoad = async ({ locals }) => ({
	...answered(await locals.api.GET('/api/settlements')),
	today: today(),
	executionOn: nextWorkday(today()),
	key: newKey(),
});

export const actions: Actions = {
	determine: async ({ request, locals }) => {
		const form = await request.formData();
		const lossCents = cents(form, 'loss');
		if (lossCents === undefined || lossCents < 0)
			return incompleteIn('determine', { loss: m.refusal_shares_loss_wrong() }, form);
		const answer = await locals.api.POST('/api/settlements/determination', {
			params: { header: once(form) },
			body: { exitOn: text(form, 'exitOn'), lossCents, basis: text(form, 'basis') },
		});
		if (!answer.data) return refusedIn('determine', answer, form);
		const { settlements: count, balanceCents, lossShareCents } = answer.data;
		setFlash(m.settle_determined({ count, sum: euros(balanceCents - lossShareCents) }));
		redirect(303, '/vorstand/austritte/auseinandersetzung');
	},

	pay: async ({ request, locals }) => {
		const form = await request.formData();
		const settlementIds = form.getAll('settlement').map(String);
		if (settlementIds.length === 0) return incompleteIn('pay', { settlement: m.settle_choose_some() }, form);
		const consent = optionalText(form, 'consent');
		const answer = await locals.api.POST('/api/payout-files/settlements', {
			params: { header: once(form) },
			body: { settlementIds, executionOn: text(form, 'executionOn'), ...(consent ? { consent } : {}) },
		});
		if (!answer.data) return refusedIn('pay', answer, form);
		setFlash(m.settle_paid({ sum: euros(answer.data.sumCents) }));
		redirect(303, `/vorstand/auszahlungen/${answer.data.fileId}`);
	},
};
