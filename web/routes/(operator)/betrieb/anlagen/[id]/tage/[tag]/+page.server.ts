// A plant's day: every channel slot by slot, and all versions of channels that were replaced.
import { error } from '@sveltejs/kit';
import { dayAt, dayIn, daysAfter } from '#lib/operator/days.ts';
import { m } from '#lib/paraglide/messages.js';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const day = dayIn(params.tag);
	if (!day) error(404, m.problem_missing());
	const [plant, values] = await Promise.all([
		locals.api.GET('/api/plants/{id}', { params: { path: { id: params.id } } }),
		locals.api.GET('/api/plants/{id}/days/{day}', { params: { path: { id: params.id, day } } }),
	]);
	const facts = answered(plant);
	const { channels, startsAt } = answered(values);
	const today = dayAt();
	return {
		plant: facts,
		...{ day, startsAt, channels },
		versions: await Promise.all(
			channels
				.filter(({ version }) => version > 0)
				.map(async ({ channelId, obis, direction, slotMinutes }) => {
					const path = { channel: channelId, day };
					const answer = await locals.api.GET('/api/meter-days/{channel}/{day}/versions', { params: { path } });
					return { channelId, obis, direction, slotMinutes, versions: answered(answer) };
				}),
		),
		previous: daysAfter(day, -1),
		next: day < today ? daysAfter(day, 1) : null,
		isFuture: day > today,
		now: day === today ? new Date() : undefined,
	};
};
