// Bank statements received so far, and what still waits.
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const [files, tasks] = await Promise.all([
		locals.api.GET('/api/bank-statements'),
		locals.api.GET('/api/payment-tasks'),
	]);
	return { files: answered(files), tasks: answered(tasks) };
};
