// Counting registers: which meter stood at a metering point and when, what its registers showed, what was decided about it.
import { sql } from 'drizzle-orm';
import { check, index, integer, numeric, pgTable, smallint, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytes, energyWh, id, instant } from '../../database/columns.ts';
import { meteringPoints } from '../../plants/tables.ts';

/** A meter at a metering point (Gerät am Zählpunkt) from its installation to its removal. */
export const meters = pgTable(
	'meters',
	{
		id: id(),
		meteringPointId: uuid()
			.notNull()
			.references(() => meteringPoints.id),
		serial: text().notNull(),
		installedAt: instant().notNull(),
		removedAt: instant(),
		/** digits before the decimal mark: after 10^digits − 1 kWh the register begins anew */
		digits: smallint().notNull(),
		/** transformer factor (Wandlerfaktor): energy = difference × factor */
		factor: numeric({ precision: 10, scale: 3, mode: 'number' }).notNull(),
		recordedAt: instant().notNull(),
		recordedByName: text().notNull(),
	},
	(t) => [
		uniqueIndex('meters_standing').on(t.meteringPointId).where(sql`removed_at is null`),
		index('meters_point').on(t.meteringPointId, t.installedAt),
		check('meters_period', sql`${t.removedAt} is null or ${t.removedAt} > ${t.installedAt}`),
		check('meters_digits', sql`${t.digits} between 3 and 12`),
		check('meters_factor', sql`${t.factor} > 0`),
	],
);

/** A photo of a meter, as it was taken. */
export const registerPhotos = pgTable('register_photos', {
	id: id(),
	meteringPointId: uuid()
		.notNull()
		.references(() => meteringPoints.id),
	kind: text({ enum: ['image/jpeg', 'image/png', 'image/webp', 'image/heic'] }).notNull(),
	sha256: bytes().notNull(),
	content: bytes().notNull(),
	takenAt: instant().notNull(),
	takenByName: text().notNull(),
});

/** What a register showed, from a file or entered by hand. Counts as long as its import is stored, its message not cancelled and nobody took it back. */
export const registerReadings = pgTable(
	'register_readings',
	{
		id: id(),
		/** null while the metering point of a file is unknown */
		meteringPointId: uuid().references(() => meteringPoints.id),
		/** the metering point as the file names it */
		meteringPoint: text(),
		obis: text().notNull(),
		serial: text(),
		readAt: instant().notNull(),
		/** watt-hours or var-hours on the register, before the transformer factor */
		wh: energyWh().notNull(),
		quality: smallint().notNull(),
		occasion: text({ enum: ['reading', 'removal', 'installation'] }).notNull(),
		importId: integer(),
		/** 0: without message */
		documentId: integer().notNull(),
		photoId: uuid().references(() => registerPhotos.id),
		note: text(),
		recordedAt: instant().notNull(),
		recordedByName: text().notNull(),
	},
	(t) => [
		index('register_readings_point').on(t.meteringPointId, t.obis, t.readAt),
		index('register_readings_import').on(t.importId).where(sql`import_id is not null`),
		check('register_readings_positive', sql`${t.wh} >= 0`),
	],
);

/** A reading that was taken back, and why. */
export const registerReversals = pgTable('register_reversals', {
	readingId: uuid()
		.primaryKey()
		.references(() => registerReadings.id),
	reason: text().notNull(),
	recordedAt: instant().notNull(),
	recordedByName: text().notNull(),
});

/** What somebody decided about the step from the reading before to this one; the newest counts. */
export const registerDecisions = pgTable(
	'register_decisions',
	{
		id: id(),
		readingId: uuid()
			.notNull()
			.references(() => registerReadings.id),
		decision: text({ enum: ['rollover', 'reset', 'accept', 'ignore'] }).notNull(),
		/** where the register began anew after a reset, watt-hours */
		resetToWh: energyWh(),
		reason: text().notNull(),
		recordedAt: instant().notNull(),
		recordedByName: text().notNull(),
	},
	(t) => [
		index('register_decisions_reading').on(t.readingId),
		check('register_decisions_reset', sql`(${t.resetToWh} is not null) = (${t.decision} = 'reset')`),
	],
);

/** An amount of energy over a period (Energiemenge) that a message states. Counts as register readings do. */
export const energyAmounts = pgTable(
	'energy_amounts',
	{
		id: id(),
		meteringPointId: uuid().references(() => meteringPoints.id),
		meteringPoint: text(),
		obis: text().notNull(),
		fromAt: instant().notNull(),
		toAt: instant().notNull(),
		wh: energyWh().notNull(),
		quality: smallint().notNull(),
		importId: integer().notNull(),
		documentId: integer().notNull(),
		recordedAt: instant().notNull(),
	},
	(t) => [
		index('energy_amounts_point').on(t.meteringPointId, t.obis, t.fromAt),
		index('energy_amounts_import').on(t.importId),
		check('energy_amounts_period', sql`${t.toAt} > ${t.fromAt}`),
	],
);
