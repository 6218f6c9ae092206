// Old runs of jobs are forgotten.
import { and, lt, ne } from 'drizzle-orm';
import { type Database, transact } from '../api/database/connect.ts';
import type { Actor } from '../api/values/actor.ts';
import { jobRuns } from './tables.ts';

const keptDays = 60;

/** Forgets runs that were due more than sixty days before `at` and have ended. Answers how many. */
export function forgetJobRuns(db: Database, { by, at }: { by: Actor; at: Date }): Promise<{ forgotten: number }> {
	const before = new Date(at.getTime() - keptDays * 86_400_000);
	return transact(db, by, async (tx) => {
		const gone = await tx
			.delete(jobRuns)
			.where(and(lt(jobRuns.dueAt, before), ne(jobRuns.outcome, 'running')))
			.returning({ job: jobRuns.job });
		return { forgotten: gone.length };
	});
}
