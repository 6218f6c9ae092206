// Whether the books hold together, and closing days for good.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { date } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const [report, accounts, reconciled] = await Promise.all([
		locals.api.GET('/api/ledger/verification'),
		locals.api.GET('/api/ledger/accounts'),
		locals.api.GET('/api/reconciliation'),
	]);
	return {
		report: answered(report),
		accounts: answered(accounts),
		reconciled: answered(reconciled),
		today: today(),
		checkedAt: new Date().toISOString(),
		key: newKey(),
	};
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/ledger/locks', {
			params: { header: once(form) },
			body: { through: text(form, 'through') },
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.board_ledger_locked({ day: date(answer.data.lockedThrough) }));
		redirect(303, '/vorstand/buchhaltung/abschluss');
	},
};
