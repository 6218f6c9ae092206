// The jobs on the wire: what runs when, how it went, run one by hand.
import { Type } from 'typebox';
import type { App } from '../api/app.ts';
import { InstantText, Strict } from '../api/http/schemas.ts';
import { type Job, jobNamed, listJobRuns, runJob } from './run.ts';

const Run = Type.Object({
	dueAt: InstantText,
	startedAt: InstantText,
	finishedAt: Type.Union([InstantText, Type.Null()]),
	outcome: Type.Union([Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')]),
	startedBy: Type.String(),
	result: Type.Unknown(),
	error: Type.Union([Type.String(), Type.Null()]),
});

/** GET /api/jobs, POST /api/jobs/{name}/runs. */
export function jobRoutes(jobs: readonly Job[]): (app: App) => void {
	return (app) => {
		app.get(
			'/api/jobs',
			{
				config: { access: ['board', 'operator', 'auditor'] },
				schema: {
					operationId: 'listJobs',
					tags: ['jobs'],
					summary: 'All jobs with their newest runs',
					response: {
						200: Type.Array(
							Type.Object({
								name: Type.String(),
								purpose: Type.Object({ de: Type.String(), en: Type.String() }),
								cron: Type.String(),
								zone: Type.String(),
								runs: Type.Array(Run),
							}),
						),
					},
				},
			},
			async ({ actor }) => {
				const runs = await listJobRuns(app.db, { by: actor, limit: 5 });
				return jobs.map(({ name, purpose, cron, zone }) => ({
					name,
					purpose,
					cron,
					zone,
					runs: runs
						.filter((run) => run.job === name)
						.map((run) => ({
							dueAt: run.dueAt.toISOString(),
							startedAt: run.startedAt.toISOString(),
							finishedAt: run.finishedAt?.toISOString() ?? null,
							outcome: run.outcome,
							startedBy: run.startedBy,
							result: run.result,
							error: run.error,
						})),
				}));
			},
		);
		app.post(
			'/api/jobs/:name/runs',
			{
				config: { access: ['board'] },
				schema: {
					operationId: 'runJob',
					tags: ['jobs'],
					summary: 'Runs a job now and waits for its end',
					params: Strict({ name: Type.String({ maxLength: 40 }) }),
					response: {
						201: Type.Object({
							outcome: Type.String(),
							result: Type.Unknown(),
							error: Type.Union([Type.String(), Type.Null()]),
						}),
					},
				},
			},
			async ({ params, actor, at }, reply) => {
				const job = jobNamed(jobs, params.name);
				const ended = await runJob({ db: app.db, config: app.settings, now: app.now }, job, at, actor.name);
				return reply
					.code(201)
					.send({ outcome: ended.outcome, result: ended.result ?? null, error: ended.error ?? null });
			},
		);
	};
}
