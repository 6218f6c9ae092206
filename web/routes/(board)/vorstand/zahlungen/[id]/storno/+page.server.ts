// Undoing a payment by a reversal in the books.
import { error, redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url, parent }) => {
	await boardOnly(parent);
	const memberId = url.searchParams.get('mitglied') ?? '';
	const query = { memberId, pageSize: 500 };
	const { payments } = answered(await locals.api.GET('/api/payments', { params: { query } }));
	const payment = payments.find(({ id }) => id === params.id);
	if (!payment) error(404, m.problem_missing());
	return { payment, today: today(), key: newKey() };
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/payments/{id}/reversal', {
			params: { path: { id: params.id }, header: once(form) },
			body: { bookedOn: text(form, 'bookedOn'), reason: text(form, 'reason') },
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.board_pay_reversed_done({ entry: answer.data.entry }));
		redirect(303, '/vorstand/zahlungen');
	},
};
