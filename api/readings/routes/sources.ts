// Live sources on the wire: recorded, tried out, switched on and off.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { EnergyWh, Id, IdParams, InstantText, Line, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { createSource, listSources, setSourceEnabled, testSource } from '../service/sources.ts';

const keepers = ['operator', 'board'] as const;
const kinds = ['watch-folder', 'fronius'] as const;
const Problem = Type.Object({
	code: Type.String(),
	values: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
});

const Source = Type.Object({
	id: Id,
	name: Type.String(),
	kind: OneOf(kinds),
	location: Type.String(),
	meteringPointId: OrNull(Id),
	plantId: OrNull(Id),
	plantName: OrNull(Type.String()),
	obis: OrNull(Type.String()),
	enabled: Type.Boolean(),
	createdAt: InstantText,
	lastRunAt: OrNull(InstantText),
	lastSuccessAt: OrNull(InstantText),
	lastProblem: OrNull(Problem),
	register: OrNull(
		Type.Object({
			at: InstantText,
			totalWh: EnergyWh,
			unallocatedWh: Type.Integer({ description: 'counted by the register, booked to no slot' }),
			notes: Type.Array(
				Type.Object({
					at: InstantText,
					kind: OneOf(['gap', 'fell', 'jump', 'devices']),
					since: InstantText,
					wh: Type.Integer(),
				}),
			),
		}),
	),
});

/** /api/sources. */
export function sourceRoutes(app: App): void {
	app.get(
		'/api/sources',
		{
			config: { access: ['operator', 'board', 'auditor'] },
			schema: {
				operationId: 'listSources',
				tags: ['readings'],
				summary: 'All live sources with their last run, last success and last problem',
				response: { 200: Type.Array(Source) },
			},
		},
		({ actor }) => listSources(app.db, { by: actor }),
	);
	app.post(
		'/api/sources',
		{
			config: { access: keepers },
			schema: {
				operationId: 'createSource',
				tags: ['readings'],
				summary: 'Records a live source: a watched folder or a Fronius inverter',
				body: Strict({
					name: Line(80, 2),
					kind: OneOf(kinds),
					location: Line(300),
					meteringPointId: Type.Optional(Id),
					obis: Type.Optional(Line(40)),
				}),
				response: { 201: Type.Object({ id: Id }) },
			},
		},
		async (request, reply) =>
			reply
				.code(201)
				.send(await createSource(app.db, { ...commandOf(request), source: request.body, config: app.settings })),
	);
	app.post(
		'/api/sources/:id/test',
		{
			config: { access: keepers },
			schema: {
				operationId: 'testSource',
				tags: ['readings'],
				summary: 'Tries a source out; nothing is booked',
				params: IdParams,
				response: {
					200: Type.Object({
						ok: Type.Boolean(),
						asleep: Type.Boolean(),
						totalWh: OrNull(EnergyWh),
						files: OrNull(Type.Integer()),
						problem: OrNull(Problem),
					}),
				},
			},
		},
		(request) => testSource(app.db, { ...commandOf(request), sourceId: request.params.id, config: app.settings }),
	);
	app.put(
		'/api/sources/:id/enabled',
		{
			config: { access: keepers },
			schema: {
				operationId: 'setSourceEnabled',
				tags: ['readings'],
				summary: 'Switches a source on or off',
				params: IdParams,
				body: Strict({ enabled: Type.Boolean() }),
				response: { 200: Type.Object({ id: Id, enabled: Type.Boolean() }) },
			},
		},
		(request) => setSourceEnabled(app.db, { ...commandOf(request), sourceId: request.params.id, ...request.body }),
	);
}
