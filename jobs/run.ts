// One run of a job: claim (job, due) by primary key, call the service with at = due, record the outcome, catch up what was missed.
import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm';
import { createTask } from 'node-cron';
import type { Config } from '../api/config.ts';
import { type Database, transact } from '../api/database/connect.ts';
import { type Actor, systemActor } from '../api/values/actor.ts';
import { Refusal } from '../api/values/refusal.ts';
import { jobRuns } from './tables.ts';

/** A job: when it is due and what it calls. */
export interface Job {
	name: string;
	/** what it does, for the board's page */
	purpose: { de: string; en: string };
	/** five-field cron line */
	cron: string;
	/** zone of the cron line: quarter-hours in UTC, daily jobs in Europe/Berlin outside 02:00–03:00 */
	zone: 'UTC' | 'Europe/Berlin';
	/** after downtime: run for each missed moment in order, or only for the last one */
	catchUp: 'each' | 'last';
	/** a run that has not ended after this time is taken for dead and may be claimed again */
	leaseMinutes: number;
	run: (parts: { db: Database; config: Config; by: Actor; at: Date; now: () => Date }) => Promise<unknown>;
}

/** How a run ended. 'taken' means that another process has it or had it. */
export interface RunOutcome {
	outcome: 'done' | 'failed' | 'taken';
	result?: unknown;
	error?: string;
}

interface Parts {
	db: Database;
	config: Config;
	now: () => Date;
}

const scheduler = systemActor('jobs');

async function claim({ db, now }: Parts, job: Job, dueAt: Date, startedBy: string): Promise<boolean> {
	const startedAt = now();
	const leaseUntil = new Date(startedAt.getTime() + job.leaseMinutes * 60_000);
	const claimed = await transact(db, scheduler, (tx) =>
		tx
			.insert(jobRuns)
			.values({ job: job.name, dueAt, startedAt, leaseUntil, outcome: 'running', startedBy })
			.onConflictDoUpdate({
				target: [jobRuns.job, jobRuns.dueAt],
				set: { startedAt, leaseUntil, startedBy, attempts: sql`${jobRuns.attempts} + 1` },
				setWhere: and(eq(jobRuns.outcome, 'running'), lt(jobRuns.leaseUntil, startedAt)) as SQL,
			})
			.returning({ job: jobRuns.job }),
	);
	return claimed.length === 1;
}

/** Runs a job for the moment it was due, unless that run exists already. Errors are recorded, not thrown. */
export async function runJob(parts: Parts, job: Job, dueAt: Date, startedBy = 'schedule'): Promise<RunOutcome> {
	if (!(await claim(parts, job, dueAt, startedBy))) return { outcome: 'taken' };
	let ended: RunOutcome;
	try {
		const result = await job.run({ ...parts, by: systemActor(`jobs.${job.name}`), at: dueAt });
		ended = { outcome: 'done', result: result ?? null };
	} catch (error) {
		ended = { outcome: 'failed', error: String(error instanceof Error ? error.message : error).slice(0, 500) };
	}
	await transact(parts.db, scheduler, (tx) =>
		tx
			.update(jobRuns)
			.set({
				outcome: ended.outcome as 'done' | 'failed',
				finishedAt: parts.now(),
				result: ended.result ?? null,
				error: ended.error ?? null,
			})
			.where(and(eq(jobRuns.job, job.name), eq(jobRuns.dueAt, dueAt))),
	);
	return ended;
}

const minuteMs = 60_000;
const lookBackMinutes = 3 * 24 * 60;

/** The moments a job was due after `since` and up to `until`, oldest first; at most three days back. */
export function dueTimes(job: Pick<Job, 'cron' | 'zone'>, since: Date, until: Date): Date[] {
	const task = createTask(job.cron, () => {}, { timezone: job.zone });
	const first = Math.max(since.getTime() + 1, until.getTime() - lookBackMinutes * minuteMs);
	const due: Date[] = [];
	for (let ms = Math.ceil(first / minuteMs) * minuteMs; ms <= until.getTime(); ms += minuteMs) {
		if (task.match(new Date(ms))) due.push(new Date(ms));
	}
	task.destroy();
	return due;
}

/** Runs what was missed since each job's last recorded moment; a job that never ran is run once for its last moment. */
export async function catchUp(parts: Parts, jobs: readonly Job[]): Promise<void> {
	for (const job of jobs) {
		const [last] = await transact(parts.db, scheduler, (tx) =>
			tx
				.select({ dueAt: jobRuns.dueAt })
				.from(jobRuns)
				.where(eq(jobRuns.job, job.name))
				.orderBy(desc(jobRuns.dueAt))
				.limit(1),
		);
		const missed = dueTimes(job, last?.dueAt ?? new Date(0), parts.now());
		for (const dueAt of job.catchUp === 'each' && last ? missed : missed.slice(-1)) await runJob(parts, job, dueAt);
	}
}

/** Runs that a dead process left behind, claimed again and finished. */
export async function resumeAbandoned(parts: Parts, jobs: readonly Job[]): Promise<void> {
	const abandoned = await transact(parts.db, scheduler, (tx) =>
		tx
			.select({ job: jobRuns.job, dueAt: jobRuns.dueAt })
			.from(jobRuns)
			.where(and(eq(jobRuns.outcome, 'running'), lt(jobRuns.leaseUntil, parts.now()))),
	);
	for (const { job: name, dueAt } of abandoned) {
		const job = jobs.find((j) => j.name === name);
		if (job) await runJob(parts, job, dueAt, 'resumed');
	}
}

/** The newest runs of all jobs, newest first, at most `limit` of each. */
export function listJobRuns(db: Database, { by, limit }: { by: Actor; limit: number }) {
	return transact(db, by, async (tx) => {
		const ranked = tx
			.select({
				job: jobRuns.job,
				dueAt: jobRuns.dueAt,
				startedAt: jobRuns.startedAt,
				finishedAt: jobRuns.finishedAt,
				outcome: jobRuns.outcome,
				startedBy: jobRuns.startedBy,
				result: jobRuns.result,
				error: jobRuns.error,
				rank: sql<number>`row_number() over (partition by ${jobRuns.job} order by ${jobRuns.dueAt} desc)`.as('rank'),
			})
			.from(jobRuns)
			.as('ranked');
		return tx.select().from(ranked).where(sql`${ranked.rank} <= ${limit}`).orderBy(desc(ranked.dueAt));
	});
}

/** The job of that name. Refuses jobs.unknown. */
export function jobNamed(jobs: readonly Job[], name: string): Job {
	const job = jobs.find((j) => j.name === name);
	if (!job) throw new Refusal('missing', 'jobs.unknown', { name });
	return job;
}
