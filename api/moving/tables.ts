// What is remembered about moving in: the files that were brought, how their columns are read, and what came of them.
import { sql } from 'drizzle-orm';
import {
	bigint,
	check,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core';
import { bytes, day, id, instant } from '../database/columns.ts';
import { members } from '../members/tables.ts';
import type { Columns, FileKind } from './rules/fields.ts';

/** What a move brought in, in numbers; cents where the name says so. */
export interface MovingCounts {
	members: number;
	left: number;
	shares: number;
	movements: number;
	dues: number;
	events: number;
	mandates: number;
	nominalCents: number;
	paidCents: number;
	settlementCents: number;
	/** former members to whom something is still owed */
	settlements: number;
	entries: number;
	/** members under notice, and who acts for minors and organisations; absent in moves before these were taken over */
	leaving?: number;
	representatives?: number;
}

/**
 * Moves of an existing cooperative into this program (Umzug): open while files are collected, committed at once, perhaps undone.
 * One is open at a time.
 */
export const movings = pgTable(
	'movings',
	{
		id: id(),
		state: text({ enum: ['open', 'committed', 'undone', 'discarded'] })
			.notNull()
			.default('open'),
		/** the day balances without a day of their own are taken from */
		balanceOn: day().notNull(),
		openedAt: instant().notNull(),
		openedBy: uuid(),
		committedAt: instant(),
		committedBy: uuid(),
		counts: jsonb().$type<MovingCounts>(),
		/** entries in the books; null if there were no balances */
		firstEntry: bigint({ mode: 'number' }),
		lastEntry: bigint({ mode: 'number' }),
		/** the journal's number and the member counter as they stood before */
		entryBefore: bigint({ mode: 'number' }),
		numberBefore: integer(),
		closedAt: instant(),
		closedBy: uuid(),
	},
	(t) => [
		uniqueIndex('movings_one_open').on(t.state).where(sql`${t.state} = 'open'`),
		check('movings_committed', sql`(${t.state} in ('committed', 'undone')) = (${t.committedAt} is not null)`),
		check('movings_closed', sql`(${t.state} in ('undone', 'discarded')) = (${t.closedAt} is not null)`),
		check('movings_counted', sql`(${t.committedAt} is null) = (${t.counts} is null)`),
	],
);

/** Tables that were brought: one row each sheet or CSV. The rows are sealed, and forgotten once the move is committed or discarded. */
export const movingFiles = pgTable(
	'moving_files',
	{
		id: id(),
		movingId: uuid()
			.notNull()
			.references(() => movings.id),
		name: text().notNull(),
		/** name of the sheet in a workbook */
		sheet: text(),
		kind: text({ enum: ['members', 'movements', 'payments', 'dues', 'mandates'] })
			.$type<FileKind>()
			.notNull(),
		sizeBytes: integer().notNull(),
		/** of the whole file as it was brought */
		sha256: bytes().notNull(),
		encoding: text({ enum: ['utf-8', 'utf-16', 'windows-1252', 'xlsx'] }).notNull(),
		headings: jsonb().$type<string[]>().notNull(),
		/** hash of the headings: files of the same shape are read the same way */
		shape: text().notNull(),
		columns: jsonb().$type<Columns>().notNull(),
		rowCount: integer().notNull(),
		/** the rows as JSON, sealed */
		rows: bytes(),
		addedAt: instant().notNull(),
	},
	(t) => [
		index('moving_files_of').on(t.movingId),
		uniqueIndex('moving_files_once').on(t.movingId, t.sha256, sql`coalesce(${t.sheet}, '')`),
	],
);

/** How columns of files of one shape were read the last time. */
export const movingShapes = pgTable('moving_shapes', {
	shape: text().primaryKey(),
	kind: text({ enum: ['members', 'movements', 'payments', 'dues', 'mandates'] })
		.$type<FileKind>()
		.notNull(),
	columns: jsonb().$type<Columns>().notNull(),
	usedAt: instant().notNull(),
	usedBy: uuid(),
});

/** Whom a move brought in. */
export const movingMembers = pgTable(
	'moving_members',
	{
		movingId: uuid()
			.notNull()
			.references(() => movings.id),
		memberId: uuid()
			.notNull()
			.unique()
			.references(() => members.id),
	},
	(t) => [primaryKey({ columns: [t.movingId, t.memberId] })],
);
