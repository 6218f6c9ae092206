// One plant: a year of days, its months, one day in quarter-hours, and what it is.
import { dayIn, today } from '#lib/board/today.ts';
import { chosenYear, idIn } from '#lib/server/address.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals, url }) => {
	const id = idIn(params.id);
	const now = today();
	const thisYear = Number(now.slice(0, 4));
	const asked = dayIn(url.searchParams.get('tag'));
	const wanted = asked && asked <= now ? asked : undefined;
	const year = Math.min(chosenYear(url, Number((wanted ?? now).slice(0, 4))), thisYear);
	const period = { from: `${year}-01-01`, to: year === thisYear ? now : `${year}-12-31` };
	const path = { id };
	const [plant, days, months] = await Promise.all([
		locals.api.GET('/api/plants/{id}', { params: { path } }),
		locals.api.GET('/api/plants/{id}/days', { params: { path, query: period } }),
		locals.api.GET('/api/yields', { params: { query: { ...period, group: 'month', plantId: id } } }),
	]);
	const known = answered(days);
	const day = wanted ?? known.at(-1)?.day ?? period.to;
	const detail = await locals.api.GET('/api/plants/{id}/days/{day}', { params: { path: { id, day } } });
	return {
		today: now,
		year,
		day,
		plant: answered(plant),
		days: known,
		months: answered(months),
		detail: answered(detail),
	};
};
