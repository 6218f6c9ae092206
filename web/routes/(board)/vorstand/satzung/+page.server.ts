// The statute's dated terms: in force on a day, what is proposed, what was before.
import { redirect } from '@sveltejs/kit';
import { dayIn, today } from '#lib/board/today.ts';
import { date, euros, number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { cents, text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const day = dayIn(url.searchParams.get('tag')) ?? today();
	const [statute, versions, proposals, reductions] = await Promise.all([
		locals.api.GET('/api/statute', { params: { query: { day } } }),
		locals.api.GET('/api/statute/versions'),
		locals.api.GET('/api/statute/proposals'),
		locals.api.GET('/api/statute/reductions'),
	]);
	const [latest] = answered(versions);
	const open = answered(proposals).find(({ state }) => state === 'open');
	// A new nominal value changes everybody's shares: whoever decides sees how.
	const split =
		open && latest && open.terms.nominalCents !== latest.terms.nominalCents
			? answered(await locals.api.GET('/api/statute/proposals/{id}/share-split', { params: { path: { id: open.id } } }))
			: null;
	return {
		...{ day, statute: answered(statute), versions: answered(versions), proposals: answered(proposals) },
		...{ split, reductions: answered(reductions), today: today(), key: newKey() },
	};
};

const here = '/vorstand/satzung';

export const actions: Actions = {
	approve: async ({ request, locals }) => {
		const form = await request.formData();
		const id = text(form, 'proposal');
		const answer = await locals.api.POST('/api/statute/proposals/{id}/approval', { params: { path: { id } } });
		proveFirst(answer, here);
		if (!answer.data) return refusedIn(`approve-${id}`, answer, form);
		setFlash(m.board_statute_approved({ version: answer.data.version }));
		redirect(303, here);
	},

	split: async ({ request, locals }) => {
		const form = await request.formData();
		const id = text(form, 'proposal');
		const answer = await locals.api.POST('/api/statute/proposals/{id}/share-split', {
			params: { path: { id }, header: once(form) },
		});
		proveFirst(answer, here);
		if (!answer.data) return refusedIn(`approve-${id}`, answer, form);
		const { version, members, sharesAfter } = answer.data;
		setFlash(m.board_split_done({ version, members, shares: number(sharesAfter) }));
		redirect(303, here);
	},

	announce: async ({ request, locals }) => {
		const form = await request.formData();
		const version = wholeNumber(form, 'version') ?? 0;
		const answer = await locals.api.POST('/api/statute/reductions/{version}/announcement', {
			params: { path: { version }, header: once(form) },
			body: { announcedOn: text(form, 'announcedOn') },
		});
		if (!answer.data) return refusedIn(`announce-${version}`, answer, form);
		setFlash(m.reduction_announced({ day: date(answer.data.creditorsUntil) }));
		redirect(303, here);
	},

	creditor: async ({ request, locals }) => {
		const form = await request.formData();
		const version = wholeNumber(form, 'version') ?? 0;
		const claimCents = cents(form, 'claim');
		if (claimCents === undefined || claimCents < 1)
			return incompleteIn(`creditor-${version}`, { claim: m.statute_no_amount() }, form);
		const answer = await locals.api.POST('/api/statute/reductions/{version}/creditors', {
			params: { path: { version }, header: once(form) },
			body: { creditor: text(form, 'creditor'), claimCents, reportedOn: text(form, 'reportedOn') },
		});
		if (!answer.data) return refusedIn(`creditor-${version}`, answer, form);
		setFlash(m.reduction_creditor_added());
		redirect(303, here);
	},

	answer: async ({ request, locals }) => {
		const form = await request.formData();
		const id = text(form, 'creditor');
		const answer = await locals.api.POST('/api/statute/reduction-creditors/{id}/answer', {
			params: { path: { id }, header: once(form) },
			body: {
				answer: text(form, 'answer') as 'secured' | 'satisfied' | 'unfounded',
				answerText: text(form, 'answerText'),
			},
		});
		if (!answer.data) return refusedIn(`answer-${id}`, answer, form);
		setFlash(m.reduction_creditor_answered());
		redirect(303, here);
	},

	effect: async ({ request, locals }) => {
		const form = await request.formData();
		const version = wholeNumber(form, 'version') ?? 0;
		const answer = await locals.api.POST('/api/statute/reductions/{version}/effect', {
			params: { path: { version }, header: once(form) },
		});
		proveFirst(answer, here);
		if (!answer.data) return refusedIn(`effect-${version}`, answer, form);
		setFlash(m.reduction_effected({ amount: euros(answer.data.repaidCents) }));
		redirect(303, here);
	},

	withdraw: async ({ request, locals }) => {
		const form = await request.formData();
		const id = text(form, 'proposal');
		const answer = await locals.api.POST('/api/statute/proposals/{id}/withdrawal', { params: { path: { id } } });
		if (!answer.response.ok) return refusedIn(`withdraw-${id}`, answer, form);
		setFlash(m.board_statute_withdrawn());
		redirect(303, here);
	},
};
