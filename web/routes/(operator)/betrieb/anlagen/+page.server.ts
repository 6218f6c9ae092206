// All plants, each with what was last heard of it.
import { dayAt, daysAfter } from '#lib/operator/days.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const today = dayAt();
	const year = `${today.slice(0, 4)}-01-01`;
	const [plants, yields] = await Promise.all([
		locals.api.GET('/api/plants'),
		locals.api.GET('/api/yields', { params: { query: { from: year, to: today, group: 'year' } } }),
	]);
	const fedIn = new Map(answered(yields).map((line) => [line.plantId, line.fedInWh]));
	const from = daysAfter(today, -60);
	return {
		year: today.slice(0, 4),
		plants: await Promise.all(
			answered(plants).map(async ({ id, name, kind, capacityW, town, meteringPoints }) => {
				const days = answered(
					await locals.api.GET('/api/plants/{id}/days', { params: { path: { id }, query: { from, to: today } } }),
				);
				return {
					...{ id, name, kind, capacityW, town, fedInWh: fedIn.get(id) ?? null },
					points: meteringPoints.length,
					lastDay: days.at(-1)?.day ?? null,
				};
			}),
		),
	};
};
