// One entry of the books with its postings, and its reversal.
import { redirect } from '@sveltejs/kit';
import { today } from '#lib/board/today.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Api } from '#lib/server/api.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

const pageSize = 500;

/** Names of members by id, read in as few calls as possible. */
async function namesOf(api: Api, ids: ReadonlySet<string>): Promise<Record<string, string>> {
	const names: Record<string, string> = {};
	for (let page = 1; Object.keys(names).length < ids.size; page++) {
		const query = { standing: 'all' as const, page, pageSize };
		const { members } = answered(await api.GET('/api/members', { params: { query } }));
		for (const member of members) if (ids.has(member.id)) names[member.id] = `${member.name} (${member.number})`;
		if (members.length < pageSize) break;
	}
	return names;
}

export const load: PageServerLoad = async ({ locals, params }) => {
	const [answer, accounts] = await Promise.all([
		locals.api.GET('/api/ledger/entries/{number}', { params: { path: { number: Number(params.number) || 0 } } }),
		locals.api.GET('/api/ledger/accounts'),
	]);
	const entry = answered(answer);
	const ids = new Set(entry.postings.flatMap(({ memberId }) => memberId ?? []));
	return {
		entry,
		accounts: answered(accounts),
		names: ids.size ? await namesOf(locals.api, ids) : {},
		today: today(),
		key: newKey(),
	};
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/ledger/entries/{number}/reversal', {
			params: { path: { number: Number(params.number) || 0 }, header: once(form) },
			body: { bookedOn: text(form, 'bookedOn'), text: text(form, 'text') },
		});
		if (!answer.data) return refused(answer, form);
		setFlash(m.board_ledger_reversed_done({ number: answer.data.number }));
		redirect(303, `/vorstand/buchhaltung/journal/${answer.data.number}`);
	},
};
