// The calendar of duties: what is due, whose it is, who did it; and events only the board knows.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText, text } from '#lib/server/form.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const [duties, people] = await Promise.all([
		locals.api.GET('/api/duties'),
		locals.api.GET('/api/people', { params: { query: { limit: 200 } } }),
	]);
	const staff = answered(people).people.filter(({ roles }) =>
		roles.some((role) => ['board', 'supervisory', 'operator'].includes(role)),
	);
	return { duties: answered(duties), people: staff.map(({ id, name }) => ({ value: id, label: name })) };
};

const here = '/vorstand/berichte/termine';

export const actions: Actions = {
	mark: async ({ request, locals }) => {
		const form = await request.formData();
		const [occurrence, done] = [text(form, 'occurrence'), text(form, 'done') === 'yes'];
		const remark = optionalText(form, 'remark');
		const answer = await locals.api.POST('/api/duties/marks', {
			body: { occurrence, done, ...(remark ? { remark } : {}) },
		});
		if (!answer.response.ok) return refusedIn(`mark-${occurrence}`, answer, form);
		setFlash(done ? m.duties_marked() : m.duties_reopened());
		redirect(303, here);
	},

	assign: async ({ request, locals }) => {
		const form = await request.formData();
		const occurrence = text(form, 'occurrence');
		const answer = await locals.api.POST('/api/duties/assignments', {
			body: { occurrence, personId: optionalText(form, 'person') ?? null },
		});
		if (!answer.response.ok) return refusedIn(`mark-${occurrence}`, answer, form);
		setFlash(m.duties_assigned());
		redirect(303, here);
	},

	event: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/duties/events', {
			body: { duty: text(form, 'duty') as 'C-14', on: text(form, 'on'), label: text(form, 'label') },
		});
		if (!answer.response.ok) return refusedIn('event', answer, form);
		setFlash(m.duties_event_saved());
		redirect(303, here);
	},

	remove: async ({ request, locals }) => {
		const form = await request.formData();
		const id = text(form, 'event');
		const answer = await locals.api.DELETE('/api/duties/events/{id}', { params: { path: { id } } });
		if (!answer.response.ok) return refusedIn('event', answer, form);
		setFlash(m.duties_event_removed());
		redirect(303, here);
	},
};
