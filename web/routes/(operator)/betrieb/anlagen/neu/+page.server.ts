// Records a new plant.
import { redirect } from '@sveltejs/kit';
import { number } from '#lib/format.ts';
import { thousandths } from '#lib/operator/server/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText, text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () => ({ key: newKey() });

/** The twelve monthly expectations in watt-hours; undefined if none is given, the sentence for the field if they are not whole. */
function expectation(form: FormData): { wh?: number[]; error?: string } {
	const names = Array.from({ length: 12 }, (_, index) => `month${index + 1}`);
	const given = names.filter((name) => text(form, name) !== '');
	if (given.length === 0) return {};
	const wh = names.map((name) => thousandths(form, name));
	if (given.length < 12) return { error: m.plants_expectation_incomplete() };
	const whole = wh.filter((month) => month !== undefined);
	return whole.length === 12 ? { wh: whole } : { error: m.plants_number_needed({ example: number(1250) }) };
}

/** A coordinate in degrees; undefined if the field is empty or no number. */
function degrees(form: FormData, name: string): number | undefined {
	const typed = text(form, name).replace(',', '.');
	return /^-?\d{1,3}(?:\.\d{1,8})?$/.test(typed) ? Number(typed) : undefined;
}

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const name = text(form, 'name');
		const kind = text(form, 'kind');
		const capacityW = thousandths(form, 'capacityW');
		const mastrNumber = optionalText(form, 'mastrNumber');
		const street = optionalText(form, 'street');
		const [latitude, longitude] = [degrees(form, 'latitude'), degrees(form, 'longitude')];
		const expected = expectation(form);
		const fields: Record<string, string> = {};
		for (const needed of ['name', 'kind', 'postcode', 'town', 'commissionedOn'])
			if (!text(form, needed)) fields[needed] = m.plants_needed();
		if (!capacityW) fields.capacityW = m.plants_number_needed({ example: number(98.28, 2) });
		if (text(form, 'latitude') && latitude === undefined)
			fields.latitude = m.plants_number_needed({ example: number(50.7634, 4) });
		if (text(form, 'longitude') && longitude === undefined)
			fields.longitude = m.plants_number_needed({ example: number(9.6127, 4) });
		if (expected.error) fields.expectedMonthlyWh = expected.error;
		if (Object.keys(fields).length || !capacityW || (kind !== 'wind' && kind !== 'solar'))
			return incomplete(fields, form);
		const answer = await locals.api.POST('/api/plants', {
			headers: once(form),
			body: {
				...{ name, kind, capacityW, postcode: text(form, 'postcode'), town: text(form, 'town') },
				commissionedOn: text(form, 'commissionedOn'),
				...(mastrNumber ? { mastrNumber } : {}),
				...(street ? { street } : {}),
				...(latitude === undefined ? {} : { latitude }),
				...(longitude === undefined ? {} : { longitude }),
				...(expected.wh ? { expectedMonthlyWh: expected.wh } : {}),
			},
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.plants_added({ name }));
		redirect(303, `/betrieb/anlagen/${answer.data.id}`);
	},
};
