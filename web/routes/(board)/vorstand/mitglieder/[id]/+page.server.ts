// A member's file at a glance: particulars, the three numbers, what was paid, the account.
import { redirect } from '@sveltejs/kit';
import { dayIn, today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, parent, url }) => {
	const { member } = await parent();
	const path = { id: params.id };
	const day = dayIn(url.searchParams.get('tag')) ?? today();
	const [holding, timeline, open, notes, payments, changes, representatives, found] = await Promise.all([
		locals.api.GET('/api/members/{id}/shares', { params: { path, query: { day } } }),
		locals.api.GET('/api/members/{id}/timeline', { params: { path, query: { pageSize: 6 } } }),
		locals.api.GET('/api/members/{id}/open-points', { params: { path } }),
		locals.api.GET('/api/members/{id}/notes', { params: { path } }),
		locals.api.GET('/api/payments', { params: { query: { memberId: params.id, pageSize: 8 } } }),
		locals.api.GET('/api/members/{id}/account-changes', { params: { path } }),
		locals.api.GET('/api/members/{id}/representatives', { params: { path } }),
		member.email
			? locals.api.GET('/api/people', { params: { query: { search: member.email.slice(0, 100), role: 'member' } } })
			: undefined,
	]);
	const people = found ? answered(found).people : [];
	return {
		today: today(),
		holding: answered(holding),
		timeline: answered(timeline),
		open: answered(open),
		notes: answered(notes),
		payments: answered(payments),
		accountChanges: answered(changes),
		representatives: answered(representatives),
		account: people.find(({ memberId }) => memberId === member.id) ?? null,
	};
};

export const actions: Actions = {
	/** Shows the sealed particulars once, on this page; nothing of them is kept in the portal. */
	reveal: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/members/{id}/secrets', {
			params: { path: { id: params.id } },
			body: { purpose: text(form, 'purpose') },
		});
		if (!answer.data) return refusedIn('reveal', answer, form);
		return { revealed: answer.data };
	},

	invite: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/people/{id}/invitation', {
			params: { path: { id: text(form, 'person') } },
		});
		if (!answer.response.ok) return refusedIn('invite', answer, form);
		setFlash(m.board_member_invited());
		redirect(303, `/vorstand/mitglieder/${params.id}`);
	},

	note: async ({ request, locals, params }) => {
		const form = await request.formData();
		if (text(form, 'text') === '') return incompleteIn('note', { text: m.desk_notes_needed() }, form);
		const answer = await locals.api.POST('/api/members/{id}/notes', {
			params: { path: { id: params.id } },
			body: { text: text(form, 'text') },
		});
		if (!answer.response.ok) return refusedIn('note', answer, form);
		setFlash(m.desk_notes_added());
		redirect(303, `/vorstand/mitglieder/${params.id}`);
	},

	removeNote: async ({ request, locals, params }) => {
		const form = await request.formData();
		const path = { id: params.id, noteId: text(form, 'note') };
		const answer = await locals.api.DELETE('/api/members/{id}/notes/{noteId}', { params: { path } });
		if (!answer.response.ok) return refusedIn('removeNote', answer, form);
		setFlash(m.desk_notes_removed());
		redirect(303, `/vorstand/mitglieder/${params.id}`);
	},
};
