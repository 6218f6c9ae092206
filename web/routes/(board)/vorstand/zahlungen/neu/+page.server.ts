// Recording a payment of a member from the bank's statement.
import { redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { today } from '#lib/board/today.ts';
import { euros } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { cents, text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ url, parent }) => {
	await boardOnly(parent);
	return {
		memberNumber: url.searchParams.get('mitglied') ?? '',
		today: today(),
		key: newKey(),
	};
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const memberNumber = wholeNumber(form, 'memberNumber');
		const amountCents = cents(form, 'amountCents');
		const missing = {
			...(memberNumber === undefined ? { memberNumber: m.board_number_needed() } : {}),
			...(amountCents === undefined ? { amountCents: m.board_amount_needed() } : {}),
		};
		if (memberNumber === undefined || amountCents === undefined) return incomplete(missing, form);
		const payment = {
			...{ memberNumber, amountCents, valueOn: text(form, 'valueOn') },
			...{ purpose: text(form, 'purpose'), bankReference: text(form, 'bankReference') },
		};
		const answer = await locals.api.POST('/api/payments', {
			params: { header: once(form) },
			body: { payments: [payment] },
		});
		if (!answer.data) return refused(answer, form);
		const [booked] = answer.data;
		const overpaid = booked?.overpaidCents
			? ` ${m.board_holding_overpaid({ amount: euros(booked.overpaidCents) })}`
			: '';
		setFlash(
			m.board_pay_recorded({ amount: euros(amountCents), member: memberNumber, entry: booked?.entry ?? '' }) + overpaid,
			overpaid ? 'warn' : 'good',
		);
		redirect(303, form.has('more') ? '/vorstand/zahlungen/neu' : '/vorstand/zahlungen');
	},
};
