// Reminders: who is to be reminded today, and what went out.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { incomplete, answered, refused } from '#lib/server/problem.ts';
import { setFlash } from '#lib/server/flash.ts';
import { newKey, once } from '#lib/server/once.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const [proposals, sent] = await Promise.all([
		locals.api.GET('/api/reminders/proposals'),
		locals.api.GET('/api/reminders', { params: { query: { limit: 100 } } }),
	]);
	return { proposals: answered(proposals), sent: answered(sent), key: newKey() };
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const memberIds = form.getAll('member').map(String);
		if (memberIds.length === 0) return incomplete({ memberIds: m.pay_rem_choose() }, form);
		const answer = await locals.api.POST('/api/reminders', {
			params: { header: once(form) },
			body: { memberIds: memberIds.slice(0, 500) },
		});
		if (!answer.data) return refused(answer, form);
		const { sent, letters } = answer.data;
		const also = letters ? ` ${m.pay_rem_sent_letters({ count: letters })}` : '';
		setFlash(m.pay_rem_sent({ count: sent }) + also);
		redirect(303, '/vorstand/zahlungen/mahnungen');
	},
};
