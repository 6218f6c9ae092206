// The demo's plants and their three years of readings: recorded, imported as the files came in, yields calculated from them.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { addMeteringPoint, addPlant, setPlantRate } from '../../api/plants/service.ts';
import { importFile } from '../../api/readings/service/import.ts';
import { systemActor } from '../../api/values/actor.ts';
import { addDays, type Day } from '../../api/values/calendar.ts';
import { calculateYields } from '../../api/yields/service.ts';
import { demoFiles } from './files.ts';
import { plants } from './plants.ts';
import { type Happening, moment } from './timeline.ts';
import { acting, type World } from './world.ts';

/** The plants as they went into service, each with its metering point and what a kilowatt-hour earns. */
export function plantsInService(world: World): Happening[] {
	const { db, plantIds } = world;
	return plants.map((plant) => ({
		at: moment(plant.commissionedOn, '12:00'),
		run: async (at) => {
			const by = acting(world, 'operator');
			const { id: plantId } = await addPlant(db, {
				...{ by, at },
				plant: {
					...{ name: plant.name, kind: plant.kind, capacityW: plant.powerW, mastrNumber: plant.mastrUnit },
					...{ street: plant.street, postcode: plant.postcode, town: plant.town },
					...{ latitude: plant.latitude, longitude: plant.longitude, commissionedOn: plant.commissionedOn },
					expectedMonthlyWh: plant.expectedKwh.map((kwh) => kwh * 1000),
				},
			});
			const { id: meteringPointId } = await addMeteringPoint(db, {
				...{ by, at, plantId, marketLocation: plant.malo, meterLocation: plant.melo },
			});
			const { commissionedOn: validFrom, tariffCentsPerKwh: centsPerKwh } = plant;
			await setPlantRate(db, { by, at, plantId, validFrom, centsPerKwh });
			plantIds.set(plant.key, { plantId, meteringPointId });
		},
	}));
}

/** A file on disk, as it came in. */
interface Received {
	file: string;
	plantKey: string;
	receivedOn: Day;
}

/** Writes the files of the demo into a folder, of all months or only of those that are named (1 to 12). */
function filesIn(folder: string, today: Day, months: readonly number[] | undefined): Received[] {
	mkdirSync(folder, { recursive: true });
	const received: Received[] = [];
	for (const { fileName, bytes, plant, receivedOn, firstDay } of demoFiles(today)) {
		if (months && !months.includes(Number(firstDay.slice(5, 7)))) continue;
		const file = path.join(folder, fileName);
		writeFileSync(file, bytes);
		received.push({ file, plantKey: plant.key, receivedOn });
	}
	return received;
}

/** The imports: every file on the morning it came in, each in its real format through the real import. */
export function imports(world: World, folder: string, months?: readonly number[]): Happening[] {
	const { db, now, today, plantIds } = world;
	return filesIn(folder, today, months).map(({ file, plantKey, receivedOn }) => {
		const morning = moment(receivedOn, '05:30');
		return {
			at: morning < now ? morning : now,
			aside: true,
			run: (at) => {
				const meteringPointId = plantIds.get(plantKey)?.meteringPointId ?? '';
				return importFile(db, {
					by: acting(world, 'operator'),
					at,
					path: file,
					origin: 'demo',
					assignment: { meteringPointId },
				});
			},
		};
	});
}

/** Yields, calculated as the job does it, of the days since `from`. */
export function yields({ db }: World, from: Day, at: Date): Promise<unknown> {
	return calculateYields(db, { by: systemActor('jobs.daily-yields'), at, from: addDays(from, -40) });
}
