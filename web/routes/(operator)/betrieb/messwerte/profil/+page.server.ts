// Mapping profiles: a sample is looked into, its columns get their meaning, and the profile is kept for later files.
import { fail, redirect } from '@sveltejs/kit';
import { readPoints } from '#lib/operator/server/files.ts';
import { profileIn, sampleOf, type Trial } from '#lib/operator/server/profile.ts';
import { reasonText, warningTexts } from '#lib/operator/server/reasons.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText, text } from '#lib/server/form.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const plants = answered(await locals.api.GET('/api/plants'));
	return {
		profiles: answered(await locals.api.GET('/api/mapping-profiles')),
		points: await readPoints(locals.api),
		solar: plants
			.filter(({ kind, latitude, longitude }) => kind === 'solar' && latitude !== null && longitude !== null)
			.map(({ id, name }) => ({ id, name })),
	};
};

/** A trial with what is odd about it in sentences, and what was chosen beside the profile. */
function shown(trial: Trial, form: FormData) {
	const said = {
		name: text(form, 'name'),
		plantId: text(form, 'plantId'),
		day: text(form, 'day'),
		energy: text(form, 'energy'),
	};
	return {
		trial: { ...trial, refused: trial.refusal ? reasonText(trial.refusal) : null, notes: warningTexts(trial.findings) },
		said,
	};
}

export const actions: Actions = {
	look: async ({ request, locals }) => {
		const form = await request.formData();
		const sample = await sampleOf(form.get('file'));
		if (!sample) return incomplete({ file: m.profile_file_needed() }, form);
		const answer = await locals.api.POST('/api/mapping-profiles/try', { body: { sample } });
		return answer.data ? shown(answer.data, form) : refused(answer, form);
	},
	change: async ({ request, locals }) => {
		const form = await request.formData();
		const plantId = optionalText(form, 'plantId');
		const plant = answered(await locals.api.GET('/api/plants')).find(({ id }) => id === plantId);
		const { latitude = null, longitude = null } = plant ?? {};
		const [day, energy] = [optionalText(form, 'day'), Number(text(form, 'energy').replace(',', '.'))];
		const sample = text(form, 'sample');
		const answer = await locals.api.POST('/api/mapping-profiles/try', {
			body: {
				...{ sample, profile: profileIn(form) },
				...(latitude !== null && longitude !== null ? { place: { latitude, longitude } } : {}),
				...(day && energy > 0 ? { knownDay: { day, energyWh: Math.round(energy * 1000) } } : {}),
			},
		});
		if (answer.data) return shown(answer.data, form);
		// What was chosen must not be lost: the sample once more as it was, beside the reason.
		const before = await locals.api.POST('/api/mapping-profiles/try', { body: { sample } });
		const failure = refused(answer, form);
		return before.data ? fail(failure.status, { ...failure.data, ...shown(before.data, form) }) : failure;
	},
	save: async ({ request, locals }) => {
		const form = await request.formData();
		const [name, sample, profile] = [text(form, 'name'), text(form, 'sample'), profileIn(form)];
		const answer = await locals.api.POST('/api/mapping-profiles', { body: { name, sample, profile } });
		if (!answer.data) {
			const failure = refused(answer, form);
			const again = await locals.api.POST('/api/mapping-profiles/try', { body: { sample } });
			return again.data
				? fail(failure.status, { ...failure.data, ...shown({ ...again.data, profile }, form) })
				: failure;
		}
		setFlash(m.profile_saved({ name }));
		redirect(303, '/betrieb/messwerte/profil');
	},
	delete: async ({ request, locals }) => {
		const form = await request.formData();
		const params = { path: { id: text(form, 'id') } };
		const answer = await locals.api.DELETE('/api/mapping-profiles/{id}', { params });
		if (!answer.response.ok) return refused(answer, form);
		setFlash(m.profile_deleted());
		redirect(303, '/betrieb/messwerte/profil');
	},
};
