// Meter-days with their history, what was imported, and the live sources.
import { sql } from 'drizzle-orm';
import {
	bigint,
	boolean,
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
import { bytes, energyWh, id, instant } from '../database/columns.ts';
import { channels, meteringPoints } from '../plants/tables.ts';

const whArray = customType<{ data: (number | null)[] }>({ dataType: () => 'integer[]' });

/** A file or delivery: kept with its facts for ever; the same bytes are stored once. */
export const imports = pgTable(
	'imports',
	{
		id: integer().primaryKey().generatedAlwaysAsIdentity(),
		fileName: text().notNull(),
		sha256: bytes().notNull(),
		size: bigint({ mode: 'number' }).notNull(),
		origin: text({ enum: ['upload', 'command', 'watch-folder', 'http-pull', 'demo'] }).notNull(),
		state: text({ enum: ['uploaded', 'stored', 'discarded', 'refused'] }).notNull(),
		/** what the file holds and what storing it changed (the report), or why it was refused */
		report: json(),
		receivedAt: instant().notNull(),
		receivedBy: uuid(),
		/** the person, command or job it came from, as it was called then */
		receivedByName: text().notNull(),
		/** where values go that do not name their metering point, as chosen for the preview */
		assignment: json(),
		storedAt: instant(),
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
	importId: integer().notNull(),
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

/** Values of days that are not over yet, as live sources deliver them; sealed into meter-days by a job. */
export const openReadings = pgTable(
	'open_readings',
	{
		channelId: integer()
			.notNull()
			.references(() => channels.id),
		startAt: instant().notNull(),
		wh: integer().notNull(),
		quality: smallint().notNull(),
		/** how much of the slot the value covers; one that never becomes whole is not sealed */
		coveredMs: integer().notNull(),
		receivedAt: instant().notNull(),
	},
	(t) => [primaryKey({ columns: [t.channelId, t.startAt] })],
);

/** A live source (Messquelle): where readings come from by themselves, and how far it has come. */
export const sources = pgTable(
	'sources',
	{
		id: id(),
		name: text().notNull().unique(),
		kind: text({ enum: ['watch-folder', 'fronius'] }).notNull(),
		/** folder or address */
		location: text().notNull().unique(),
		/** where values go that do not name their metering point */
		meteringPointId: uuid().references(() => meteringPoints.id),
		obis: text(),
		enabled: boolean().notNull().default(true),
		createdAt: instant().notNull(),
		lastRunAt: instant(),
		lastSuccessAt: instant(),
		/** refusal code and values of the last look if it failed */
		lastProblem: json(),
		/** how far the source has come: for a register its last value and instant, for a folder the files seen */
		edge: json(),
	},
	(t) => [
		// Two inverters behind one metering point have an OBIS channel each, or their energy would be added up in one.
		uniqueIndex('sources_channel_once').on(t.meteringPointId, t.obis).where(sql`kind = 'fronius'`),
		check('sources_place', sql`${t.kind} <> 'fronius' or (${t.meteringPointId} is not null and ${t.obis} is not null)`),
	],
);
