// Plants, metering points, channels and rates: recorded by operator and board, seen by every member.
import { and, asc, eq, lte, or, sql } from 'drizzle-orm';
import { type Command, write } from '../audit/service.ts';
import { type Database, type Tx, transact } from '../database/connect.ts';
import type { Actor } from '../values/actor.ts';
import { type Day, dayOf } from '../values/calendar.ts';
import { Refusal } from '../values/refusal.ts';
import { checkedMeteringPoint, checkedPlant, directionOf, obisWithoutStorage } from './rules.ts';
import { channels, meteringPoints, plantRates, plants } from './tables.ts';

/** What is told of a new plant. Capacity in watts; latitude and longitude in degrees; expectation in Wh per month, January first. */
export interface PlantFacts {
	name: string;
	kind: 'wind' | 'solar';
	capacityW: number;
	mastrNumber?: string | undefined;
	street?: string | undefined;
	postcode: string;
	town: string;
	latitude?: number | undefined;
	longitude?: number | undefined;
	commissionedOn: Day;
	expectedMonthlyWh?: number[] | undefined;
}

/** Records a plant. Refuses plants.mastr-number, plants.commissioned-on, plants.expectation, plants.known (same name or number). */
export async function addPlant(
	db: Database,
	{ plant, ...command }: Command & { plant: PlantFacts },
): Promise<{ id: string }> {
	const checked = checkedPlant(plant, dayOf(command.at));
	return write(db, command, async (tx, note) => {
		const [row] = await tx
			.insert(plants)
			.values({ ...checked, createdAt: command.at })
			.onConflictDoNothing()
			.returning({ id: plants.id });
		if (!row) throw new Refusal('conflict', 'plants.known', { name: plant.name }, { field: 'name' });
		note({ action: 'plants.addPlant', subject: `plant ${row.id}`, after: checked });
		return row;
	});
}

/** Records what a kilowatt-hour brings from a day on; a later record for the same day is refused (plants.rate-known). */
export async function setPlantRate(
	db: Database,
	{ plantId, validFrom, centsPerKwh, ...command }: Command & { plantId: string; validFrom: Day; centsPerKwh: string },
): Promise<{ plantId: string }> {
	return write(db, command, async (tx, note) => {
		await plantIn(tx, plantId);
		const inserted = await tx
			.insert(plantRates)
			.values({ plantId, validFrom, centsPerKwh, recordedAt: command.at })
			.onConflictDoNothing()
			.returning({ plantId: plantRates.plantId });
		if (inserted.length === 0)
			throw new Refusal('conflict', 'plants.rate-known', { validFrom }, { field: 'validFrom' });
		note({ action: 'plants.setPlantRate', subject: `plant ${plantId}`, after: { validFrom, centsPerKwh } });
		return { plantId };
	});
}

/** Records where a plant's energy is metered. Refuses plants.unknown, plants.metering-point-known and what checkedMeteringPoint refuses. */
export async function addMeteringPoint(
	db: Database,
	{
		plantId,
		marketLocation,
		meterLocation,
		deviceSerial,
		...command
	}: Command & {
		plantId: string;
		marketLocation?: string | undefined;
		meterLocation?: string | undefined;
		deviceSerial?: string | undefined;
	},
): Promise<{ id: string }> {
	const identifiers = checkedMeteringPoint({ marketLocation, meterLocation, deviceSerial });
	return write(db, command, async (tx, note) => {
		await plantIn(tx, plantId);
		const [row] = await tx
			.insert(meteringPoints)
			.values({ plantId, ...identifiers, createdAt: command.at })
			.onConflictDoNothing()
			.returning({ id: meteringPoints.id });
		if (!row) throw new Refusal('conflict', 'plants.metering-point-known', {}, { field: 'marketLocation' });
		note({ action: 'plants.addMeteringPoint', subject: `plant ${plantId}`, after: identifiers });
		return row;
	});
}

async function plantIn(tx: Tx, plantId: string): Promise<void> {
	const [plant] = await tx.select({ id: plants.id }).from(plants).where(eq(plants.id, plantId));
	if (!plant) throw new Refusal('missing', 'plants.unknown');
}

/** A metering point and the plant it belongs to. */
export interface NamedMeteringPoint {
	id: string;
	plantId: string;
	plantName: string;
}

/** The metering points that a file means by their identifiers: market location, meter location or device serial. Unknown ones are left out. */
export async function meteringPointsNamed(
	tx: Tx,
	identifiers: readonly string[],
): Promise<Map<string, NamedMeteringPoint>> {
	if (identifiers.length === 0) return new Map();
	const wanted = sql`any(${sql.param(identifiers)}::text[])`;
	const points = await tx
		.select({
			id: meteringPoints.id,
			plantId: plants.id,
			plantName: plants.name,
			marketLocation: meteringPoints.marketLocation,
			meterLocation: meteringPoints.meterLocation,
			deviceSerial: meteringPoints.deviceSerial,
		})
		.from(meteringPoints)
		.innerJoin(plants, eq(plants.id, meteringPoints.plantId))
		.where(
			or(
				sql`${meteringPoints.marketLocation} = ${wanted}`,
				sql`${meteringPoints.meterLocation} = ${wanted}`,
				sql`${meteringPoints.deviceSerial} = ${wanted}`,
			),
		);
	return new Map(
		points.flatMap(({ marketLocation, meterLocation, deviceSerial, ...point }) =>
			[marketLocation, meterLocation, deviceSerial].flatMap((name) => (name === null ? [] : [[name, point] as const])),
		),
	);
}

/** What a channel is known by. `obis` may carry a storage group, which is left out. */
export interface ChannelKey {
	meteringPointId: string;
	obis: string;
	slotMinutes: number;
}

/** The channels with these keys, in their order; undefined where there is none. Looking creates nothing. */
export async function findChannels(tx: Tx, keys: readonly ChannelKey[]): Promise<(number | undefined)[]> {
	if (keys.length === 0) return [];
	const points = [...new Set(keys.map((key) => key.meteringPointId))];
	const rows = await tx
		.select()
		.from(channels)
		.where(sql`${channels.meteringPointId} = any(${sql.param(points)}::uuid[])`);
	const named = (point: string, obis: string, minutes: number): string => `${point}|${obis}|${minutes}`;
	const known = new Map(rows.map((row) => [named(row.meteringPointId, row.obis, row.slotMinutes), row.id]));
	return keys.map((key) => known.get(named(key.meteringPointId, obisWithoutStorage(key.obis), key.slotMinutes)));
}

/** The channels with these keys, in their order; missing ones are made. */
export async function ensureChannels(tx: Tx, keys: readonly ChannelKey[], at: Date): Promise<number[]> {
	const found = await findChannels(tx, keys);
	const missing = keys.filter((_, i) => found[i] === undefined);
	if (missing.length === 0) return found as number[];
	const rows = missing.map(({ obis, ...key }) => {
		const code = obisWithoutStorage(obis);
		return { ...key, obis: code, direction: directionOf(code), createdAt: at };
	});
	await tx.insert(channels).values(rows).onConflictDoNothing();
	return (await findChannels(tx, keys)) as number[];
}

/** All plants with metering points and channels, by name. */
export function listPlants(db: Database, { by }: { by: Actor }) {
	return transact(db, by, (tx) => plantsIn(tx));
}

/** One plant. Refuses plants.unknown. */
export function readPlant(db: Database, { by, plantId }: { by: Actor; plantId: string }) {
	return transact(db, by, async (tx) => {
		const plant = (await plantsIn(tx)).find((p) => p.id === plantId);
		if (!plant) throw new Refusal('missing', 'plants.unknown');
		return plant;
	});
}

/** A plant as it is shown: its facts, metering points with channels, and the rate in force. */
export type PlantView = Awaited<ReturnType<typeof plantsIn>>[number];

async function plantsIn(tx: Tx) {
	const [rows, points, measured, rates] = await Promise.all([
		tx.select().from(plants).orderBy(asc(plants.name)),
		tx.select().from(meteringPoints).orderBy(asc(meteringPoints.createdAt)),
		tx.select().from(channels).orderBy(asc(channels.obis)),
		tx.select().from(plantRates).orderBy(asc(plantRates.validFrom)),
	]);
	return rows.map(({ createdAt, ...plant }) => ({
		...plant,
		recordedAt: createdAt.toISOString(),
		rates: rates
			.filter((r) => r.plantId === plant.id)
			.map(({ validFrom, centsPerKwh }) => ({ validFrom, centsPerKwh })),
		meteringPoints: points
			.filter((p) => p.plantId === plant.id)
			.map(({ id, marketLocation, meterLocation, deviceSerial }) => ({
				id,
				marketLocation,
				meterLocation,
				deviceSerial,
				channels: measured
					.filter((c) => c.meteringPointId === id)
					.map(({ id: channelId, obis, direction, slotMinutes }) => ({ id: channelId, obis, direction, slotMinutes })),
			})),
	}));
}

/** What a kilowatt-hour of a plant brings on a day, in cents with four digits; undefined before the first record. */
export async function rateOn(tx: Tx, { plantId, on }: { plantId: string; on: Day }): Promise<string | undefined> {
	const [rate] = await tx
		.select({ centsPerKwh: plantRates.centsPerKwh })
		.from(plantRates)
		.where(and(eq(plantRates.plantId, plantId), lte(plantRates.validFrom, on)))
		.orderBy(sql`${plantRates.validFrom} desc`)
		.limit(1);
	return rate?.centsPerKwh;
}
