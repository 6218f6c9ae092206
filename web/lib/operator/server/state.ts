// How the plants are doing: today's and the month's energy, how complete and how good, the age of the last value.
import type { Api } from '#lib/server/api.ts';
import { answered } from '#lib/server/problem.ts';
import type { PlantState } from '../state.ts';
import { lastValueAt } from '../channels.ts';
import { dayAt, daysAfter, daysInMonth, daysOf } from '../days.ts';

/** Days before today that completeness and gaps are counted over. */
export const lookBackDays = 35;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The most frequent number, as a day of 92 or 100 quarter-hours is not the rule. */
function usual(values: readonly number[]): number {
	const counts = new Map<number, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

/** What is expected of so many days, month by month by the share of its days; null without an expectation. */
function expectedFor(days: readonly string[], monthlyWh: readonly number[] | null): number | null {
	if (!monthlyWh) return null;
	return Math.round(sum(days.map((day) => (monthlyWh[Number(day.slice(5, 7)) - 1] ?? 0) / daysInMonth(day))));
}

/** The state of every plant, in the order of their names. */
export async function readPlantStates(api: Api, now: Date): Promise<PlantState[]> {
	const today = dayAt(now);
	const yesterday = daysAfter(today, -1);
	const from = daysAfter(today, -lookBackDays);
	const plants = answered(await api.GET('/api/plants'));
	return Promise.all(
		plants.map(async (plant): Promise<PlantState> => {
			const path = { id: plant.id };
			const days = answered(await api.GET('/api/plants/{id}/days', { params: { path, query: { from, to: today } } }));
			const past = days.filter(({ day }) => day < today);
			const byDay = new Map(past.map((day) => [day.day, day]));
			const last = days.at(-1);
			const channels = last
				? answered(await api.GET('/api/plants/{id}/days/{day}', { params: { path: { ...path, day: last.day } } }))
				: undefined;
			// A plant that began lately lacks nothing from before its first value.
			const span = past[0] ? daysOf(past[0].day > from ? past[0].day : from, yesterday) : [];
			const slotsADay = usual(past.map(({ slots }) => slots));
			const present = sum(past.map(({ slots, gaps }) => slots - gaps));
			const inMonth = past.filter(({ day }) => day.slice(0, 7) === today.slice(0, 7));
			const ofToday = days.find(({ day }) => day === today);
			return {
				...{ id: plant.id, name: plant.name, kind: plant.kind, capacityW: plant.capacityW },
				hasPoint: plant.meteringPoints.length > 0,
				todayWh: ofToday?.totalWh ?? null,
				month: {
					energyWh: inMonth.length ? sum(inMonth.map(({ totalWh }) => totalWh)) : null,
					expectedWh: inMonth.length
						? expectedFor(
								inMonth.map(({ day }) => day),
								plant.expectedMonthlyWh,
							)
						: null,
					to: inMonth.at(-1)?.day ?? null,
				},
				completeness: span.length && slotsADay ? Math.min(1, present / (span.length * slotsADay)) : null,
				qualities: [0, 1, 2, 3].map((rank) => sum(past.map(({ qualities }) => qualities[rank] ?? 0))),
				lastAt: channels ? (lastValueAt(channels.channels, channels.startsAt) ?? null) : null,
				missingDays: span.filter((day) => !byDay.has(day)),
				gapDays: past.filter(({ gaps }) => gaps > 0).map(({ day }) => day),
			};
		}),
	);
}
