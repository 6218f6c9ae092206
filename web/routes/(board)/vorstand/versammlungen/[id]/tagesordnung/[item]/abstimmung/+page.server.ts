// Preparing a ballot on an item of the agenda.
import { error, redirect } from '@sveltejs/kit';
import { boardOnly } from '#lib/board/server/guard.ts';
import { barringSubjects } from '#lib/board/assemblies.ts';
import { instantOf, wallClock } from '#lib/board/clock.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Api } from '#lib/server/api.ts';
import { setFlash } from '#lib/server/flash.ts';
import { optionalText, text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, incomplete, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

const hours = (at: string, count: number) => new Date(Date.parse(at) + count * 3_600_000);

export const load: PageServerLoad = async ({ locals, params, parent }) => {
	await boardOnly(parent);
	const assembly = answered(await locals.api.GET('/api/assemblies/{id}', { params: { path: { id: params.id } } }));
	const item = assembly.agenda.find(({ id }) => id === params.item);
	if (!item) error(404, m.problem_missing());
	const proposal = item.proposalId
		? answered(await locals.api.GET('/api/dividend-proposals/{id}', { params: { path: { id: item.proposalId } } }))
		: null;
	return {
		assembly,
		item,
		proposal,
		bars: item.subject !== null && barringSubjects.includes(item.subject),
		opensAt: wallClock(assembly.startsAt),
		closesAt: wallClock(hours(assembly.startsAt, 2)),
		key: newKey(),
	};
};

/** Ids of the members with these numbers; a number nobody has is left out. */
async function membersNumbered(api: Api, numbers: readonly number[]): Promise<Map<number, string>> {
	const found = new Map<number, string>();
	for (const number of numbers) {
		const query = { search: String(number), standing: 'all' as const, order: 'number' as const, pageSize: 500 };
		const { members } = answered(await api.GET('/api/members', { params: { query } }));
		const member = members.find((one) => one.number === number);
		if (member) found.set(number, member.id);
	}
	return found;
}

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const opensAt = instantOf(text(form, 'opensAt'));
		const closesAt = instantOf(text(form, 'closesAt'));
		const numbers = [
			...new Set(
				text(form, 'barred')
					.split(/[\s,;]+/)
					.filter(Boolean)
					.map(Number),
			),
		];
		const members = await membersNumbered(
			locals.api,
			numbers.filter((one) => Number.isSafeInteger(one) && one > 0).slice(0, 50),
		);
		const unknown = numbers.filter((one) => !members.has(one));
		const missing = {
			...(opensAt ? {} : { opensAt: m.board_ballot_time_needed() }),
			...(closesAt ? {} : { closesAt: m.board_ballot_time_needed() }),
			...(unknown.length ? { barred: m.board_ballot_barred_unknown({ numbers: unknown.join(', ') }) } : {}),
		};
		if (!opensAt || !closesAt || unknown.length) return incomplete(missing, form);
		const payoutOn = optionalText(form, 'payoutOn');
		const answer = await locals.api.POST('/api/agenda-items/{id}/ballots', {
			params: { path: { id: params.item }, header: once(form) },
			body: {
				question: text(form, 'question'),
				text: text(form, 'text'),
				opensAt,
				closesAt,
				...(payoutOn ? { payoutOn } : {}),
				...(members.size ? { barredMemberIds: [...members.values()] } : {}),
			},
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.board_ballot_prepared_done());
		redirect(303, `/vorstand/abstimmungen/${answer.data.id}`);
	},
};
