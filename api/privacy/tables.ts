// What is remembered about privacy: data taken out of use but still to be kept, deletion runs and what they did, never the data themselves.
import { sql } from 'drizzle-orm';
import { check, date, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, day, id, instant } from '../database/columns.ts';
import { members } from '../members/tables.ts';
import { type DeletionCategory, deletionActions } from './rules/deletion.ts';

/**
 * Restricted data (Einschränkung der Verarbeitung, § 35(3) BDSG): out of the pages, sealed, until the law no longer asks for them; then
 * erased, and the row remains as proof.
 */
export const restrictedData = pgTable(
	'restricted_data',
	{
		id: id(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		category: text().$type<DeletionCategory>().notNull(),
		/** sealed JSON of the fields, bound to this row; null once erased */
		content: bytes(),
		restrictedAt: instant().notNull(),
		restrictedBy: uuid(),
		/** last day it must be kept */
		keepUntil: day().notNull(),
		erasedAt: instant(),
	},
	(t) => [
		check('restricted_data_erased', sql`(${t.content} is null) = (${t.erasedAt} is not null)`),
		index('restricted_data_of_member').on(t.memberId),
	],
);

/** Deletion runs (Löschläufe): who carried out what was due on which day. */
export const deletionRuns = pgTable('deletion_runs', {
	id: id(),
	dueOn: day().notNull(),
	executedAt: instant().notNull(),
	executedBy: uuid().notNull(),
	executedByName: text().notNull(),
	items: integer().notNull(),
});

/** The deletion log (Löschprotokoll, G-40): what was restricted or erased of whom and why; not the data. */
export const deletionLog = pgTable(
	'deletion_log',
	{
		id: id(),
		runId: uuid()
			.notNull()
			.references(() => deletionRuns.id),
		/** null: a document of the cooperative as a whole */
		memberId: uuid().references(() => members.id),
		category: text().$type<DeletionCategory>().notNull(),
		action: text({ enum: deletionActions }).notNull(),
		/** names of the fields or of the document, no contents */
		fields: text().array().notNull(),
		/** restricted: until when it is kept */
		keepUntil: date({ mode: 'string' }),
	},
	(t) => [
		check('deletion_log_action', sql`${t.action} in ('restricted', 'erased')`),
		check('deletion_log_kept', sql`(${t.action} = 'restricted') = (${t.keepUntil} is not null)`),
		index('deletion_log_of_run').on(t.runId),
	],
);
