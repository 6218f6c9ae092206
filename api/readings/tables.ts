// Meter-days with their history and what was imported; the live sources stand in a file of their own and are named here for the migrations.
import { sql } from 'drizzle-orm';
import {
	bigint,
	check,
	customType,
	date,
	index,
	integer,
	json,
	pgTable,
	primaryKey,
	smallint,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core';
import { bytes, energyWh, instant } from '../database/columns.ts';

const whArray = customType<{ data: (number | null)[] }>({ dataType: () => 'integer[]' });

/** A file or delivery: kept with its facts for ever; the same bytes are stored once. */
export const imports = pgTable(
	'imports',
	{
		id: integer().primaryKey().generatedAlwaysAsIdentity(),
		fileName: text().notNull(),
		sha256: bytes().notNull(),
		size: bigint({ mode: 'number' }).notNull(),
		origin: text({
			enum: ['upload', 'command', 'watch-folder', 'sftp', 'mailbox', 'http-pull', 'demo', 'operator'],
		}).notNull(),
		state: text({ enum: ['uploaded', 'stored', 'discarded', 'refused', 'withdrawn'] }).notNull(),
		/** what the file holds and what storing it changed (the report), or why it was refused */
		report: json(),
		receivedAt: instant().notNull(),
		receivedBy: uuid(),
		/** the person, command or job it came from, as it was called then */
		receivedByName: text().notNull(),
		/** where values go that do not name their metering point, as chosen for the preview */
		assignment: json(),
		storedAt: instant(),
		/** the import (of origin 'operator') that stands for undoing this one */
		undoneBy: integer(),
	},
	(t) => [
		uniqueIndex('imports_stored_once').on(t.sha256).where(sql`state = 'stored'`),
		uniqueIndex('imports_uploaded_once').on(t.sha256).where(sql`state = 'uploaded'`),
		index('imports_newest').on(t.receivedAt),
	],
);

const dayColumns = {
	channelId: integer().notNull(),
	day: date({ mode: 'string' }).notNull(),
	/** watt-hours per slot of the local day; NULL where there is no value */
	wh: whArray().notNull(),
	/** one byte a slot, index into `qualities`; null when every value is measured */
	quality: bytes(),
	totalWh: energyWh().notNull(),
	gaps: smallint().notNull(),
	version: integer().notNull().default(1),
	/** the import that recorded this version */
	importId: integer().notNull(),
	/** the message whose values these are; 0 where they result from several deliveries, null where the import delivered them without message */
	documentId: integer(),
};

/** The valid meter-days: one row per channel and local day. */
export const readingDays = pgTable('reading_days', dayColumns, (t) => [
	primaryKey({ columns: [t.channelId, t.day] }),
	check(
		'reading_days_slots',
		sql`cardinality(${t.wh}) in (1, 23, 24, 25, 46, 48, 50, 92, 96, 100, 138, 144, 150, 276, 288, 300)`,
	),
]);

/** Every earlier version of a meter-day, and which import replaced it. */
export const readingDaysHistory = pgTable(
	'reading_days_history',
	{ ...dayColumns, replacedByImport: integer().notNull() },
	(t) => [primaryKey({ columns: [t.channelId, t.day, t.version] })],
);

export { openReadings, sourceChannels, sourceFiles, sources } from './tables/sources.ts';
export {
	importChannels,
	readingDeliveries,
	readingDisputes,
	readingDocuments,
	readingMessages,
	unplacedDays,
	unplacedSeries,
} from './tables/deliveries.ts';
export {
	energyAmounts,
	meters,
	registerDecisions,
	registerPhotos,
	registerReadings,
	registerReversals,
} from './tables/registers.ts';
export { mappingProfiles } from './tables/profiles.ts';
