// The whole clock on one page: every job, when it is due, and the service it calls.
import { schedule } from 'node-cron';
import { verifyAuditChain } from '../api/audit/service.ts';
import type { Config } from '../api/config.ts';
import type { Database } from '../api/database/connect.ts';
import { calculateYields } from '../api/yields/service.ts';
import { catchUp, type Job, resumeAbandoned, runJob } from './run.ts';

export const jobs: readonly Job[] = [
	{
		name: 'daily-yields',
		purpose: { de: 'Rechnet die Tageserträge aus neuen und berichtigten Messwerten', en: 'Calculates daily yields from new and corrected readings' },
		cron: '*/5 * * * *',
		zone: 'UTC',
		catchUp: 'last',
		leaseMinutes: 15,
		run: ({ db, by, now }) => calculateYields(db, { by, at: now() }),
	},
	{
		name: 'verify-chain',
		purpose: { de: 'Prüft die Kette des Protokolls', en: 'Verifies the audit chain' },
		cron: '15 4 * * *',
		zone: 'Europe/Berlin',
		catchUp: 'last',
		leaseMinutes: 30,
		run: ({ db, by }) => verifyAuditChain(db, { by }),
	},
];

/** Keeps the clock: catches up, then runs each job when it is due, until `stop`. Several processes may keep it at once. */
export async function keepTime(parts: { db: Database; config: Config; now: () => Date; onError: (error: unknown) => void }): Promise<{
	stop: () => Promise<void>;
}> {
	const running = new Set<Promise<unknown>>();
	const track = (work: Promise<unknown>): void => {
		const tracked = work.catch(parts.onError).finally(() => running.delete(tracked));
		running.add(tracked);
	};
	const tasks = jobs.map((job) =>
		schedule(job.cron, ({ date }) => track(runJob(parts, job, new Date(Math.floor(date.getTime() / 60_000) * 60_000))), {
			timezone: job.zone,
			noOverlap: true,
			name: job.name,
		}),
	);
	const resume = setInterval(() => track(resumeAbandoned(parts, jobs)), 60_000);
	resume.unref();
	track(resumeAbandoned(parts, jobs).then(() => catchUp(parts, jobs)));
	return {
		stop: async () => {
			clearInterval(resume);
			await Promise.all(tasks.map((task) => task.destroy()));
			await Promise.allSettled(running);
		},
	};
}
