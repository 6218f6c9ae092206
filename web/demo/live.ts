// The demo's live sources: the inverter on the school's roof, asked as the job asks it, and a folder that is watched.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../api/config.ts';
import { pullSources } from '../../api/readings/service/pull.ts';
import { createSource } from '../../api/readings/service/sources.ts';
import { systemActor } from '../../api/values/actor.ts';
import { addDays, type Day, startOfDay } from '../../api/values/calendar.ts';
import { missingDayOf } from './files.ts';
import { writeQuarterHourCsv } from './formats/quarter-hour-csv.ts';
import { type DemoInverter, startInverter } from './inverter.ts';
import { grundschule } from './plants.ts';
import { type Happening, moment } from './timeline.ts';
import { acting, type World } from './world.ts';
import { quarterHoursWh } from './weather.ts';

/** The surroundings of a demo: an inverter whose clock can be set, and the folders. */
export interface Surroundings {
	inverter: DemoInverter;
	/** From now on the inverter goes by this clock. */
	setClock: (clock: () => Date) => void;
	/** watched: what is put here is imported */
	inbox: string;
	/** files worth putting there */
	samples: string;
}

function knownPort(file: string): number {
	try {
		return Number(readFileSync(file, 'utf8'));
	} catch {
		return 0;
	}
}

/**
 * Starts the inverter at the port it had before, because the recorded source names it; at another one if that is taken, which the
 * source then reports. Makes the folders.
 */
export async function surroundingsIn(dataFolder: string, now: () => Date): Promise<Surroundings> {
	const file = path.join(dataFolder, 'inverter.port');
	const [inbox, samples] = [path.join(dataFolder, 'inbox'), path.join(dataFolder, 'samples')];
	for (const folder of [inbox, samples]) mkdirSync(folder, { recursive: true });
	let clock = now;
	const start = (port: number) => startInverter({ clock: () => clock(), port });
	const port = knownPort(file);
	const inverter = await start(port).catch(() => start(0));
	if (port === 0) writeFileSync(file, new URL(inverter.url).port);
	return {
		inverter,
		setClock: (given) => {
			clock = given;
		},
		...{ inbox, samples },
	};
}

/** Sources as the operator recorded them, and the values of today that the inverter has delivered until now, asked every quarter-hour. */
export function liveSources(world: World, config: Config, { inverter, setClock, inbox }: Surroundings): Happening[] {
	const { db, now, today, plantIds } = world;
	const since = addDays(today, -60);
	const midnight = startOfDay(today);
	const polls = Array.from(
		{ length: Math.floor((now.getTime() - midnight) / 900_000) + 1 },
		(_, i) => new Date(midnight + i * 900_000),
	);
	return [
		{
			at: moment(since, '11:00'),
			run: async (at) => {
				const by = acting(world, 'operator');
				const meteringPointId = plantIds.get(grundschule.key)?.meteringPointId;
				const source = {
					name: 'Wechselrichter Grundschule',
					kind: 'fronius',
					location: inverter.url,
					meteringPointId,
				} as const;
				await createSource(db, { by, at, source, config });
				await createSource(db, {
					by,
					at,
					source: { name: 'Eingangsordner', kind: 'watch-folder', location: inbox },
					config,
				});
			},
		},
		...polls.map((poll) => ({
			at: poll,
			run: (at: Date) => {
				setClock(() => at);
				return pullSources(db, { by: systemActor('jobs.pull-sources'), at, config });
			},
		})),
	];
}

/** Two files to try an upload with: the day that is missing in the school's readings, whole and cut off. */
export function sampleFiles(today: Day): { name: string; bytes: Uint8Array }[] {
	const day = missingDayOf(today);
	const bytes = writeQuarterHourCsv(
		{
			...{ gridOperator: 'Überlandnetz Auental GmbH', customer: 'Bürgerenergie Auental eG', plant: grundschule.name },
			...{ malo: grundschule.malo, melo: grundschule.melo, obis: grundschule.obis, unit: 'kWh' },
		},
		[{ day, valuesWh: quarterHoursWh(grundschule, day) }],
	);
	return [
		{ name: `Nachlieferung_${grundschule.malo}_${day}.csv`, bytes },
		{ name: 'Nachlieferung_abgeschnitten.csv', bytes: bytes.subarray(0, bytes.length - 1_000) },
	];
}

/** Puts the sample files where the greeting says they are. */
export function writeSamples({ today }: World, { samples }: Surroundings): void {
	for (const { name, bytes } of sampleFiles(today)) writeFileSync(path.join(samples, name), bytes);
}
