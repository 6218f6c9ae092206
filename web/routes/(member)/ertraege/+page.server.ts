// What a member's shares produced: by month and year, and the plants behind it.
import { today } from '#lib/board/today.ts';
import { chosenYear } from '#lib/server/address.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const now = today();
	const thisYear = Number(now.slice(0, 4));
	const year = Math.min(chosenYear(url, thisYear), thisYear);
	const span = { from: `${year}-01-01`, to: year === thisYear ? now : `${year}-12-31` };
	// The last day with values, plant by plant: each figure says up to when it counts.
	const since = new Date(Date.parse(span.to) - 60 * 86_400_000).toISOString().slice(0, 10);
	const [own, all, plants, recent] = await Promise.all([
		locals.api.GET('/api/me/yields', { params: { query: { from: `${thisYear - 30}-01-01`, to: now } } }),
		locals.api.GET('/api/yields', { params: { query: { ...span, group: 'month' } } }),
		locals.api.GET('/api/plants'),
		locals.api.GET('/api/yields', { params: { query: { from: since, to: span.to, group: 'day' } } }),
	]);
	const lastDays: Record<string, string> = {};
	for (const { plantId, period } of answered(recent)) lastDays[plantId] = period;
	// A day that has only begun says nothing yet.
	const last = answered(recent).findLast(({ slots, missingSlots }) => missingSlots * 4 <= slots)?.period;
	const day = last && (await locals.api.GET('/api/me/yields', { params: { query: { from: last, to: last } } }));
	return {
		...{ today: now, year, until: span.to, lastDays },
		whole: last,
		lastDay: day ? (answered(day)[0] ?? null) : null,
		...{ own: answered(own), all: answered(all), plants: answered(plants) },
	};
};
