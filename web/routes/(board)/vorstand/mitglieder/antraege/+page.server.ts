// The admission desk: who wants to join, and several admitted by one resolution.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

const shown = ['waiting', 'ready', 'lacking', 'admitted', 'rejected'] as const;
const stateOf = {
	waiting: 'declared',
	ready: 'declared',
	lacking: 'declared',
	admitted: 'admitted',
	rejected: 'rejected',
} as const;

export const load: PageServerLoad = async ({ locals, url }) => {
	const show = shown.find((one) => one === url.searchParams.get('stand')) ?? 'waiting';
	const search = url.searchParams.get('q')?.slice(0, 100) ?? '';
	const query = {
		state: stateOf[show],
		...(show === 'ready' || show === 'lacking' ? { ready: show === 'ready' } : {}),
		...(search ? { search } : {}),
	};
	const applications = answered(await locals.api.GET('/api/applications', { params: { query } }));
	return { show, search, applications, today: today(), key: newKey() };
};

export const actions: Actions = {
	admit: async ({ request, locals }) => {
		const form = await request.formData();
		const applicationIds = form.getAll('application').map(String);
		if (applicationIds.length === 0) return incompleteIn('admit', { application: m.board_desk_choose() }, form);
		const answer = await locals.api.POST('/api/applications/admissions', {
			params: { header: once(form) },
			body: {
				applicationIds,
				resolution: { number: text(form, 'number'), on: text(form, 'on') },
				invite: form.has('invite'),
			},
		});
		if (!answer.data) return refusedIn('admit', answer, form);
		const numbers = answer.data.map(({ number }) => number).join(', ');
		setFlash(
			answer.data.length === 1
				? m.board_desk_admitted_one({ numbers })
				: m.board_desk_admitted({ count: answer.data.length, numbers }),
		);
		redirect(303, '/vorstand/mitglieder/antraege');
	},
};
