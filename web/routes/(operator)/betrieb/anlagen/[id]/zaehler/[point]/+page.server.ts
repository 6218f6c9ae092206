// The registers of a metering point: read, entered by hand with a photo, decided about.
import { error, redirect } from '@sveltejs/kit';
import { instantOf, wallClock } from '#lib/board/clock.ts';
import { typedWh } from '#lib/operator/registers.ts';
import { pointName } from '#lib/operator/words.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText, text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const [plant, registers] = await Promise.all([
		locals.api.GET('/api/plants/{id}', { params: { path: { id: params.id } } }),
		locals.api.GET('/api/metering-points/{id}/registers', { params: { path: { id: params.point } } }),
	]);
	const { id, name, meteringPoints } = answered(plant);
	const point = meteringPoints.find((one) => one.id === params.point);
	if (!point) error(404, m.problem_missing());
	return {
		plant: { id, name },
		point: { id: point.id, name: pointName(point) },
		...answered(registers),
		now: wallClock(new Date()),
		key: newKey(),
	};
};

const addressOf = ({ id, point }: { id: string; point: string }) => `/betrieb/anlagen/${id}/zaehler/${point}`;

export const actions: Actions = {
	/** Enters what a register shows; a photo goes first, so that a reading never stands without the one it names. */
	enter: async ({ request, locals, params }) => {
		const form = await request.formData();
		const path = { id: params.point };
		const wh = typedWh(text(form, 'amount'));
		const readAt = instantOf(text(form, 'readAt'));
		const fields = {
			...(wh === undefined ? { amount: m.registers_amount_needed() } : {}),
			...(readAt ? {} : { readAt: m.registers_moment_needed() }),
		};
		if (wh === undefined || !readAt) return incompleteIn('enter', fields, form);
		const photo = form.get('photo');
		let photoId: string | undefined;
		if (photo instanceof File && photo.size > 0) {
			const body = new FormData();
			body.set('photo', photo, 'photo');
			const kept = await locals.api.POST('/api/metering-points/{id}/photos', {
				params: { path },
				body: body as never,
				bodySerializer: (sent) => sent as unknown as FormData,
			});
			if (!kept.data) return refusedIn('enter', kept, form);
			photoId = kept.data.id;
		}
		const note = optionalText(form, 'note');
		const answer = await locals.api.POST('/api/metering-points/{id}/readings', {
			params: { path, header: once(form) },
			body: {
				...{ obis: text(form, 'obis'), wh, readAt },
				...(photoId ? { photoId } : {}),
				...(note ? { note } : {}),
			},
		});
		if (!answer.data) return refusedIn('enter', answer, form);
		setFlash(answer.data.step?.energyWh === null ? m.registers_entered_question() : m.registers_entered());
		redirect(303, addressOf(params));
	},

	/** Records the meter that stands here. */
	meter: async ({ request, locals, params }) => {
		const form = await request.formData();
		const installedAt = instantOf(`${text(form, 'installedOn')}T00:00`);
		const digits = wholeNumber(form, 'digits');
		const factor = Number(text(form, 'factor').replace(',', '.'));
		const serial = text(form, 'serial');
		const fields = {
			...(serial ? {} : { serial: m.registers_serial_needed() }),
			...(installedAt ? {} : { installedOn: m.registers_moment_needed() }),
			...(digits === undefined ? { digits: m.registers_digits_needed() } : {}),
			...(factor > 0 ? {} : { factor: m.registers_factor_needed() }),
		};
		if (Object.keys(fields).length || !installedAt || digits === undefined) return incompleteIn('meter', fields, form);
		const answer = await locals.api.POST('/api/metering-points/{id}/meters', {
			params: { path: { id: params.point }, header: once(form) },
			body: { installedAt, meter: { serial, digits, factor } },
		});
		if (!answer.data) return refusedIn('meter', answer, form);
		setFlash(m.registers_meter_recorded({ serial }));
		redirect(303, addressOf(params));
	},

	/** Says what happened between two readings. */
	decide: async ({ request, locals, params }) => {
		const form = await request.formData();
		const id = text(form, 'reading');
		const act = `decide ${id}`;
		const decision = text(form, 'decision');
		const resetToWh = typedWh(text(form, 'resetTo') || '0');
		const reason = text(form, 'reason');
		const isKnown = decision === 'rollover' || decision === 'reset' || decision === 'accept' || decision === 'ignore';
		const fields = {
			...(isKnown ? {} : { decision: m.registers_decision_needed() }),
			...(resetToWh === undefined ? { resetTo: m.registers_amount_needed() } : {}),
			...(reason.length < 3 ? { reason: m.readings_reason_needed() } : {}),
		};
		if (!isKnown || Object.keys(fields).length) return incompleteIn(act, fields, form);
		const answer = await locals.api.POST('/api/register-readings/{id}/decision', {
			params: { path: { id }, header: once(form) },
			body: { decision, reason, ...(decision === 'reset' && resetToWh !== undefined ? { resetToWh } : {}) },
		});
		if (!answer.data) return refusedIn(act, answer, form);
		setFlash(m.registers_decided());
		redirect(303, addressOf(params));
	},

	/** Takes a reading back that somebody entered by hand. */
	reverse: async ({ request, locals, params }) => {
		const form = await request.formData();
		const id = text(form, 'reading');
		const reason = text(form, 'reason');
		if (reason.length < 3) return incompleteIn(`reverse ${id}`, { reason: m.readings_reason_needed() }, form);
		const answer = await locals.api.POST('/api/register-readings/{id}/reversal', {
			params: { path: { id }, header: once(form) },
			body: { reason },
		});
		if (!answer.data) return refusedIn(`reverse ${id}`, answer, form);
		setFlash(m.registers_reversed());
		redirect(303, addressOf(params));
	},
};
