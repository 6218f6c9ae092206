// Changes a source. Its secrets are not shown; left empty they stay.
import { redirect } from '@sveltejs/kit';
import { readPoints } from '#lib/operator/server/files.ts';
import { refusedSource, sourceOf } from '#lib/operator/server/sourceForm.ts';
import { valuesOf } from '#lib/operator/sources.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params: { id } }) => {
	const [answer, points] = await Promise.all([
		locals.api.GET('/api/sources/{id}', { params: { path: { id } } }),
		readPoints(locals.api),
	]);
	const source = answered(answer);
	const { name, kind, hasSecret, settings } = source;
	return { id, name, kind, hasSecret, hostKey: settings.hostKey ?? null, values: valuesOf(source), points };
};

export const actions: Actions = {
	default: async ({ request, locals, params: { id } }) => {
		const form = await request.formData();
		const { kind, location } = answered(await locals.api.GET('/api/sources/{id}', { params: { path: { id } } }));
		const { body, failure } = sourceOf(kind, form);
		if (!body) return failure;
		const answer = await locals.api.PUT('/api/sources/{id}', {
			params: { path: { id } },
			body: {
				...body,
				...(kind === 'push' ? { deviceTokenId: location.replace('push:', '') } : {}),
				...(text(form, 'forgetHostKey') === 'yes' ? { forgetHostKey: true } : {}),
			},
		});
		if (!answer.data) return refusedSource(kind, answer, form);
		setFlash(m.readings_source_changed());
		redirect(303, `/betrieb/quellen/${id}`);
	},
};
