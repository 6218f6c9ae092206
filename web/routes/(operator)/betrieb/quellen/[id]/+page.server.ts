// One source: how it is; here it is tried out, switched on and off, and its refused files are tried again.
import { redirect } from '@sveltejs/kit';
import { dateTime, number } from '#lib/format.ts';
import { isSleep } from '#lib/operator/server/findings.ts';
import { readPoints } from '#lib/operator/server/files.ts';
import { reasonText } from '#lib/operator/server/reasons.ts';
import { amountText } from '#lib/operator/sources.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params: { id } }) => {
	const [answer, points] = await Promise.all([
		locals.api.GET('/api/sources/{id}', { params: { path: { id } } }),
		readPoints(locals.api),
	]);
	const { lastProblem, files, ...source } = answered(answer);
	return {
		now: new Date(),
		files: files.map(({ problem, ...file }) => ({ ...file, problem: problem ? reasonText(problem) : null })),
		source: {
			...source,
			problem: lastProblem ? reasonText(lastProblem) : null,
			isAsleep: lastProblem !== null && isSleep(lastProblem.code),
			point: points.find(({ id: pointId }) => pointId === source.meteringPointId) ?? null,
		},
	};
};

export const actions: Actions = {
	/** Tries the source out; nothing is booked. What it answered is shown on the page. */
	test: async ({ locals, params: { id } }) => {
		const path = { params: { path: { id } } };
		const [answer, listed] = await Promise.all([
			locals.api.POST('/api/sources/{id}/test', path),
			locals.api.GET('/api/sources/{id}', path),
		]);
		if (!answer.data) return refused(answer);
		const { kind, channels } = answered(listed);
		const { ok, asleep, values, files, hostKey, problem } = answer.data;
		if (problem) return { test: { ok: false, sentences: [reasonText(problem)] } };
		const said = values.map(({ channel, at, amount }) =>
			m.readings_source_test_value({
				name: channel || m.readings_source_test_value_only(),
				amount: amountText(channels.find((one) => one.name === channel)?.meaning ?? 'register', amount),
				time: dateTime(at),
			}),
		);
		const sentences = asleep
			? [m.readings_source_test_asleep()]
			: files !== null
				? [
						kind === 'imap'
							? m.readings_source_test_mails({ mails: number(files) })
							: m.readings_source_test_folder({ files: number(files) }),
					]
				: said.length > 0
					? said
					: [kind === 'push' ? m.readings_source_test_push() : m.readings_source_test_silent()];
		if (hostKey) sentences.push(m.readings_source_test_key({ key: hostKey }));
		return { test: { ok, sentences } };
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

	/** Lets the next look bring the refused files again. */
	retry: async ({ locals, params }) => {
		const answer = await locals.api.POST('/api/sources/{id}/retry', { params: { path: { id: params.id } } });
		if (!answer.data) return refused(answer);
		setFlash(m.readings_source_retried({ files: number(answer.data.files) }));
		redirect(303, `/betrieb/quellen/${params.id}`);
	},
};
