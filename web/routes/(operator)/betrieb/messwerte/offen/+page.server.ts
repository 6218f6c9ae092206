// Decisions about readings that wait for somebody, and where they are taken.
import { redirect } from '@sveltejs/kit';
import { readPoints } from '#lib/operator/server/files.ts';
import { readOpen } from '#lib/operator/server/open.ts';
import { daysWords } from '#lib/operator/words.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import type { Actions, PageServerLoad } from './$types';

const here = '/betrieb/messwerte/offen';

export const load: PageServerLoad = async ({ locals }) => {
	const [open, points] = await Promise.all([readOpen(locals.api), readPoints(locals.api)]);
	return { ...open, points, key: newKey() };
};

/** The number of an import or channel in a hidden field; one that is none is refused by the API. */
const idIn = (form: FormData, name: string): number => wholeNumber(form, name) ?? 0;

export const actions: Actions = {
	/** Says which metering point an unknown one is. */
	place: async ({ request, locals }) => {
		const form = await request.formData();
		const meteringPointId = text(form, 'meteringPointId');
		const meteringPoint = text(form, 'meteringPoint');
		if (!meteringPointId)
			return incompleteIn(`place ${meteringPoint}`, { meteringPointId: m.readings_assign_needed() }, form);
		const answer = await locals.api.POST('/api/readings/unplaced', {
			params: { header: once(form) },
			body: { meteringPoint, meteringPointId },
		});
		if (!answer.data) return refusedIn(`place ${meteringPoint}`, answer, form);
		setFlash(m.readings_placed({ point: meteringPoint, what: daysWords(answer.data) }));
		redirect(303, here);
	},

	/** Decides whether later values of worse quality count. */
	decide: async ({ request, locals }) => {
		const form = await request.formData();
		const [importId, channelId] = [idIn(form, 'importId'), idIn(form, 'channelId')];
		const reason = text(form, 'reason');
		const act = `decide ${importId} ${channelId}`;
		if (reason.length < 3) return incompleteIn(act, { reason: m.readings_reason_needed() }, form);
		const decision = text(form, 'decision') === 'accepted' ? 'accepted' : 'dismissed';
		const answer = await locals.api.POST('/api/readings/disputes', {
			params: { header: once(form) },
			body: { importId, channelId, decision, reason },
		});
		if (!answer.data) return refusedIn(act, answer, form);
		setFlash(decision === 'accepted' ? m.readings_dispute_accepted() : m.readings_dispute_dismissed());
		redirect(303, here);
	},
};
