// Transfer files: those made so far, and one for what members paid too much.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { euros } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Api } from '#lib/server/api.ts';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

/** Members with payments beyond their shares, and what is left of it today. */
async function overpaid(api: Api) {
	const { payments } = answered(await api.GET('/api/payments', { params: { query: { pageSize: 500 } } }));
	const suspects = new Set(
		payments.filter((one) => one.overpaidCents > 0 && !one.reversedAt).map(({ memberId }) => memberId),
	);
	const holdings = await Promise.all(
		[...suspects].slice(0, 40).map((id) => api.GET('/api/members/{id}/shares', { params: { path: { id } } })),
	);
	return holdings
		.map(answered)
		.filter(({ overpaidCents }) => overpaidCents > 0)
		.map(({ memberId, number, name, overpaidCents }) => ({ memberId, number, name, overpaidCents }));
}

export const load: PageServerLoad = async ({ locals }) => {
	const files = answered(await locals.api.GET('/api/payout-files'));
	return { files, overpaid: await overpaid(locals.api), today: today(), key: newKey() };
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
};
