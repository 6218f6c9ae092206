// Records a live source: first its kind, then what is needed of it. A device that sends by itself gets its token here, shown this once.
import { redirect } from '@sveltejs/kit';
import { readPoints } from '#lib/operator/server/files.ts';
import { refusedSource, sourceOf } from '#lib/operator/server/sourceForm.ts';
import { kindNamed } from '#lib/operator/sources.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { newKey, once } from '#lib/server/once.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => ({
	...{ kind: kindNamed(url.searchParams.get('art')), points: await readPoints(locals.api), key: newKey() },
	origin: url.origin,
});

const tokenDays = 730;

export const actions: Actions = {
	default: async ({ request, locals, url }) => {
		const form = await request.formData();
		const kind = kindNamed(url.searchParams.get('art'));
		if (!kind) return incomplete({}, form);
		const { body, failure } = sourceOf(kind, form);
		if (!body) return failure;
		const { name } = body;
		if (kind === 'push') {
			const made = await locals.api.POST('/api/device-tokens', {
				body: { name, scopes: ['readings.push'], days: tokenDays },
			});
			proveFirst(made, `${url.pathname}?art=push`);
			if (!made.data) return refused(made, form);
			const { id: deviceTokenId, token, expiresAt } = made.data;
			const answer = await locals.api.POST('/api/sources', { body: { ...body, kind, deviceTokenId } });
			if (!answer.data) {
				await locals.api.DELETE('/api/device-tokens/{id}', { params: { path: { id: deviceTokenId } } });
				return refusedSource(kind, answer, form);
			}
			// The only answer that ever holds the token: it goes into this page and nowhere else.
			return { created: { id: answer.data.id, name, token, expiresAt, channel: body.channels?.[0]?.name ?? '' } };
		}
		const answer = await locals.api.POST('/api/sources', { headers: once(form), body: { ...body, kind } });
		if (!answer.data) return refusedSource(kind, answer, form);
		setFlash(m.readings_source_added({ name }));
		redirect(303, `/betrieb/quellen/${answer.data.id}`);
	},
};
