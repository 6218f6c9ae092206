// What is remembered for reports: which duties are done or whose they are, days only people know, facts for the proof as a citizens' energy company.
import { check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { day, energyWh, id, instant } from '../database/columns.ts';
import { members } from '../members/tables.ts';
import { plants } from '../plants/tables.ts';
import type { VoterClass } from './rules/citizens.ts';
import type { DutyId } from './rules/duties.ts';

/** A duty of the calendar that somebody took over or did, by the key of its occurrence. */
export const dutyMarks = pgTable(
	'duty_marks',
	{
		occurrence: text().primaryKey(),
		assignedTo: uuid(),
		doneAt: instant(),
		doneBy: uuid(),
		remark: text(),
		changedAt: instant().notNull(),
	},
	(t) => [check('duty_marks_done', sql`(${t.doneAt} is null) = (${t.doneBy} is null)`)],
);

/** Days that duties hang on and only people know: an audit report came, a term of office ends. Taken back, never deleted. */
export const dutyEvents = pgTable(
	'duty_events',
	{
		id: id(),
		duty: text().$type<DutyId>().notNull(),
		onDay: day().notNull(),
		label: text().notNull(),
		recordedAt: instant().notNull(),
		recordedBy: uuid(),
		removedAt: instant(),
		removedBy: uuid(),
	},
	(t) => [index('duty_events_by_day').on(t.onDay)],
);

/** The postcodes within 50 km of a plant, as the board has found them (§ 3 Nr. 15 EEG, E-15). */
export const citizenAreas = pgTable('citizen_areas', {
	plantId: uuid()
		.primaryKey()
		.references(() => plants.id),
	postcodes: text().array().notNull(),
	changedAt: instant().notNull(),
	changedBy: uuid(),
});

/** What a member that is no natural person is for § 3 Nr. 15 EEG, as declared: small or medium enterprise, municipality, neither. */
export const citizenVoters = pgTable('citizen_voters', {
	memberId: uuid()
		.primaryKey()
		.references(() => members.id),
	voterClass: text().$type<VoterClass>().notNull(),
	changedAt: instant().notNull(),
	changedBy: uuid(),
});

/** What the board noted about a correction that came after a year was closed; it is asked again once the energy changes once more. */
export const correctionNotes = pgTable(
	'correction_notes',
	{
		id: id(),
		year: integer().notNull(),
		plantId: uuid()
			.notNull()
			.references(() => plants.id),
		month: day().notNull(),
		/** energy of the month when it was noted */
		nowWh: energyWh().notNull(),
		remark: text().notNull(),
		notedAt: instant().notNull(),
		notedByName: text().notNull(),
	},
	(t) => [index('correction_notes_month').on(t.year, t.plantId, t.month)],
);
