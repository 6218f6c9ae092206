// The statute's terms in force, in plain words, for everybody.
import { answered } from '#lib/server/problem.ts';
import { setUpFirst } from '#lib/server/setUp.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	await setUpFirst(parent);
	const [statute, versions, about] = await Promise.all([
		locals.api.GET('/api/statute'),
		locals.api.GET('/api/statute/versions'),
		locals.api.GET('/api/cooperative'),
	]);
	return {
		statute: answered(statute),
		versions: answered(versions).map(({ version, validFrom, source }) => ({ version, validFrom, source })),
		cooperative: answered(about).cooperative,
	};
};
