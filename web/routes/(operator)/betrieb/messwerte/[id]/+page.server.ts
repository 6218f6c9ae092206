// One file with its report: who brought it, when, from where, what it held and what it changed.
import { error } from '@sveltejs/kit';
import { fileView, readPoints } from '#lib/operator/server/files.ts';
import { m } from '#lib/paraglide/messages.js';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	if (!/^[1-9]\d{0,8}$/.test(params.id)) error(404, m.problem_missing());
	const path = { id: Number(params.id) };
	const [file, points] = await Promise.all([
		locals.api.GET('/api/readings/imports/{id}', { params: { path } }),
		readPoints(locals.api),
	]);
	return { file: fileView(answered(file), points) };
};
