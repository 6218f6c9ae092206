// The style guide is for those who build and run the portal.
import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { text } from '#lib/server/form.ts';
import { incomplete } from '#lib/server/problem.ts';
import { type Area, mayEnter } from '#lib/session.ts';
import { dev } from '$app/env';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ parent, url }) => {
	const { session } = await parent();
	if (!dev && !mayEnter(session.roles, 'board')) error(404, m.problem_missing());
	const wanted = url.searchParams.get('bereich');
	const area: Area = wanted === 'board' || wanted === 'operator' ? wanted : 'member';
	return { area };
};

export const actions: Actions = {
	/** Stores nothing: shows how a form answers. */
	default: async ({ request }) => {
		const form = await request.formData();
		if (!text(form, 'iban').startsWith('DE')) return incomplete({ iban: 'Eine deutsche IBAN beginnt mit DE.' }, form);
	},
};
