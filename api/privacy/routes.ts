// Privacy on the wire: personal exports (Art. 15 GDPR), retention, deletion runs.
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { commandOf } from '../http/access.ts';
import { retentionClasses } from '../documents/rules.ts';
import { fileReply, sendFile } from '../http/file.ts';
import { DayText, Id, IdParams, InstantText, mayMiss, OneOf, OrNull, Strict } from '../http/schemas.ts';
import { ownMemberId } from '../members/service/files.ts';
import { deletionActions, deletionCategories } from './rules/deletion.ts';
import { executeDeletion, listDeletionRuns, previewDeletion, readDeletionRun } from './service/delete.ts';
import { exportFormats, exportPersonalData } from './service/export.ts';
import { leaverParts, listLeavers, readRetention, recordKinds } from './service/retention.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const ExportBody = Strict({ format: OneOf(exportFormats), language: OneOf(['de', 'en']) });
const Exported = fileReply('application/json', 'application/pdf');
const Category = OneOf(deletionCategories);
const Action = OneOf(deletionActions);
const Run = {
	...{ id: Id, dueOn: DayText, executedAt: InstantText, executedByName: Type.String(), items: Type.Integer() },
};

/** /api/me/personal-data, /api/members/:id/personal-data, /api/members/:id/retention, /api/privacy/… */
export function privacyRoutes(app: App): void {
	app.post(
		'/api/me/personal-data',
		{
			config: { access: ['member'] },
			schema: {
				operationId: 'exportOwnPersonalData',
				tags: ['privacy'],
				summary: 'Everything held about the own person (Art. 15 GDPR); logged',
				...{ body: ExportBody, response: { ...mayMiss, 200: Exported } },
			},
		},
		async (request, reply) => {
			const memberId = ownMemberId(request.actor);
			const { keys } = app.settings;
			return sendFile(
				reply,
				await exportPersonalData(app.db, { ...commandOf(request), keys, memberId, ...request.body }),
			);
		},
	);
	app.post(
		'/api/members/:id/personal-data',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'exportPersonalData',
				tags: ['privacy'],
				summary: 'Everything held about a member (Art. 15 GDPR), for the member; logged',
				...{ params: IdParams, body: ExportBody, response: { 200: Exported } },
			},
		},
		async (request, reply) => {
			const { keys } = app.settings;
			const memberId = request.params.id;
			return sendFile(
				reply,
				await exportPersonalData(app.db, { ...commandOf(request), keys, memberId, ...request.body }),
			);
		},
	);
	app.get(
		'/api/members/:id/retention',
		{
			config: { access: staff },
			schema: {
				operationId: 'readRetention',
				tags: ['privacy'],
				summary: 'How long the records about a member are kept',
				params: IdParams,
				response: {
					200: Type.Object({
						...{ number: Type.Integer(), leftOn: OrNull(DayText) },
						records: Type.Array(
							Type.Object({
								...{ kind: OneOf(recordKinds), retention: OneOf([...retentionClasses, 'permanent']) },
								...{ year: Type.Integer(), count: Type.Integer(), keepUntil: OrNull(DayText), over: Type.Boolean() },
								rule: Type.String(),
							}),
						),
					}),
				},
			},
		},
		({ actor, at, params }) => readRetention(app.db, { by: actor, at, memberId: params.id }),
	);
	app.get(
		'/api/privacy/leavers',
		{
			config: { access: staff },
			schema: {
				operationId: 'listLeavers',
				tags: ['privacy'],
				summary: 'Those who left: what is still held of them and until when',
				querystring: Strict({
					after: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_000_000_000 })),
					limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
				}),
				response: {
					200: Type.Object({
						leavers: Type.Array(
							Type.Object({
								...{ memberId: Id, number: Type.Integer(), name: Type.String(), leftOn: DayText },
								settled: Type.Boolean(),
								parts: Type.Array(
									Type.Object({
										...{ part: OneOf(leaverParts), fields: Type.Array(Type.String()), dueOn: OrNull(DayText) },
										...{ action: Action, keepUntil: OrNull(DayText), rule: Type.String(), because: Type.String() },
									}),
								),
							}),
						),
						next: OrNull(Type.Integer()),
					}),
				},
			},
		},
		({ actor, at, query }) => listLeavers(app.db, { by: actor, at, ...query }),
	);
	app.get(
		'/api/privacy/deletion',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'previewDeletion',
				tags: ['privacy'],
				summary: 'What a deletion run would restrict and erase today',
				response: {
					200: Type.Object({
						...{ day: DayText, hash: Type.String() },
						counts: Type.Array(Type.Object({ category: Category, restricted: Type.Integer(), erased: Type.Integer() })),
						items: Type.Array(
							Type.Object({
								...{ memberId: OrNull(Id), memberNumber: OrNull(Type.Integer()), name: Type.String() },
								...{ category: Category, action: Action, keepUntil: OrNull(DayText), dueOn: DayText },
								...{ rule: Type.String(), fields: Type.Array(Type.String()), recordId: OrNull(Id) },
							}),
						),
					}),
				},
			},
		},
		({ actor, at }) => previewDeletion(app.db, { by: actor, at }),
	);
	app.post(
		'/api/privacy/deletion-runs',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				operationId: 'executeDeletion',
				tags: ['privacy'],
				summary: 'Carries out the previewed deletion run',
				body: Strict({ hash: Type.String({ pattern: '^[0-9a-f]{64}$', maxLength: 64 }) }),
				response: { 201: Type.Object({ runId: Id, items: Type.Integer() }) },
			},
		},
		async (request, reply) =>
			reply
				.code(201)
				.send(await executeDeletion(app.db, { ...commandOf(request), keys: app.settings.keys, ...request.body })),
	);
	app.get(
		'/api/privacy/deletion-runs',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listDeletionRuns', tags: ['privacy'], summary: 'Deletion runs, newest first' },
				response: { 200: Type.Array(Type.Object(Run)) },
			},
		},
		({ actor }) => listDeletionRuns(app.db, { by: actor }),
	);
	app.get(
		'/api/privacy/deletion-runs/:id',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'readDeletionRun', tags: ['privacy'], summary: 'What a deletion run did; not the data' },
				params: IdParams,
				response: {
					200: Type.Object({
						...Run,
						lines: Type.Array(
							Type.Object({
								...{ memberNumber: OrNull(Type.Integer()), category: Category, action: Action },
								...{ fields: Type.Array(Type.String()), keepUntil: OrNull(DayText) },
							}),
						),
					}),
				},
			},
		},
		({ actor, params }) => readDeletionRun(app.db, { by: actor, runId: params.id }),
	);
}
