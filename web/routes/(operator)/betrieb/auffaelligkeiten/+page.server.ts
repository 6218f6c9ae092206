// Everything about the plants that needs a look: what the values show, and what people have said of it.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { number } from '#lib/format.ts';
import { readFindings } from '#lib/operator/server/findings.ts';
import { readPlantStates } from '#lib/operator/server/state.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { chosenYear } from '#lib/server/address.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { FindingRun } from '#lib/yields/checks.ts';
import type { Actions, PageServerLoad } from './$types';

const states = { offen: 'open', gesehen: 'seen', erklaert: 'explained' } as const;

export const load: PageServerLoad = async ({ locals, url }) => {
	const now = new Date();
	const asked = url.searchParams.get('stand');
	const state = asked === 'gesehen' || asked === 'erklaert' ? states[asked] : 'open';
	const thisYear = Number(today().slice(0, 4));
	const year = Math.min(chosenYear(url, thisYear), thisYear);
	const [plants, checks] = await Promise.all([
		readPlantStates(locals.api, now),
		locals.api.GET('/api/findings', { params: { query: { state } } }),
	]);
	const runs = answered(checks);
	const wanted = url.searchParams.get('anlage');
	const plant = plants.find(({ id }) => id === wanted) ?? plants.find(({ id }) => id === runs[0]?.plantId) ?? plants[0];
	const [findings, calendar] = await Promise.all([
		readFindings(locals.api, plants, now),
		plant
			? locals.api.GET('/api/plants/{id}/findings', { params: { path: { id: plant.id }, query: { year } } })
			: undefined,
	]);
	return {
		...{ findings, state, runs, year, thisYear, key: newKey() },
		plants: plants.map(({ id, name }) => ({ id, name })),
		plant: plant ? { id: plant.id, name: plant.name } : null,
		channels: calendar ? answered(calendar) : [],
	};
};

export const actions: Actions = {
	/** Says of a finding that it was seen, what explains it, or that it is open again. */
	judge: async ({ request, locals, url }) => {
		const form = await request.formData();
		const channelId = wholeNumber(form, 'channelId') ?? 0;
		const kind = text(form, 'kind') as FindingRun['kind'];
		const [from, to, note] = [text(form, 'from'), text(form, 'to'), text(form, 'note')];
		const act = `${channelId} ${kind} ${from}`;
		const state = Object.values(states).find((one) => one === text(form, 'state')) ?? 'seen';
		if (state === 'explained' && !note) return incompleteIn(act, { note: m.yields_check_note_needed() }, form);
		const answer = await locals.api.POST('/api/findings', {
			params: { header: once(form) },
			body: { channelId, kind, from, to, state, ...(note ? { note } : {}) },
		});
		if (!answer.data) return refusedIn(act, answer, form);
		const { days } = answer.data;
		setFlash(days === 1 ? m.yields_check_done_one() : m.yields_check_done({ days: number(days) }));
		const stand = url.searchParams.get('stand');
		redirect(303, `/betrieb/auffaelligkeiten${stand ? `?stand=${encodeURIComponent(stand)}` : ''}#pruefung`);
	},
};
