// One plant: its particulars, a year of days, its latest day.
import { dayAt, daysAfter, daysOf, runsOf } from '#lib/operator/days.ts';
import { qualityOfDay } from '#lib/operator/quality.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const today = dayAt();
	const thisYear = Number(today.slice(0, 4));
	const asked = Number(url.searchParams.get('jahr'));
	const year = Number.isInteger(asked) && asked >= 1990 && asked <= thisYear ? asked : thisYear;
	const path = { id: params.id };
	const days = (from: string, to: string) =>
		locals.api.GET('/api/plants/{id}/days', { params: { path, query: { from, to } } });
	const [plant, ofYear, recent, years] = await Promise.all([
		locals.api.GET('/api/plants/{id}', { params: { path } }),
		days(`${year}-01-01`, `${year}-12-31`),
		days(daysAfter(today, -60), today),
		locals.api.GET('/api/yields', {
			params: { query: { from: `${thisYear - 40}-01-01`, to: today, group: 'year', plantId: params.id } },
		}),
	]);
	const facts = answered(plant);
	const stored = answered(ofYear);
	const latest = answered(recent).at(-1)?.day ?? (year === thisYear ? undefined : stored.at(-1)?.day);
	const latestDay = latest
		? answered(await locals.api.GET('/api/plants/{id}/days/{day}', { params: { path: { ...path, day: latest } } }))
		: null;
	const firstYear = Number(answered(years)[0]?.period.slice(0, 4) ?? thisYear);
	const first = year > firstYear ? `${year}-01-01` : stored[0]?.day;
	const byDay = new Map(stored.map((day) => [day.day, day]));
	const yesterday = daysAfter(today, -1);
	const last = year === thisYear ? yesterday : `${year}-12-31`;
	const calendar = (first ? daysOf(first, last) : []).map((day) => {
		const known = byDay.get(day);
		return known
			? { date: day, wh: known.totalWh, quality: qualityOfDay(known.qualities), counts: known.qualities }
			: { date: day, wh: null, quality: 'missing' as const, counts: null };
	});
	const look = (isPicked: (day: (typeof calendar)[number]) => boolean) =>
		runsOf(calendar.filter(isPicked).map(({ date }) => date));
	const gaps = ({ wh, quality }: (typeof calendar)[number]) => wh !== null && quality === 'missing';
	return {
		plant: facts,
		year,
		years: Array.from({ length: thisYear - firstYear + 1 }, (_, index) => thisYear - index),
		today,
		calendar: calendar.map(({ date, wh, quality }) => ({ date, wh, quality })),
		totalWh: stored.reduce((sum, day) => sum + day.totalWh, 0),
		dayCount: stored.length,
		look: {
			missing: look((day) => day.wh === null),
			gaps: look(gaps),
			substitute: look((day) => day.quality === 'substitute'),
			estimated: look((day) => day.quality === 'estimated'),
			provisional: look((day) => day.quality === 'provisional'),
		},
		latestDay,
		now: new Date(),
	};
};
