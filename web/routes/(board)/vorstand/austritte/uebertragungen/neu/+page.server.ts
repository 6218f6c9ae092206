// An agreement on paper between two members.
import { redirect } from '@sveltejs/kit';
import { memberByNumber } from '#lib/board/server/memberNumber.ts';
import { m } from '#lib/paraglide/messages.js';
import { incompleteIn, refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text, wholeNumber } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
	key: newKey(),
	applications: answered(await locals.api.GET('/api/applications')).map(({ id, name, sharesWanted }) => ({
		id,
		name,
		sharesWanted,
	})),
});

export const actions: Actions = {
	default: async ({ request, locals }) => {
		const form = await request.formData();
		const from = await memberByNumber(locals.api, wholeNumber(form, 'from') ?? 0);
		if (!from) return incompleteIn('record', { from: m.exits_number_unknown() }, form);
		const applicationId = text(form, 'applicationId');
		const to = applicationId ? undefined : await memberByNumber(locals.api, wholeNumber(form, 'to') ?? 0);
		if (!applicationId && !to) return incompleteIn('record', { to: m.exits_number_unknown() }, form);
		const shares = wholeNumber(form, 'shares');
		const takes = wholeNumber(form, 'takes');
		const answer = await locals.api.POST('/api/transfers', {
			params: { header: once(form) },
			body: {
				fromMemberId: from.id,
				...(to ? { toMemberId: to.id } : { applicationId }),
				...(shares === undefined ? { all: true as const } : { shares }),
				...(takes === undefined ? {} : { takes }),
			},
		});
		if (!answer.data) return refusedIn('record', answer, form);
		setFlash(m.transfers_recorded());
		redirect(303, `/vorstand/austritte/uebertragungen/${answer.data.transferId}`);
	},
};
