// A plant's day: every channel slot by slot, and all versions of channels that were replaced.
import { error } from '@sveltejs/kit';
import { instantOf } from '#lib/board/clock.ts';
import { dayAt, dayIn, daysAfter } from '#lib/operator/days.ts';
import { m } from '#lib/paraglide/messages.js';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

/** The channels as they were known at a moment somebody asks for, wall clock in Germany. */
async function knownThen(api: App.Locals['api'], id: string, day: string, asked: string | null) {
	const at = instantOf(asked ?? '');
	if (!at) return null;
	const answer = await api.GET('/api/plants/{id}/known-days/{day}', { params: { path: { id, day }, query: { at } } });
	return { at, asked: asked ?? '', channels: answered(answer).channels };
}

export const load: PageServerLoad = async ({ locals, params, url }) => {
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
		known: await knownThen(locals.api, params.id, day, url.searchParams.get('bekannt')),
	};
};
