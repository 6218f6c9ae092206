// The dividend run of a year: its lines, and its release by a second person.
import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import type { Api } from '#lib/server/api.ts';
import { refusedIn } from '#lib/server/act.ts';
import { setFlash } from '#lib/server/flash.ts';
import { text } from '#lib/server/form.ts';
import { newKey, once } from '#lib/server/once.ts';
import { answered } from '#lib/server/problem.ts';
import { proveFirst } from '#lib/server/proof.ts';
import type { Actions, PageServerLoad } from './$types';

const pageSize = 50;
const chunk = 500;

async function linesAfter(api: Api, id: string, after: number, limit: number) {
	return answered(
		await api.GET('/api/dividend-runs/{id}/lines', { params: { path: { id }, query: { after, limit } } }),
	);
}

/** Every line whose name or number holds all words, read through to the end. */
async function linesFound(api: Api, id: string, search: string) {
	const words = search.toLocaleLowerCase('de').split(/\s+/);
	const found = [];
	for (let after = 0; ; ) {
		const part = await linesAfter(api, id, after, chunk);
		for (const line of part) {
			const text = `${line.memberNumber} ${line.name}`.toLocaleLowerCase('de');
			if (words.every((word) => text.includes(word))) found.push(line);
		}
		after = part.at(-1)?.memberNumber ?? 0;
		if (part.length < chunk) return found;
	}
}

export const load: PageServerLoad = async ({ locals, parent, url }) => {
	const { year } = await parent();
	if (!year.runId) error(404, m.problem_missing());
	const id = year.runId;
	const search = url.searchParams.get('q')?.trim().slice(0, 100) ?? '';
	const after = Math.max(0, Math.trunc(Number(url.searchParams.get('nach')) || 0));
	const run = answered(await locals.api.GET('/api/dividend-runs/{id}', { params: { path: { id } } }));
	const lines = search ? await linesFound(locals.api, id, search) : await linesAfter(locals.api, id, after, pageSize);
	const more = !search && lines.length === pageSize ? lines.at(-1)?.memberNumber : undefined;
	return { run, lines, search, after, more, key: newKey() };
};

const here = (year: string) => `/vorstand/dividende/${year}/lauf`;

export const actions: Actions = {
	release: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/dividend-runs/{id}/release', {
			params: { path: { id: text(form, 'run') }, header: once(form) },
			body: { contentHash: text(form, 'contentHash') },
		});
		proveFirst(answer, here(params.year));
		if (!answer.data) return refusedIn('release', answer, form);
		const { journalEntry, withoutIban, held } = answer.data;
		const without = withoutIban ? ` ${m.board_run_without_iban({ count: withoutIban })}` : '';
		const onHold = held ? ` ${m.bank_run_held({ count: held })}` : '';
		const said = m.board_run_released({ entry: journalEntry }) + without + onHold;
		setFlash(said, without || onHold ? 'warn' : 'good');
		redirect(303, `/vorstand/dividende/${params.year}`);
	},

	discard: async ({ request, locals, params }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/dividend-runs/{id}/discard', {
			params: { path: { id: text(form, 'run') }, header: once(form) },
		});
		if (!answer.response.ok) return refusedIn('discard', answer, form);
		setFlash(m.board_run_discarded());
		redirect(303, `/vorstand/dividende/${params.year}`);
	},

	remaining: async ({ request, locals }) => {
		const form = await request.formData();
		const answer = await locals.api.POST('/api/dividend-runs/{id}/payouts', {
			params: { path: { id: text(form, 'run') }, header: once(form) },
		});
		if (!answer.data) return refusedIn('remaining', answer, form);
		setFlash(m.board_run_remaining_done());
		redirect(303, `/vorstand/auszahlungen/${answer.data.payoutFileId}`);
	},
};
