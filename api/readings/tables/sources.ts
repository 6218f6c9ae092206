// Live sources: where readings come from by themselves, into which channels, how far they have come, which files they have seen.
import { sql } from 'drizzle-orm';
import {
	bigint,
	boolean,
	check,
	index,
	integer,
	json,
	pgTable,
	primaryKey,
	smallint,
	text,
	unique,
	uuid,
} from 'drizzle-orm/pg-core';
import { bytes, id, instant } from '../../database/columns.ts';
import { channels, meteringPoints } from '../../plants/tables.ts';
import type { Meaning, SourceKind, SourceSettings } from '../sources/kinds.ts';

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

/** A live source (Messquelle): where readings come from by themselves, and how it is. */
export const sources = pgTable('sources', {
	id: id(),
	name: text().notNull().unique(),
	kind: text().$type<SourceKind>().notNull(),
	/** folder or address; of a device that sends by itself 'push:' and the id of its token */
	location: text().notNull().unique(),
	/** of files: where values go that do not name their metering point */
	meteringPointId: uuid().references(() => meteringPoints.id),
	obis: text(),
	/** what its kind needs to know beside the address; no secrets */
	settings: json().$type<SourceSettings>().notNull().default({}),
	/** password, key or token, sealed for this row; never shown again */
	secret: bytes(),
	enabled: boolean().notNull().default(true),
	createdAt: instant().notNull(),
	/** how often it was changed: whoever listens to it begins anew */
	changes: integer().notNull().default(0),
	/** one process at a time works on a source; if it dies, the next may after this moment */
	busyUntil: instant(),
	lastRunAt: instant(),
	lastSuccessAt: instant(),
	/** the newest moment that a value of it stands for */
	lastValueAt: instant(),
	/** refusal code and values of the last look if it failed */
	lastProblem: json(),
	/** of files: those that were not whole at the last look, and what was delivered since when */
	edge: json(),
});

/** One series of a live source: what the source calls it, what its numbers mean, the channel they count into, how far they have come. */
export const sourceChannels = pgTable(
	'source_channels',
	{
		id: integer().primaryKey().generatedAlwaysAsIdentity(),
		sourceId: uuid()
			.notNull()
			.references(() => sources.id, { onDelete: 'cascade' }),
		/** how the source names it: a topic, a path, a device's channel; '' where there is only one */
		name: text().notNull(),
		meteringPointId: uuid()
			.notNull()
			.references(() => meteringPoints.id),
		obis: text().notNull(),
		slotMinutes: smallint().notNull().default(15),
		/** energy of a slot, power at a moment, or what a counting register shows */
		meaning: text().$type<Meaning>().notNull(),
		/** paths and unit, as its kind needs them */
		settings: json().$type<Record<string, string>>().notNull().default({}),
		/** the last value, the contiguous edge, the gaps, what was out of the ordinary */
		edge: json(),
	},
	(t) => [
		unique('source_channels_name').on(t.sourceId, t.name),
		// Two sources that count into one channel would count everything twice.
		unique('source_channels_once').on(t.meteringPointId, t.obis),
		check('source_channels_slot', sql`${t.slotMinutes} in (5, 10, 15, 30, 60)`),
	],
);

/** A file that a source has brought, under the name it is known by there, and what became of it. */
export const sourceFiles = pgTable(
	'source_files',
	{
		id: integer().primaryKey().generatedAlwaysAsIdentity(),
		sourceId: uuid()
			.notNull()
			.references(() => sources.id, { onDelete: 'cascade' }),
		/** a folder's file: path, size and time of change; a mail's attachment: message id and place in it */
		key: text().notNull(),
		fileName: text().notNull(),
		/** sender of a mail; null for a folder */
		sender: text(),
		size: bigint({ mode: 'number' }).notNull(),
		changedAt: instant(),
		sha256: bytes().notNull(),
		/** stored; known: the same bytes were stored before; refused, with the problem */
		outcome: text({ enum: ['stored', 'known', 'refused'] }).notNull(),
		importId: integer(),
		problem: json(),
		seenAt: instant().notNull(),
	},
	(t) => [unique('source_files_once').on(t.sourceId, t.key), index('source_files_newest').on(t.sourceId, t.seenAt)],
);
