// Handing the books to the tax adviser: what a period would give, the file, earlier files, the adviser's numbers.
import { redirect } from '@sveltejs/kit';
import { dayIn, today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, describeProblem } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

const here = '/vorstand/buchhaltung/datev';

export const load: PageServerLoad = async ({ locals, url }) => {
	const now = today();
	const from = dayIn(url.searchParams.get('von')) ?? `${now.slice(0, 4)}-01-01`;
	const to = dayIn(url.searchParams.get('bis')) ?? now;
	const onlyNew = url.searchParams.get('nur') === 'neue';
	const [settings, files] = await Promise.all([
		locals.api.GET('/api/ledger/datev/settings'),
		locals.api.GET('/api/ledger/datev/exports'),
	]);
	const known = answered(settings).settings;
	const answer = known
		? await locals.api.GET('/api/ledger/datev/preview', { params: { query: { from, to, onlyNew } } })
		: undefined;
	return {
		...{ from, to, onlyNew, today: now, key: newKey(), settings: known, files: answered(files) },
		preview: answer?.data,
		// A period that cannot be is said on the page, not instead of it.
		problem: answer && !answer.data ? describeProblem(answer.error, answer.response.status).sentence : undefined,
	};
};

export const actions: Actions = {
	make: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/ledger/datev/exports', {
			params: { header: once(form) },
			body: { from: text(form, 'from'), to: text(form, 'to'), onlyNew: text(form, 'onlyNew') === 'true' },
		});
		if (!answer.data) return refusedIn('make', answer, form);
		setFlash(m.ledger_datev_done({ name: answer.data.fileName }));
		redirect(303, here);
	},
	settings: async ({ request, locals }) => {
		const form = await request.formData();
		const consultant = wholeNumber(form, 'consultant');
		const client = wholeNumber(form, 'client');
		if (consultant === undefined || client === undefined) {
			const fields = {
				...(consultant === undefined ? { consultant: m.ledger_datev_number_needed() } : {}),
				...(client === undefined ? { client: m.ledger_datev_number_needed() } : {}),
			};
			return incompleteIn('settings', fields, form);
		}
		const answer = await locals.api.PUT('/api/ledger/datev/settings', {
			body: {
				...{ consultant, client, chart: text(form, 'chart') === '03' ? ('03' as const) : ('04' as const) },
				...{ accountLength: wholeNumber(form, 'accountLength') ?? 4, clearingAccount: text(form, 'clearingAccount') },
			},
		});
		if (!answer.data) return refusedIn('settings', answer, form);
		setFlash(m.ledger_datev_settings_saved());
		redirect(303, here);
	},
};
