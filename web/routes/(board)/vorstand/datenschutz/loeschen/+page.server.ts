// The deletion run: previewed with counts and names, carried out after a second look, and the log of earlier ones.
import { redirect } from '@sveltejs/kit';
import { mayDo } from '#lib/board/may.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, refused } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

const here = '/vorstand/datenschutz/loeschen';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { session } = await parent();
	const [preview, runs] = await Promise.all([
		mayDo(session).decide ? locals.api.GET('/api/privacy/deletion') : undefined,
		locals.api.GET('/api/privacy/deletion-runs'),
	]);
	return { preview: preview && answered(preview), runs: answered(runs), key: newKey() };
};

export const actions: Actions = {
	execute: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/privacy/deletion-runs', {
			...{ params: { header: once(form) }, body: { hash: text(form, 'hash') } },
		});
		proveFirst(answer, here);
		if (!answer.data) return refused(answer, form);
		setFlash(m.privacy_executed({ count: answer.data.items }));
		redirect(303, `${here}/${answer.data.runId}`);
	},
};
