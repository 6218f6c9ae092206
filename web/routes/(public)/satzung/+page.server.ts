// The statute's terms in force on a day, in plain words, for everybody.
import { dayIn, today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import { setUpFirst } from '#lib/server/setUp.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent, url }) => {
	await setUpFirst(parent);
	const [now, asked] = [today(), dayIn(url.searchParams.get('tag'))];
	const [versions, about] = await Promise.all([
		locals.api.GET('/api/statute/versions'),
		locals.api.GET('/api/cooperative'),
	]);
	const founded = answered(versions).at(-1)?.validFrom ?? now;
	// A day before the founding has no statute: the first one is shown.
	const day = asked !== undefined && asked < founded ? founded : (asked ?? now);
	const statute = await locals.api.GET('/api/statute', { params: { query: { day } } });
	return {
		day,
		today: now,
		statute: answered(statute),
		versions: answered(versions),
		cooperative: answered(about).cooperative,
	};
};
