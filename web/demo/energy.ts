// The demo's plants and their three years of readings: recorded, imported as the files came in, yields calculated from them.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { addMeteringPoint, addPlant, setPlantRate } from '../../api/plants/service.ts';
import { importFiles } from '../../api/readings/service/import-many.ts';
import { systemActor } from '../../api/values/actor.ts';
import { addDays, type Day } from '../../api/values/calendar.ts';
import { Refusal } from '../../api/values/refusal.ts';
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

/** Files of a plant that came in together. */
interface Delivery {
	plantKey: string;
	receivedOn: Day;
	files: string[];
}

/**
 * Writes the files of the demo into a folder, of all months or only of those that are named (1 to 12). Grid operators send one file at
 * a time; the logger's files of a month are collected at its end.
 */
function deliveriesIn(folder: string, today: Day, months: readonly number[] | undefined): Delivery[] {
	mkdirSync(folder, { recursive: true });
	const deliveries = new Map<string, Delivery>();
	for (const { fileName, bytes, plant, receivedOn, firstDay } of demoFiles(today)) {
		if (months && !months.includes(Number(firstDay.slice(5, 7)))) continue;
		const file = path.join(folder, fileName);
		writeFileSync(file, bytes);
		const together = plant.format === 'solarlog' ? `${plant.key} ${firstDay.slice(0, 7)}` : fileName;
		const { files = [] } = deliveries.get(together) ?? {};
		deliveries.set(together, { plantKey: plant.key, receivedOn, files: [...files, file] });
	}
	return [...deliveries.values()];
}

/** The imports: every delivery on the morning it came in, each file in its real format through the real import. */
export function imports(world: World, folder: string, months?: readonly number[]): Happening[] {
	const { db, now, today, plantIds } = world;
	return deliveriesIn(folder, today, months).map(({ files, plantKey, receivedOn }) => {
		const morning = moment(receivedOn, '05:30');
		return {
			at: morning < now ? morning : now,
			aside: true,
			run: async (at) => {
				const assignment = { meteringPointId: plantIds.get(plantKey)?.meteringPointId ?? '' };
				const delivered = files.map((file) => ({ path: file, assignment }));
				const outcomes = await importFiles(db, { by: acting(world, 'operator'), at, origin: 'demo', files: delivered });
				for (const outcome of outcomes) if (outcome instanceof Refusal) throw outcome;
			},
		};
	});
}

/** Yields, calculated as the job does it, of the days since `from`. */
export function yields({ db }: World, from: Day, at: Date): Promise<unknown> {
	return calculateYields(db, { by: systemActor('jobs.daily-yields'), at, from: addDays(from, -40) });
}
