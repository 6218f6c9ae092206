// A loss: where it stands, how the assembly covers it, entered by two people.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { euros, number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { cents, text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	...answered(await locals.api.GET('/api/losses')),
	today: today(),
	key: newKey(),
});

const here = '/vorstand/buchhaltung/verlust';
const amounts = ['fromLegalReserveCents', 'fromOtherReservesCents', 'fromBalancesCents'] as const;

export const actions: Actions = {
	propose: async ({ request, locals }) => {
		const form = await request.formData();
		const read = amounts.map((name) => [name, cents(form, name)] as const);
		const wrong = read.filter(([, value]) => value === undefined || value < 0);
		const year = wholeNumber(form, 'year');
		const fields: Record<string, string> = {
			...Object.fromEntries(wrong.map(([name]) => [name, m.statute_no_amount()])),
			...(year === undefined ? { year: m.statute_no_number() } : {}),
		};
		if (Object.keys(fields).length > 0 || year === undefined) return incompleteIn('propose', fields, form);
		const [fromLegalReserveCents = 0, fromOtherReservesCents = 0, fromBalancesCents = 0] = read.map(
			([, value]) => value,
		);
		const answer = await locals.api.POST('/api/losses', {
			params: { header: once(form) },
			body: {
				...{ year, resolvedOn: text(form, 'resolvedOn'), resolution: text(form, 'resolution') },
				...{ fromLegalReserveCents, fromOtherReservesCents, fromBalancesCents },
			},
		});
		if (!answer.data) return refusedIn('propose', answer, form);
		setFlash(m.loss_proposed());
		redirect(303, here);
	},

	enter: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/losses/{id}/entry', {
			params: { path: { id: text(form, 'loss') }, header: once(form) },
		});
		proveFirst(answer, here);
		if (!answer.data) return refusedIn('enter', answer, form);
		const { members, fromBalancesCents, entry } = answer.data;
		setFlash(m.loss_entered({ members: number(members), amount: euros(fromBalancesCents), entry: number(entry) }));
		redirect(303, here);
	},

	withdraw: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/losses/{id}/withdrawal', {
			params: { path: { id: text(form, 'loss') }, header: once(form) },
		});
		if (!answer.response.ok) return refusedIn('withdraw', answer, form);
		setFlash(m.loss_withdrawn());
		redirect(303, here);
	},
};
