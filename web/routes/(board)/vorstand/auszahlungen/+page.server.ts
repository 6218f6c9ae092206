// Transfer files: those made so far, and one for what members paid too much.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { euros } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { cents, text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const [files, found] = await Promise.all([locals.api.GET('/api/payout-files'), locals.api.GET('/api/overpayments')]);
	const all = answered(found);
	return {
		files: answered(files),
		overpaid: all.filter(({ overpaidCents, underWayCents }) => overpaidCents > underWayCents),
		creditable: all.filter(
			({ roomCents, overpaidCents, underWayCents }) => roomCents > 0 && overpaidCents > underWayCents,
		),
		...{ today: today(), key: newKey() },
	};
};

export const actions: Actions = {
	overpayments: async ({ request, locals }) => {
		const form = await request.formData();
		const memberIds = form.getAll('member').map(String);
		if (memberIds.length === 0) return incompleteIn('overpayments', { member: m.board_payout_choose() }, form);
		const answer = await locals.api.POST('/api/payout-files/overpayments', {
			params: { header: once(form) },
			body: { memberIds, executionOn: text(form, 'executionOn') },
		});
		if (!answer.data) return refusedIn('overpayments', answer, form);
		setFlash(m.board_payout_made({ count: answer.data.itemCount, sum: euros(answer.data.sumCents) }));
		redirect(303, `/vorstand/auszahlungen/${answer.data.fileId}`);
	},

	credit: async ({ request, locals }) => {
		const form = await request.formData();
		const amountCents = cents(form, 'amountCents');
		if (amountCents === undefined) return incompleteIn('credit', { amountCents: m.board_amount_needed() }, form);
		const answer = await locals.api.POST('/api/overpayments/credit', {
			params: { header: once(form) },
			body: {
				...{ memberId: text(form, 'memberId'), amountCents },
				...{ consentOn: text(form, 'consentOn'), consent: text(form, 'consent') },
			},
		});
		if (!answer.data) return refusedIn('credit', answer, form);
		setFlash(m.pay_over_credited({ entry: answer.data.entry }));
		redirect(303, '/vorstand/auszahlungen');
	},
};
