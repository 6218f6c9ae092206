// Moving in: the files of the open move, what they would bring in, what stands in the way; and moves of the past.
import { redirect } from '@sveltejs/kit';
import { pageIn } from '#lib/board/pages.ts';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

const pageSize = 50;
const here = '/vorstand/umzug';

export const load: PageServerLoad = async ({ locals, url }) => {
	const movings = answered(await locals.api.GET('/api/moving'));
	const open = movings.find(({ state }) => state === 'open');
	const page = pageIn(url);
	const preview = open?.files.length
		? answered(
				await locals.api.GET('/api/moving/preview', { params: { query: { page, pageSize, language: getLocale() } } }),
			)
		: undefined;
	return {
		open,
		preview,
		past: movings.filter(({ state }) => state !== 'open'),
		...{ page, pages: Math.ceil((preview?.total ?? 0) / pageSize), today: today(), key: newKey() },
	};
};

export const actions: Actions = {
	add: async ({ request, locals }) => {
		const form = await request.formData();
		const files = form.getAll('file').filter((file): file is File => file instanceof File && file.size > 0);
		if (files.length === 0) return incompleteIn('add', { file: m.moving_file_needed() }, form);
		for (const file of files.slice(0, 10)) {
			const body = new FormData();
			body.set('file', file, file.name);
			const answer = await locals.api.POST('/api/moving/files', {
				body: body as never,
				bodySerializer: (sent) => sent as unknown as FormData,
			});
			if (!answer.data) return refusedIn('add', answer);
		}
		redirect(303, here);
	},
	remove: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.DELETE('/api/moving/files/{id}', { params: { path: { id: text(form, 'file') } } });
		if (!answer.data) return refusedIn('remove', answer, form);
		redirect(303, here);
	},
	day: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.PUT('/api/moving/balance-day', { body: { balanceOn: text(form, 'balanceOn') } });
		if (!answer.data) return refusedIn('day', answer, form);
		redirect(303, here);
	},
	commit: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/moving/commit', {
			params: { header: once(form) },
			body: { fingerprint: text(form, 'fingerprint') },
		});
		if (!answer.data) return refusedIn('commit', answer, form);
		setFlash(m.moving_done({ members: answer.data.counts.members }));
		redirect(303, here);
	},
	discard: async ({ locals }) => {
		const answer = await locals.api.POST('/api/moving/discard');
		if (!answer.data) return refusedIn('discard', answer);
		setFlash(m.moving_discarded());
		redirect(303, here);
	},
	undo: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/moving/{id}/undo', {
			params: { path: { id: text(form, 'moving') }, header: once(form) },
		});
		if (!answer.data) return refusedIn('undo', answer, form);
		setFlash(m.moving_undone());
		redirect(303, here);
	},
};
