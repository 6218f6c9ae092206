// The year in days of the plants that some files touch, as it is stored now.
import type { DayYield } from '#lib/charts/YearCalendar.svelte';
import type { Api } from '#lib/server/api.ts';
import { answered } from '#lib/server/problem.ts';
import { dayAt, daysAfter, daysOf } from '../days.ts';
import type { FileView } from '../files.ts';
import type { PlantYear } from '../plantYear.ts';
import { qualityOfDay } from '../quality.ts';

const most = 3;

/** One plant's days of a year until yesterday; days before its first value of that year are left out. */
export async function readYear(api: Api, plantId: string, year: number): Promise<DayYield[]> {
	const query = { from: `${year}-01-01`, to: `${year}-12-31` };
	const stored = answered(await api.GET('/api/plants/{id}/days', { params: { path: { id: plantId }, query } }));
	const [first] = stored;
	if (!first) return [];
	const byDay = new Map(stored.map((day) => [day.day, day]));
	const yesterday = daysAfter(dayAt(), -1);
	const last = [stored.at(-1)?.day ?? '', yesterday < query.to ? yesterday : query.to].sort().at(-1) ?? query.to;
	return daysOf(first.day, last).map((date) => {
		const day = byDay.get(date);
		return { date, wh: day?.totalWh ?? null, quality: day ? qualityOfDay(day.qualities) : 'missing' };
	});
}

/** The years that the files end in, one per plant, three at most. */
export async function readCalendars(api: Api, files: readonly FileView[]): Promise<PlantYear[]> {
	const wanted = new Map<string, { plantName: string; year: number }>();
	for (const { plantId, plantName, days } of files.flatMap(({ series }) => series)) {
		if (!plantId || !days) continue;
		const year = Math.max(Number(days.to.slice(0, 4)), wanted.get(plantId)?.year ?? 0);
		wanted.set(plantId, { plantName: plantName ?? '', year });
	}
	return Promise.all(
		[...wanted].slice(0, most).map(async ([plantId, { plantName, year }]) => ({
			...{ plantId, plantName, year },
			days: await readYear(api, plantId, year),
		})),
	);
}
