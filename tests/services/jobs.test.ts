// Jobs: each moment is run once, whoever asks; what was missed is caught up; what a dead process left is finished.
import { expect, test } from 'vitest';
import type { Config } from '../../api/config.ts';
import { catchUp, dueTimes, type Job, listJobRuns, resumeAbandoned, runJob } from '../../jobs/run.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const config = {} as Config;

function job(name: string, run: Job['run'], more: Partial<Job> = {}): Job {
	return {
		name,
		purpose: { de: 'Prüfling', en: 'Test' },
		cron: '30 3 * * *',
		zone: 'Europe/Berlin',
		catchUp: 'last',
		leaseMinutes: 10,
		run,
		...more,
	};
}
const parts = (now: string) => ({ db: database.db, config, now: () => new Date(now) });

test('twenty processes at once run a due moment exactly once', async () => {
	let calls = 0;
	const counted = job('counted', async () => ++calls);
	const due = new Date('2026-11-22T02:30:00Z');
	const outcomes = await Promise.all(
		Array.from({ length: 20 }, () => runJob(parts('2026-11-22T02:30:01Z'), counted, due)),
	);
	expect(calls).toBe(1);
	expect(outcomes.filter((o) => o.outcome === 'done')).toHaveLength(1);
	expect(outcomes.filter((o) => o.outcome === 'taken')).toHaveLength(19);
});

test('a failing job is recorded with its reason and does not stop the others', async () => {
	const failing = job('failing', async () => {
		throw new Error('the inverter does not answer');
	});
	expect(await runJob(parts('2026-11-22T02:30:01Z'), failing, new Date('2026-11-22T02:30:00Z'))).toEqual({
		outcome: 'failed',
		error: 'the inverter does not answer',
	});
	const [run] = (await listJobRuns(database.db, { by: person(['board']), limit: 3 })).filter(
		(r) => r.job === 'failing',
	);
	expect(run).toMatchObject({ outcome: 'failed', error: 'the inverter does not answer' });
});

test('after downtime each missed moment runs in order, across the clock change, and only once', async () => {
	const ran: string[] = [];
	const daily = job('daily', async ({ at }) => void ran.push(at.toISOString()), { catchUp: 'each' });
	await runJob(parts('2026-10-23T01:30:05Z'), daily, new Date('2026-10-23T01:30:00Z'));
	await catchUp(parts('2026-10-26T09:00:00Z'), [daily]);
	await catchUp(parts('2026-10-26T09:00:00Z'), [daily]);
	expect(ran).toEqual([
		'2026-10-23T01:30:00.000Z',
		'2026-10-24T01:30:00.000Z',
		'2026-10-25T02:30:00.000Z',
		'2026-10-26T02:30:00.000Z',
	]);
});

test('quarter-hours in UTC do not pause in autumn', () => {
	const quarter = { cron: '*/15 * * * *', zone: 'UTC' } as const;
	expect(dueTimes(quarter, new Date('2026-10-24T22:00:00Z'), new Date('2026-10-25T23:00:00Z'))).toHaveLength(100);
});

test('a run left behind by a dead process is finished by the next one, not before its lease ends', async () => {
	let attempts = 0;
	const due = new Date('2026-11-20T02:30:00Z');
	const slow = job('slow', async () => {
		attempts += 1;
		if (attempts === 1) await new Promise(() => {});
	});
	void runJob(parts('2026-11-20T02:30:00Z'), slow, due);
	await expect.poll(() => attempts).toBe(1);
	await resumeAbandoned(parts('2026-11-20T02:35:00Z'), [slow]);
	expect(attempts).toBe(1);
	await resumeAbandoned(parts('2026-11-20T02:41:00Z'), [slow]);
	expect(attempts).toBe(2);
	const [run] = (await listJobRuns(database.db, { by: system, limit: 1 })).filter((r) => r.job === 'slow');
	expect(run).toMatchObject({ outcome: 'done', startedBy: 'resumed' });
});

test('members do not see the runs', async () => {
	expect(await listJobRuns(database.db, { by: person(['member']), limit: 5 })).toEqual([]);
});
