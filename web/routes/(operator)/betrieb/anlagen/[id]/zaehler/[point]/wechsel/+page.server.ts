// Exchanges the meter of a metering point: the last reading of the old one, the first of the new one.
import { error, redirect } from '@sveltejs/kit';
import { instantOf, wallClock } from '#lib/board/clock.ts';
import { typedWh } from '#lib/operator/registers.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const path = { id: params.point };
	const { meters, plantName, plantId, registers } = answered(
		await locals.api.GET('/api/metering-points/{id}/registers', { params: { path } }),
	);
	const meter = meters.find(({ removedAt }) => removedAt === null);
	if (!meter || plantId !== params.id) error(404, m.problem_missing());
	const known = registers.map(({ obis }) => obis).filter((obis) => /\.8\.\d$/.test(obis));
	return { plantName, meter, obis: known.length ? known : ['1-1:2.8.0'], now: wallClock(new Date()), key: newKey() };
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const codes = form.getAll('obis').map(String);
		const amounts = codes.map((obis) => ({
			...{ obis, last: typedWh(text(form, `last ${obis}`)), first: typedWh(text(form, `first ${obis}`)) },
		}));
		const exchangedAt = instantOf(text(form, 'exchangedAt'));
		const serial = text(form, 'serial');
		const digits = wholeNumber(form, 'digits');
		const factor = Number(text(form, 'factor').replace(',', '.'));
		const fields: Record<string, string> = {
			...(exchangedAt ? {} : { exchangedAt: m.registers_moment_needed() }),
			...(serial ? {} : { serial: m.registers_serial_needed() }),
			...(digits === undefined ? { digits: m.registers_digits_needed() } : {}),
			...(factor > 0 ? {} : { factor: m.registers_factor_needed() }),
		};
		for (const { obis, last, first } of amounts) {
			if (last === undefined) fields[`last ${obis}`] = m.registers_amount_needed();
			if (first === undefined) fields[`first ${obis}`] = m.registers_amount_needed();
		}
		if (Object.keys(fields).length || !exchangedAt || digits === undefined) return incomplete(fields, form);
		const answer = await locals.api.POST('/api/metering-points/{id}/exchange', {
			params: { path: { id: params.point }, header: once(form) },
			body: {
				...{ exchangedAt, meter: { serial, digits, factor } },
				last: amounts.map(({ obis, last = 0 }) => ({ obis, wh: last })),
				first: amounts.map(({ obis, first = 0 }) => ({ obis, wh: first })),
			},
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.registers_exchanged({ serial }));
		redirect(303, `/betrieb/anlagen/${params.id}/zaehler/${params.point}`);
	},
};
