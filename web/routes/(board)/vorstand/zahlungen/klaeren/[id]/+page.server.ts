// One bank line: whose it is, how it is divided, or why nothing is to be booked.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { cents, optionalText, text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

/** As many parts as the form offers. */
const partCount = 4;

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const search = url.searchParams.get('q')?.trim().slice(0, 100) ?? '';
	const line = answered(await locals.api.GET('/api/bank-lines/{id}', { params: { path: { id: params.id } } }));
	const found = search
		? answered(await locals.api.GET('/api/members', { params: { query: { search, standing: 'all', pageSize: 8 } } }))
		: undefined;
	return { line, search, found: found?.members, partCount, key: newKey() };
};

function settled(): never {
	setFlash(m.pay_desk_done());
	redirect(303, '/vorstand/zahlungen/klaeren');
}

type Part =
	| { memberNumber: number; amountCents: number }
	| { account: string; amountCents: number }
	| { memberNumber: number; account: string; amountCents: number };

/** The parts that were filled in; amounts are typed without a sign and get the line's. */
function partsOf(form: FormData): Part[] {
	const sign = text(form, 'sign') === '-' ? -1 : 1;
	return Array.from({ length: partCount }, (_, i) => i).flatMap((i): Part[] => {
		const amount = cents(form, `part.${i}.amount`);
		if (!amount) return [];
		const amountCents = sign * amount;
		const memberNumber = wholeNumber(form, `part.${i}.member`);
		const account = optionalText(form, `part.${i}.account`);
		if (memberNumber && account && sign < 0) return [{ memberNumber, account, amountCents }];
		if (memberNumber) return [{ memberNumber, amountCents }];
		return account ? [{ account, amountCents }] : [];
	});
}

/** What becomes of money that was used since, if the desk was asked. */
function usedIn(form: FormData): 'refuse' | 'claim' | 'settlement' {
	const used = text(form, 'used');
	return used === 'claim' || used === 'settlement' ? used : 'refuse';
}

export const actions: Actions = {
	whole: async ({ request, locals, params }) => {
		const form = await request.formData();
		const account = optionalText(form, 'account');
		const whole = { memberNumber: Number(text(form, 'number')), amountCents: Number(text(form, 'amountCents')) };
		const parts: Part[] = [account ? { ...whole, account } : whole];
		const answer = await locals.api.POST('/api/bank-lines/{id}/booking', {
			params: { path: { id: params.id }, header: once(form) },
			body: { parts, text: '' },
		});
		if (!answer.response.ok) return refusedIn('whole', answer, form);
		return settled();
	},

	parts: async ({ request, locals, params }) => {
		const form = await request.formData();
		const parts = partsOf(form);
		if (parts.length === 0) return incompleteIn('parts', { parts: m.pay_desk_fill() }, form);
		const answer = await locals.api.POST('/api/bank-lines/{id}/booking', {
			params: { path: { id: params.id }, header: once(form) },
			body: { parts, text: text(form, 'text') },
		});
		if (!answer.response.ok) return refusedIn('parts', answer, form);
		return settled();
	},

	return: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/bank-lines/{id}/return', {
			params: { path: { id: params.id }, header: once(form) },
			body: { paymentId: text(form, 'paymentId'), used: usedIn(form) },
		});
		if (!answer.response.ok) return refusedIn('return', answer, form);
		return settled();
	},

	payout: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/bank-lines/{id}/payout', {
			params: { path: { id: params.id }, header: once(form) },
			body: { fileId: text(form, 'fileId') },
		});
		if (!answer.response.ok) return refusedIn('payout', answer, form);
		return settled();
	},

	note: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/bank-lines/{id}/note', {
			params: { path: { id: params.id }, header: once(form) },
			body: { reason: text(form, 'reason') },
		});
		if (!answer.response.ok) return refusedIn('note', answer, form);
		return settled();
	},

	reopen: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/bank-lines/{id}/reopening', {
			params: { path: { id: params.id }, header: once(form) },
			body: { reason: text(form, 'reason') },
		});
		if (!answer.response.ok) return refusedIn('reopen', answer, form);
		setFlash(m.pay_desk_reopened());
		redirect(303, `/vorstand/zahlungen/klaeren/${params.id}`);
	},
};
