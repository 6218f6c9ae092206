// A plant for everybody; staff see it before it is shown, and show it.
import { fail, redirect } from '@sveltejs/kit';
import { mayDo } from '#lib/operator/may.ts';
import { idIn } from '#lib/server/address.ts';
import { text } from '#lib/server/form.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals, parent, url }) => {
	const path = { id: idIn(params.id) };
	const [plant, about] = await Promise.all([
		locals.api.GET('/api/plants/{id}/public', { params: { path } }),
		locals.api.GET('/api/cooperative'),
	]);
	const { session } = await parent();
	return {
		plant: answered(plant),
		cooperative: answered(about).cooperative,
		mayPublish: mayDo(session).keep,
		address: `${url.origin}/anlagen/${path.id}`,
	};
};

export const actions: Actions = {
	/** Shows the plant to everybody, or no longer. */
	publish: async ({ params, request, locals }) => {
		const form = await request.formData();
		const id = idIn(params.id);
		const answer = await locals.api.POST('/api/plants/{id}/public', {
			params: { path: { id } },
			body: { isPublic: text(form, 'isPublic') === 'yes' },
		});
		if (!answer.data) {
			const { status, data } = refused(answer, form);
			return fail(status, data);
		}
		redirect(303, `/anlagen/${id}`);
	},
};
