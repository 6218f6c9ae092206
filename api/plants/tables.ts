// Plants, where their energy is metered, and what a kilowatt-hour brings.
import { sql } from 'drizzle-orm';
import {
	bigint,
	check,
	integer,
	numeric,
	pgTable,
	primaryKey,
	smallint,
	text,
	unique,
	uuid,
} from 'drizzle-orm/pg-core';
import { day, id, instant } from '../database/columns.ts';

/** A wind turbine or solar roof (Erzeugungsanlage). Capacity in watts (peak for solar); monthly expectation in Wh, January first. */
export const plants = pgTable(
	'plants',
	{
		id: id(),
		name: text().notNull().unique(),
		kind: text({ enum: ['wind', 'solar'] }).notNull(),
		capacityW: bigint({ mode: 'number' }).notNull(),
		/** unit number in the register of market master data (Marktstammdatenregister, SEE…) */
		mastrNumber: text().unique(),
		street: text(),
		postcode: text().notNull(),
		town: text().notNull(),
		latitude: numeric({ precision: 8, scale: 5, mode: 'number' }),
		longitude: numeric({ precision: 8, scale: 5, mode: 'number' }),
		commissionedOn: day().notNull(),
		expectedMonthlyWh: bigint({ mode: 'number' }).array(),
		createdAt: instant().notNull(),
	},
	(t) => [
		check('plants_capacity', sql`${t.capacityW} > 0`),
		check('plants_expectation', sql`${t.expectedMonthlyWh} is null or cardinality(${t.expectedMonthlyWh}) = 12`),
	],
);

/** What one kilowatt-hour fed in brings from a day on (Vergütung, Marktwert), in euro cents with four digits. */
export const plantRates = pgTable(
	'plant_rates',
	{
		plantId: uuid()
			.notNull()
			.references(() => plants.id),
		validFrom: day().notNull(),
		centsPerKwh: numeric({ precision: 9, scale: 4 }).notNull(),
		recordedAt: instant().notNull(),
	},
	(t) => [primaryKey({ columns: [t.plantId, t.validFrom] })],
);

/** Where energy is measured: market location (MaLo), meter location (MeLo) or the serial of a logger's inverter; one of them at least. */
export const meteringPoints = pgTable(
	'metering_points',
	{
		id: id(),
		plantId: uuid()
			.notNull()
			.references(() => plants.id),
		marketLocation: text().unique(),
		meterLocation: text().unique(),
		deviceSerial: text().unique(),
		createdAt: instant().notNull(),
	},
	(t) => [
		check(
			'metering_points_identified',
			sql`coalesce(${t.marketLocation}, ${t.meterLocation}, ${t.deviceSerial}) is not null`,
		),
	],
);

/** One measured quantity of a metering point: OBIS code, direction, slot length in minutes (1440 = one value a day). */
export const channels = pgTable(
	'channels',
	{
		id: integer().primaryKey().generatedAlwaysAsIdentity(),
		meteringPointId: uuid()
			.notNull()
			.references(() => meteringPoints.id),
		obis: text().notNull(),
		direction: text({ enum: ['feed-in', 'consumption', 'reactive', 'other'] }).notNull(),
		slotMinutes: smallint().notNull(),
		createdAt: instant().notNull(),
	},
	(t) => [
		unique('channels_once').on(t.meteringPointId, t.obis, t.slotMinutes),
		check('channels_slot', sql`${t.slotMinutes} in (5, 10, 15, 30, 60, 1440)`),
	],
);
