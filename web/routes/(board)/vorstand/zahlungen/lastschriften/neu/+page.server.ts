// Preparing a collection: the day, then who and how much; a file is made, a second person releases it.
import { redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { dayIn } from '#lib/board/today.ts';
import { euros } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { describeProblem, incomplete, refused } from '#lib/server/problem.ts';
import { today } from '#lib/board/today.ts';
import type { Actions, PageServerLoad } from './$types';

const dayMs = 86_400_000;
const later = (day: string, days: number) => new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	await boardOnly(parent);
	const chosen = dayIn(url.searchParams.get('tag'));
	// Two weeks to announce, some days to release: the first working day after that.
	const ask = (collectionOn: string) =>
		locals.api.GET('/api/debit-files/preview', { params: { query: { collectionOn } } });
	let answer = await ask(chosen ?? later(today(), 17));
	const next = (answer.error as { values?: { next?: string } } | undefined)?.values?.next;
	if (!chosen && next) answer = await ask(next);
	const problem = answer.data ? undefined : describeProblem(answer.error, answer.response.status);
	return {
		day: answer.data?.collectionOn ?? chosen ?? next ?? '',
		preview: answer.data,
		problem,
		today: today(),
		key: newKey(),
	};
};

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const memberIds = form.getAll('member').map(String);
		if (memberIds.length === 0) return incomplete({ memberIds: m.refusal_payments_nothing_to_collect() }, form);
		const answer = await locals.api.POST('/api/debit-files', {
			params: { header: once(form) },
			body: { memberIds, subject: text(form, 'subject'), collectionOn: text(form, 'collectionOn') },
		});
		if (!answer.data) return refused(answer, form);
		const { itemCount, sumCents, fileId } = answer.data;
		setFlash(m.pay_debits_made({ count: itemCount, sum: euros(sumCents) }));
		redirect(303, `/vorstand/zahlungen/lastschriften/${fileId}`);
	},
};
