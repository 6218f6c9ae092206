// An entry by hand: what the product does not post by itself.
import { redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { cents, optionalText, text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	await boardOnly(parent);
	const lines = Math.min(40, Math.max(4, Math.trunc(Number(url.searchParams.get('zeilen'))) || 4));
	const accounts = answered(await locals.api.GET('/api/ledger/accounts')).filter(({ perMember }) => !perMember);
	return { accounts, lines, today: today(), key: newKey() };
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const fields: Record<string, string> = {};
		const postings: { account: string; cents: number }[] = [];
		for (let line = 1; form.has(`account-${line}`); line++) {
			const account = text(form, `account-${line}`);
			const amount = (side: 'debit' | 'credit') => {
				const name = `${side}-${line}`;
				if (text(form, name) === '') return 0;
				const value = cents(form, name);
				if (value === undefined || value < 0) fields[name] = m.board_amount_needed();
				return value ?? 0;
			};
			const [debit, credit] = [amount('debit'), amount('credit')];
			if (debit === 0 && credit === 0) continue;
			if (!account) fields[`account-${line}`] = m.board_ledger_account_missing();
			if (debit !== 0 && credit !== 0) fields[`credit-${line}`] = m.board_ledger_one_side();
			postings.push({ account, cents: debit - credit });
		}
		if (postings.length === 0) fields['debit-1'] ??= m.board_amount_needed();
		if (Object.keys(fields).length > 0) return incomplete(fields, form);
		const reference = optionalText(form, 'reference');
		const answer = await locals.api.POST('/api/ledger/entries', {
			params: { header: once(form) },
			body: {
				bookedOn: text(form, 'bookedOn'),
				text: text(form, 'text'),
				...(reference ? { reference } : {}),
				postings,
			},
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.board_ledger_posted({ number: answer.data.number }));
		redirect(303, `/vorstand/buchhaltung/journal/${answer.data.number}`);
	},
};
