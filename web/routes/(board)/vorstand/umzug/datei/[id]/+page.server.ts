// What the columns of one table mean; files of the same shape are read the same way from then on.
import { redirect } from '@sveltejs/kit';
import { fileKinds } from '#lib/board/moving/words.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const answer = await locals.api.GET('/api/moving/files/{id}', { params: { path: { id: params.id } } });
	return { file: answered(answer) };
};

export const actions: Actions = {
	kind: async ({ request, locals, params }) => {
		const form = await request.formData();
		const kind = fileKinds.find((one) => one === text(form, 'kind'));
		if (!kind) return incomplete({ kind: m.ui_choose() }, form);
		const answer = await locals.api.PUT('/api/moving/files/{id}', {
			params: { path: { id: params.id } },
			body: { kind },
		});
		if (!answer.data) return refused(answer, form);
		redirect(303, `/vorstand/umzug/datei/${params.id}`);
	},
	columns: async ({ request, locals, params }) => {
		const form = await request.formData();
		const path = { id: params.id };
		const file = answered(await locals.api.GET('/api/moving/files/{id}', { params: { path } }));
		const columns = file.headings.map(
			(_, i) => file.fields.find((field) => field === text(form, `column-${i}`)) ?? null,
		);
		const answer = await locals.api.PUT('/api/moving/files/{id}', {
			params: { path },
			body: { kind: file.kind, columns },
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.moving_columns_saved());
		redirect(303, '/vorstand/umzug');
	},
};
