// One declaration to join: what was declared, and the decision.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const application = answered(await locals.api.GET('/api/applications/{id}', { params: { path: { id: params.id } } }));
	return { application, today: today(), key: newKey() };
};

const resolutionOf = (form: FormData) => ({ number: text(form, 'number'), on: text(form, 'on') });

export const actions: Actions = {
	admit: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/applications/admissions', {
			params: { header: once(form) },
			body: { applicationIds: [params.id], resolution: resolutionOf(form), invite: form.has('invite') },
		});
		if (!answer.data) return refusedIn('admit', answer, form);
		const [admitted] = answer.data;
		setFlash(m.board_desk_admitted_one({ numbers: String(admitted?.number ?? '') }));
		redirect(303, admitted ? `/vorstand/mitglieder/${admitted.memberId}` : '/vorstand/mitglieder/antraege');
	},

	paper: async ({ request, locals, params }) => {
		const form = await request.formData();
		const [what, place] = text(form, 'paper').split('-');
		const paper =
			what === 'consent'
				? { what: 'consent' as const, place: Number(place) || 0 }
				: { what: what === 'authority' ? ('authority' as const) : ('declaration' as const) };
		const answer = await locals.api.POST('/api/applications/{id}/papers', {
			params: { path: { id: params.id } },
			body: { paper, receivedOn: text(form, 'receivedOn') },
		});
		if (!answer.response.ok) return refusedIn('paper', answer, form);
		setFlash(m.admission_paper_done());
		redirect(303, `/vorstand/mitglieder/antraege/${params.id}`);
	},

	approve: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/applications/{id}/approval', {
			params: { path: { id: params.id } },
			body: { resolution: resolutionOf(form) },
		});
		if (!answer.response.ok) return refusedIn('approve', answer, form);
		setFlash(m.admission_approval_done());
		redirect(303, `/vorstand/mitglieder/antraege/${params.id}`);
	},

	letter: async ({ locals, params }) => {
		const answer = await locals.api.POST('/api/applications/{id}/rejection-letter', {
			params: { path: { id: params.id } },
		});
		if (!answer.response.ok) return refusedIn('letter', answer);
		setFlash(m.admission_letter_done());
		redirect(303, '/vorstand/mitglieder/antraege');
	},

	reject: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/applications/{id}/rejection', {
			params: { path: { id: params.id } },
			body: { resolution: resolutionOf(form) },
		});
		if (!answer.response.ok) return refusedIn('reject', answer, form);
		setFlash(m.admission_rejected());
		redirect(303, '/vorstand/mitglieder/antraege');
	},
};
