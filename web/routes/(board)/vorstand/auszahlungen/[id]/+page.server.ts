// One transfer file: released by a second person, executed by the bank, or taken back.
import { redirect } from '@sveltejs/kit';
import { pageIn } from '#lib/board/pages.ts';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

const pageSize = 50;

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const page = pageIn(url);
	const answer = await locals.api.GET('/api/payout-files/{id}', {
		params: { path: { id: params.id }, query: { page, pageSize } },
	});
	const file = answered(answer);
	return { file, page, pages: Math.ceil(file.itemCount / pageSize), today: today(), key: newKey() };
};

const here = (id: string) => `/vorstand/auszahlungen/${id}`;

export const actions: Actions = {
	release: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/payout-files/{id}/release', {
			params: { path: { id: params.id }, header: once(form) },
			body: { sha256: text(form, 'sha256') },
		});
		proveFirst(answer, here(params.id));
		if (!answer.response.ok) return refusedIn('release', answer, form);
		setFlash(m.board_payout_release_done());
		redirect(303, here(params.id));
	},

	execute: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/payout-files/{id}/execution', {
			params: { path: { id: params.id }, header: once(form) },
			body: { executedOn: text(form, 'executedOn') },
		});
		if (!answer.data) return refusedIn('execute', answer, form);
		setFlash(m.board_payout_execute_done({ entry: answer.data.entry }));
		redirect(303, here(params.id));
	},

	rest: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/payout-files/{id}/rest', {
			params: { path: { id: params.id }, header: once(form) },
			body: { reason: text(form, 'reason') },
		});
		if (!answer.data) return refusedIn('rest', answer, form);
		setFlash(m.pay_file_rest_done({ count: answer.data.dropped }));
		redirect(303, here(params.id));
	},

	void: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/payout-files/{id}/void', {
			params: { path: { id: params.id }, header: once(form) },
			body: { reason: text(form, 'reason') },
		});
		if (!answer.response.ok) return refusedIn('void', answer, form);
		setFlash(m.board_payout_void_done());
		redirect(303, here(params.id));
	},
};
