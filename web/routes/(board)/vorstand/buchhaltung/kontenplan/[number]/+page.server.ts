// One account: its name, and what it is called at the tax adviser's.
import { error, redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText, text } from '#lib/server/form.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, parent }) => {
	await boardOnly(parent);
	const account = answered(await locals.api.GET('/api/ledger/chart')).find(({ number }) => number === params.number);
	if (!account) error(404, m.problem_missing());
	return { account };
};

export const actions: Actions = {
	name: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.PUT('/api/ledger/chart/{number}', {
			params: { path: { number: params.number } },
			body: { nameDe: text(form, 'nameDe'), nameEn: text(form, 'nameEn') },
		});
		if (!answer.data) return refusedIn('name', answer, form);
		setFlash(m.ledger_chart_saved());
		redirect(303, `/vorstand/buchhaltung/kontenplan/${params.number}`);
	},
	datev: async ({ request, locals, params }) => {
		const form = await request.formData();
		const chart = text(form, 'chart') === '03' ? ('03' as const) : ('04' as const);
		const datevAccount = optionalText(form, 'datevAccount');
		const taxKey = optionalText(form, 'taxKey');
		const answer = await locals.api.PUT('/api/ledger/chart/{number}/datev', {
			params: { path: { number: params.number } },
			body: { chart, ...(datevAccount ? { datevAccount } : {}), ...(datevAccount && taxKey ? { taxKey } : {}) },
		});
		if (!answer.data) return refusedIn(`datev-${chart}`, answer, form);
		setFlash(m.ledger_chart_saved());
		redirect(303, `/vorstand/buchhaltung/kontenplan/${params.number}`);
	},
};
