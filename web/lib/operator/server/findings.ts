// What needs a look: sources that fail, plants without new values, days missing, files that wait.
import { date, number, period } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Api } from '#lib/server/api.ts';
import { answered } from '#lib/server/problem.ts';
import { endWords } from '../age.ts';
import { runsOf } from '../days.ts';
import type { Finding } from '../findings.ts';
import { isStale, type PlantState } from '../state.ts';
import { counted } from '../words.ts';
import { countOpen } from './open.ts';
import { reasonText } from './reasons.ts';

const shownRuns = 3;

/** Days as runs: 12.03.2026, 15.–18.03.2026 und 4 weitere. */
function daysText(days: readonly string[]): string {
	const runs = runsOf(days);
	const shown = runs.slice(0, shownRuns).map(({ from, to }) => (from === to ? date(from) : period(from, to)));
	const more = runs.length - shown.length;
	return more > 0 ? `${shown.join(', ')} ${m.plants_look_more({ count: number(more) })}` : shown.join(', ');
}

function findingsOf(plant: PlantState, now: Date): Finding[] {
	const href = `/betrieb/anlagen/${plant.id}`;
	const findings: Finding[] = [];
	if (!plant.hasPoint)
		findings.push({ kind: 'setup', title: m.readings_finding_no_point({ plant: plant.name }), text: null, href });
	else if (plant.lastAt === null)
		findings.push({ kind: 'setup', title: m.readings_finding_no_values({ plant: plant.name }), text: null, href });
	if (isStale(plant, now))
		findings.push({
			kind: 'stale',
			title: m.readings_finding_stale({ plant: plant.name }),
			text: m.readings_finding_stale_text({ at: endWords(plant.lastAt ?? '') }),
			href,
		});
	// Days after the last value are the finding above.
	const gone = plant.missingDays.filter((day) => plant.lastAt !== null && day < plant.lastAt.slice(0, 10));
	if (gone.length)
		findings.push({
			kind: 'missing',
			title: counted(
				gone.length,
				() => m.readings_finding_missing_one({ plant: plant.name }),
				({ count }) => m.readings_finding_missing({ plant: plant.name, count }),
			),
			text: daysText(gone),
			href: `${href}/tage/${gone[0]}`,
		});
	if (plant.gapDays.length)
		findings.push({
			kind: 'gaps',
			title: counted(
				plant.gapDays.length,
				() => m.readings_finding_gaps_one({ plant: plant.name }),
				({ count }) => m.readings_finding_gaps({ plant: plant.name, count }),
			),
			text: daysText(plant.gapDays),
			href: `${href}/tage/${plant.gapDays[0]}`,
		});
	return findings;
}

/** Everything that needs a look, the most urgent first. */
export async function readFindings(api: Api, plants: readonly PlantState[], now: Date): Promise<Finding[]> {
	const [sources, uploads, open] = await Promise.all([
		api.GET('/api/sources'),
		api.GET('/api/readings/imports', { params: { query: { state: 'uploaded', limit: 200 } } }),
		countOpen(api),
	]);
	const failing = answered(sources).flatMap((source): Finding[] =>
		source.enabled && source.lastProblem && !isSleep(source.lastProblem.code)
			? [
					{
						kind: 'source',
						title: m.readings_finding_source({ source: source.name }),
						text: reasonText(source.lastProblem),
						href: `/betrieb/quellen/${source.id}`,
					},
				]
			: [],
	);
	const waiting = answered(uploads).length;
	const files: Finding[] = waiting
		? [
				{
					kind: 'waiting',
					title: counted(waiting, m.readings_finding_waiting_one, m.readings_finding_waiting),
					text: m.readings_finding_waiting_text(),
					href: '/betrieb/messwerte/vorschau',
				},
			]
		: [];
	const decisions: Finding[] = open
		? [
				{
					kind: 'waiting',
					title: counted(open, m.readings_open_some_one, m.readings_open_some),
					text: null,
					href: '/betrieb/messwerte/offen',
				},
			]
		: [];
	return [...failing, ...files, ...decisions, ...plants.flatMap((plant) => findingsOf(plant, now))];
}

/** What happens every night is no finding. */
export function isSleep(code: string): boolean {
	return code === 'readings.source-asleep' || code === 'readings.source-inverter-absent';
}
