// One source: how it is; here it is tried out, switched on and off.
import { error, redirect } from '@sveltejs/kit';
import { energy, number } from '#lib/format.ts';
import { isSleep } from '#lib/operator/server/findings.ts';
import { readPoints } from '#lib/operator/server/files.ts';
import { reasonText } from '#lib/operator/server/reasons.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const [sources, points] = await Promise.all([locals.api.GET('/api/sources'), readPoints(locals.api)]);
	const source = answered(sources).find(({ id }) => id === params.id);
	if (!source) error(404, m.problem_missing());
	const { lastProblem, ...facts } = source;
	return {
		now: new Date(),
		source: {
			...facts,
			problem: lastProblem ? reasonText(lastProblem) : null,
			isAsleep: lastProblem !== null && isSleep(lastProblem.code),
			point: points.find(({ id }) => id === facts.meteringPointId) ?? null,
		},
	};
};

export const actions: Actions = {
	/** Tries the source out; nothing is booked. What it answered is shown on the page. */
	test: async ({ locals, params }) => {
		const answer = await locals.api.POST('/api/sources/{id}/test', { params: { path: { id: params.id } } });
		if (!answer.data) return refused(answer);
		const { ok, asleep, values, files, problem } = answer.data;
		if (problem) return { test: { ok: false, sentence: reasonText(problem) } };
		const sentence = asleep
			? m.readings_source_test_asleep()
			: values[0]
				? m.readings_source_test_register({ energy: energy(values[0].amount) })
				: m.readings_source_test_folder({ files: number(files ?? 0) });
		return { test: { ok, sentence } };
	},

	/** Switches the source on or off. */
	switch: async ({ request, locals, params }) => {
		const form = await request.formData();
		const enabled = text(form, 'enabled') === 'yes';
		const answer = await locals.api.PUT('/api/sources/{id}/enabled', {
			params: { path: { id: params.id } },
			body: { enabled },
		});
		if (!answer.response.ok) return refused(answer, form);
		setFlash(enabled ? m.readings_source_switched_on() : m.readings_source_switched_off());
		redirect(303, `/betrieb/quellen/${params.id}`);
	},
};
