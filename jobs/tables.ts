// What the jobs remember: one row per run, claimed by (job, due).
import { json, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core';
import { instant } from '../api/database/columns.ts';

/** A run of a job for the moment it was due. `outcome` running | done | failed; a running row whose lease has ended may be claimed again. */
export const jobRuns = pgTable(
	'job_runs',
	{
		job: text().notNull(),
		dueAt: instant().notNull(),
		startedAt: instant().notNull(),
		leaseUntil: instant().notNull(),
		finishedAt: instant(),
		attempts: smallint().notNull().default(1),
		outcome: text({ enum: ['running', 'done', 'failed'] }).notNull(),
		startedBy: text().notNull(),
		result: json(),
		error: text(),
	},
	(t) => [primaryKey({ columns: [t.job, t.dueAt] })],
);
