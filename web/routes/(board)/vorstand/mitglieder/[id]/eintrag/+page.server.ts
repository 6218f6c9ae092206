// A member's line in the list of members, with every event that made it; wrong entries are corrected here.
import { redirect } from '@sveltejs/kit';
import { dayIn, endOf, today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const now = today();
	const day = dayIn(url.searchParams.get('tag')) ?? now;
	const known = dayIn(url.searchParams.get('bekannt')) ?? now;
	const query = { day, knownAt: endOf(known) };
	const [answer, statute] = await Promise.all([
		locals.api.GET('/api/members/{id}/register-entry', { params: { path: { id: params.id }, query } }),
		locals.api.GET('/api/statute', { params: { query: {} } }),
	]);
	const wanted = url.searchParams.get('berichtigen');
	const line = answered(answer);
	const extraFields = answered(statute).terms.registerExtraFields;
	return {
		day,
		known,
		line,
		wrong: line.events.find(({ id }) => id === wanted),
		extraFields,
		today: now,
		key: newKey(),
	};
};

const here = (id: string) => `/vorstand/mitglieder/${id}/eintrag`;

export const actions: Actions = {
	correct: async ({ request, locals, params }) => {
		const form = await request.formData();
		const organisation = text(form, 'organisation');
		const familyName = text(form, 'familyName');
		const street = text(form, 'address.street');
		const answer = await locals.api.POST('/api/members/{id}/register-corrections', {
			params: { path: { id: params.id }, header: once(form) },
			body: {
				...{ eventId: text(form, 'eventId'), basis: text(form, 'basis') },
				...(text(form, 'how') === 'reverse'
					? {}
					: {
							replacement: {
								effectiveOn: text(form, 'effectiveOn'),
								...(organisation ? { name: { organisation } } : {}),
								...(familyName ? { name: { familyName, givenNames: text(form, 'givenNames') } } : {}),
								...(street
									? {
											address: {
												...{ street, postcode: text(form, 'address.postcode'), town: text(form, 'address.town') },
												country: text(form, 'address.country') || 'DE',
											},
										}
									: {}),
							},
						}),
			},
		});
		if (!answer.response.ok) return refusedIn('correct', answer, form);
		setFlash(m.register_corrected());
		redirect(303, here(params.id));
	},

	extra: async ({ request, locals, params }) => {
		const form = await request.formData();
		const extra = Object.fromEntries(
			[...form.keys()].filter((name) => name.startsWith('extra ')).map((name) => [name.slice(6), text(form, name)]),
		);
		const answer = await locals.api.POST('/api/members/{id}/register-fields', {
			params: { path: { id: params.id }, header: once(form) },
			body: { effectiveOn: text(form, 'effectiveOn'), basis: text(form, 'basis'), extra },
		});
		if (!answer.response.ok) return refusedIn('extra', answer, form);
		setFlash(m.register_extra_entered());
		redirect(303, here(params.id));
	},
};
