// The demo's mails: what the program would have sent. Elsewhere this page does not exist.
import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent, url }) => {
	if (!(await parent()).session.demo) error(404, m.problem_missing());
	const mails = answered(await locals.api.GET('/api/mails'));
	const search = (url.searchParams.get('q') ?? '').trim();
	const wanted = search.toLowerCase();
	const found = mails.filter((mail) => `${mail.to}\n${mail.subject}`.toLowerCase().includes(wanted));
	return { mails: found, search, all: mails.length };
};
