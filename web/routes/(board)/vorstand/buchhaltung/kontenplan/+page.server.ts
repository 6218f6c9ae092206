// The chart of accounts, and adding to it.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

const kinds = ['asset', 'equity', 'liability', 'income', 'expense', 'memo'] as const;

export const load: PageServerLoad = async ({ locals }) => {
	const [chart, settings] = await Promise.all([
		locals.api.GET('/api/ledger/chart'),
		locals.api.GET('/api/ledger/datev/settings'),
	]);
	return { accounts: answered(chart), chart: answered(settings).settings?.chart ?? '04', kinds, key: newKey() };
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const kind = kinds.find((one) => one === text(form, 'kind'));
		if (!kind) return incomplete({ kind: m.ui_choose() }, form);
		const nameDe = text(form, 'nameDe');
		const answer = await locals.api.POST('/api/ledger/chart', {
			params: { header: once(form) },
			body: { number: text(form, 'number'), nameDe, nameEn: text(form, 'nameEn') || nameDe, kind },
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.ledger_chart_added({ number: answer.data.number }));
		redirect(303, '/vorstand/buchhaltung/kontenplan');
	},
};
