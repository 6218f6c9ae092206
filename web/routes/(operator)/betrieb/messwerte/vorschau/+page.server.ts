// The preview of uploaded files: what they hold and would change; here they are assigned, stored or discarded.
import { fail, redirect } from '@sveltejs/kit';
import { number } from '#lib/format.ts';
import { idsIn, readBatch } from '#lib/operator/server/batch.ts';
import { readCalendars } from '#lib/operator/server/calendars.ts';
import { reasonText } from '#lib/operator/server/reasons.ts';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { files, known, points } = await readBatch(locals.api, url.searchParams);
	return { files, known, points, calendars: await readCalendars(locals.api, files), key: newKey() };
};

/** The uploads a form names in a field, each once. */
function idsOf(form: FormData, name = 'datei'): number[] {
	return idsIn(new URLSearchParams(form.getAll(name).map((id) => ['datei', String(id)])));
}

/** This preview again, without some of its files. */
function addressWithout({ searchParams }: URL, ids: readonly number[] = []): string {
	const rest = new URLSearchParams(searchParams);
	// The form's action stands in the address too.
	for (const name of [...rest.keys()]) if (name.startsWith('/')) rest.delete(name);
	const named = rest.has('datei');
	for (const id of ids) rest.delete('datei', String(id));
	return named && !rest.has('datei') ? '/betrieb/messwerte/hochladen' : `/betrieb/messwerte/vorschau?${rest}`;
}

export const actions: Actions = {
	/** Says where the values of files go, which are then read again. */
	assign: async ({ request, locals, url }) => {
		const form = await request.formData();
		const ids = idsOf(form);
		const meteringPointId = text(form, 'meteringPointId');
		if (!meteringPointId) return incomplete({ meteringPointId: m.readings_assign_needed() }, form);
		if (ids.length === 0) return incomplete({ meteringPointId: m.readings_assign_file_needed() }, form);
		for (const id of ids) {
			const answer = await locals.api.PUT('/api/readings/uploads/{id}/assignment', {
				params: { path: { id } },
				body: { meteringPointId },
			});
			if (!answer.response.ok) return refused(answer, form);
		}
		redirect(303, addressWithout(url));
	},

	/** Stores the files one after the other; what is refused stays, and its reason is shown. */
	import: async ({ request, locals }) => {
		const form = await request.formData();
		const ids = idsOf(form);
		const { 'idempotency-key': key } = once(form);
		const reasons: Record<number, string> = {};
		const stored: number[] = [];
		for (const id of ids) {
			const answer = await locals.api.POST('/api/readings/uploads/{id}/import', {
				params: { path: { id }, header: { 'idempotency-key': `${key}.${id}` } },
				body: {},
			});
			if (answer.response.ok) stored.push(id);
			else if (answer.response.status === 401) return refused(answer, form);
			else {
				const { code = 'unknown', values = {} } = (answer.error ?? {}) as Partial<Parameters<typeof reasonText>[0]>;
				reasons[id] = reasonText({ code, values });
			}
		}
		if (Object.keys(reasons).length) {
			const words = { stored: number(stored.length), count: number(ids.length) };
			return fail(409, { reasons, sentence: m.readings_some_failed(words) });
		}
		for (const id of idsOf(form, 'nutzlos'))
			await locals.api.DELETE('/api/readings/uploads/{id}', { params: { path: { id } } });
		redirect(303, `/betrieb/messwerte/ergebnis?${new URLSearchParams(stored.map((id) => ['datei', String(id)]))}`);
	},

	/** Discards files that wait; nothing of them was stored. */
	discard: async ({ request, locals, url }) => {
		const form = await request.formData();
		const ids = idsOf(form);
		for (const id of ids) {
			const answer = await locals.api.DELETE('/api/readings/uploads/{id}', { params: { path: { id } } });
			if (!answer.response.ok) return refused(answer, form);
		}
		setFlash(ids.length === 1 ? m.readings_discarded_one() : m.readings_discarded_many({ count: number(ids.length) }));
		redirect(303, addressWithout(url, ids));
	},
};
