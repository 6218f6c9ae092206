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
export async function addPlant(db: Database, { plant, ...command }: Command & { plant: PlantFacts }): Promise<{ id: string }> {
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
		if (inserted.length === 0) throw new Refusal('conflict', 'plants.rate-known', { validFrom }, { field: 'validFrom' });
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

/** The metering point that a file means by an identifier: market location, meter location or device serial. Undefined if none. */
export async function meteringPointNamed(tx: Tx, identifier: string): Promise<{ id: string; plantId: string; plantName: string } | undefined> {
	const [point] = await tx
		.select({ id: meteringPoints.id, plantId: plants.id, plantName: plants.name })
		.from(meteringPoints)
		.innerJoin(plants, eq(plants.id, meteringPoints.plantId))
		.where(
			or(
				eq(meteringPoints.marketLocation, identifier),
				eq(meteringPoints.meterLocation, identifier),
				eq(meteringPoints.deviceSerial, identifier),
			),
		);
	return point;
}

/** The channel of a metering point for an OBIS code and slot length, made if it is new. */
export async function ensureChannel(
	tx: Tx,
	{ meteringPointId, obis, slotMinutes, at }: { meteringPointId: string; obis: string; slotMinutes: number; at: Date },
): Promise<number> {
	const code = obisWithoutStorage(obis);
	const key = and(eq(channels.meteringPointId, meteringPointId), eq(channels.obis, code), eq(channels.slotMinutes, slotMinutes));
	const [known] = await tx.select({ id: channels.id }).from(channels).where(key);
	if (known) return known.id;
	await tx
		.insert(channels)
		.values({ meteringPointId, obis: code, direction: directionOf(code), slotMinutes, createdAt: at })
		.onConflictDoNothing();
	const [made] = await tx.select({ id: channels.id }).from(channels).where(key);
	if (!made) throw new Error('channel vanished');
	return made.id;
}

/** The channel if it exists already; looking creates nothing. */
export async function findChannel(
	tx: Tx,
	{ meteringPointId, obis, slotMinutes }: { meteringPointId: string; obis: string; slotMinutes: number },
): Promise<number | undefined> {
	const [known] = await tx
		.select({ id: channels.id })
		.from(channels)
		.where(
			and(
				eq(channels.meteringPointId, meteringPointId),
				eq(channels.obis, obisWithoutStorage(obis)),
				eq(channels.slotMinutes, slotMinutes),
			),
		);
	return known?.id;
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
		rates: rates.filter((r) => r.plantId === plant.id).map(({ validFrom, centsPerKwh }) => ({ validFrom, centsPerKwh })),
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
