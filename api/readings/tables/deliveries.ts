// What each file and message delivered beyond the valid days: messages with their cancellations, deliveries that do not stand as a version, disputes, values without a metering point.
import { sql } from 'drizzle-orm';
import {
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
	unique,
	uuid,
} from 'drizzle-orm/pg-core';
import { bytes, energyWh, id, instant } from '../../database/columns.ts';

const whArray = customType<{ data: (number | null)[] }>({ dataType: () => 'integer[]' });

/** A message number that a sender used, or cancelled before its message came. Locked by whoever stores or cancels it. */
export const readingMessages = pgTable(
	'reading_messages',
	{
		id: integer().primaryKey().generatedAlwaysAsIdentity(),
		sender: text().notNull(),
		number: text().notNull(),
	},
	(t) => [unique('reading_messages_once').on(t.sender, t.number)],
);

/** A message that came in a file. It counts as long as its import is stored and no stored message cancels it. */
export const readingDocuments = pgTable(
	'reading_documents',
	{
		id: integer().primaryKey().generatedAlwaysAsIdentity(),
		importId: integer().notNull(),
		messageId: integer()
			.notNull()
			.references(() => readingMessages.id),
		part: smallint().notNull(),
		function: text({ enum: ['original', 'cancellation'] }).notNull(),
		cancelsMessageId: integer().references(() => readingMessages.id),
		type: text().notNull(),
		process: text(),
		version: text().notNull(),
		/** when its sender wrote it, or the version stamp of its series; where it does not say, when its import arrived */
		issuedAt: instant().notNull(),
		test: boolean().notNull(),
		valueCount: integer().notNull(),
		/** how often each reason was given (STS) */
		reasons: json(),
	},
	(t) => [
		unique('reading_documents_once').on(t.importId, t.messageId, t.part, t.function),
		index('reading_documents_message').on(t.messageId),
		index('reading_documents_cancels').on(t.cancelsMessageId).where(sql`cancels_message_id is not null`),
	],
);

/** The channels and local days that an import, or one of its messages (0: none), speaks of. */
export const importChannels = pgTable(
	'import_channels',
	{
		importId: integer().notNull(),
		documentId: integer().notNull(),
		channelId: integer().notNull(),
		fromDay: date({ mode: 'string' }).notNull(),
		toDay: date({ mode: 'string' }).notNull(),
	},
	(t) => [primaryKey({ columns: [t.importId, t.documentId, t.channelId] })],
);

/**
 * What an import delivered for a day where that is not a version of the day by itself: `version` where it equals one, its values
 * otherwise. A version with `documentId` other than 0 is a delivery and stands here only if the same came again.
 */
export const readingDeliveries = pgTable(
	'reading_deliveries',
	{
		channelId: integer().notNull(),
		day: date({ mode: 'string' }).notNull(),
		importId: integer().notNull(),
		/** 0: without message */
		documentId: integer().notNull(),
		version: integer(),
		wh: whArray(),
		quality: bytes(),
	},
	(t) => [
		primaryKey({ columns: [t.channelId, t.day, t.importId, t.documentId] }),
		check('reading_deliveries_values', sql`(${t.version} is null) <> (${t.wh} is null)`),
	],
);

/** A later delivery of worse quality that says something else than what counts on a day: somebody decides. */
export const readingDisputes = pgTable(
	'reading_disputes',
	{
		channelId: integer().notNull(),
		day: date({ mode: 'string' }).notNull(),
		importId: integer().notNull(),
		documentId: integer().notNull(),
		slots: smallint().notNull(),
		/** what counts in these slots, and what the delivery says */
		countsWh: energyWh().notNull(),
		saysWh: energyWh().notNull(),
		state: text({ enum: ['open', 'accepted', 'dismissed', 'over'] }).notNull(),
		openedAt: instant().notNull(),
		decidedAt: instant(),
		decidedByName: text(),
		reason: text(),
	},
	(t) => [
		primaryKey({ columns: [t.channelId, t.day, t.importId, t.documentId] }),
		index('reading_disputes_open').on(t.importId).where(sql`state = 'open'`),
	],
);

/** Values of a metering point that nobody knows yet: one series of a file, kept until somebody says where it belongs. */
export const unplacedSeries = pgTable(
	'unplaced_series',
	{
		id: id(),
		importId: integer().notNull(),
		/** 0: without message */
		documentId: integer().notNull(),
		meteringPoint: text().notNull(),
		obis: text().notNull(),
		unit: text({ enum: ['kWh', 'kvarh'] }).notNull(),
		slotMinutes: smallint().notNull(),
		/** the import that stands for placing it; null while it waits */
		placedByImport: integer(),
		channelId: integer(),
	},
	(t) => [
		index('unplaced_series_point').on(t.meteringPoint),
		index('unplaced_series_import').on(t.importId),
		check('unplaced_series_placed', sql`(${t.placedByImport} is null) = (${t.channelId} is null)`),
	],
);

/** The days of such a series. */
export const unplacedDays = pgTable(
	'unplaced_days',
	{
		seriesId: uuid()
			.notNull()
			.references(() => unplacedSeries.id),
		day: date({ mode: 'string' }).notNull(),
		wh: whArray().notNull(),
		quality: bytes(),
		totalWh: energyWh().notNull(),
		gaps: smallint().notNull(),
	},
	(t) => [primaryKey({ columns: [t.seriesId, t.day] })],
);
