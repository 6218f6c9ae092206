// Live sources on the wire: recorded, changed, tried out, switched on and off, seen with how they are.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { EnergyWh, Id, IdParams, InstantText, Line, OneOf, OrNull, Prose, Strict } from '../../http/schemas.ts';
import { meanings, sourceKinds } from '../sources/kinds.ts';
import { listSources, readSource } from '../service/source-views.ts';
import { editSource } from '../service/edit-source.ts';
import { createSource, retryFiles, setSourceEnabled } from '../service/sources.ts';
import { testSource } from '../service/try-source.ts';

const keepers = ['operator', 'board'] as const;
const readers = ['operator', 'board', 'auditor'] as const;
const Problem = Type.Object({
	code: Type.String(),
	values: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
});
const Spans = Type.Array(Type.Object({ from: InstantText, to: InstantText }));

const settings = {
	patterns: Type.Optional(
		Type.Array(Line(100), { maxItems: 20, description: "names of files that are taken, '*.csv'" }),
	),
	senders: Type.Optional(Type.Array(Line(200), { maxItems: 50, description: "addresses or '@domain'" })),
	rows: Type.Optional(Line(200)),
	zone: Type.Optional(OneOf(['UTC', 'Europe/Berlin'])),
	certificate: Type.Optional(Prose(20_000)),
	header: Type.Optional(Type.String({ maxLength: 60, pattern: '^[A-Za-z0-9-]+$' })),
};

const Channel = Type.Object({
	name: Type.String(),
	meteringPointId: Id,
	plantId: Id,
	plantName: Type.String(),
	obis: Type.String(),
	slotMinutes: Type.Integer(),
	meaning: OneOf(meanings),
	settings: Type.Record(Type.String(), Type.String()),
	contiguousThrough: OrNull(InstantText),
	through: OrNull(InstantText),
	gaps: Spans,
	totalWh: OrNull(EnergyWh),
	watts: OrNull(Type.Number()),
	unallocatedWh: Type.Integer({ description: 'counted by the register, booked to no slot' }),
	notes: Type.Array(
		Type.Object({
			at: InstantText,
			kind: OneOf(['gap', 'fell', 'jump', 'devices']),
			since: InstantText,
			wh: Type.Integer(),
		}),
	),
});

const source = {
	id: Id,
	name: Type.String(),
	kind: OneOf(sourceKinds),
	location: Type.String(),
	meteringPointId: OrNull(Id),
	plantId: OrNull(Id),
	plantName: OrNull(Type.String()),
	obis: OrNull(Type.String()),
	settings: Type.Object({ ...settings, hostKey: Type.Optional(Type.String()) }),
	hasSecret: Type.Boolean(),
	enabled: Type.Boolean(),
	createdAt: InstantText,
	lastRunAt: OrNull(InstantText),
	lastSuccessAt: OrNull(InstantText),
	lastValueAt: OrNull(InstantText),
	lastProblem: OrNull(Problem),
	channels: Type.Array(Channel),
	delivered: OrNull(Type.Object({ contiguousThrough: InstantText, through: InstantText, gaps: Spans })),
};

const File = Type.Object({
	id: Type.Integer(),
	fileName: Type.String(),
	sender: OrNull(Type.String()),
	size: Type.Integer(),
	outcome: OneOf(['stored', 'known', 'refused']),
	importId: OrNull(Type.Integer()),
	problem: OrNull(Problem),
	seenAt: InstantText,
});

const facts = {
	name: Line(80, 2),
	location: Type.Optional(Line(500)),
	meteringPointId: Type.Optional(Id),
	obis: Type.Optional(Line(40)),
	settings: Type.Optional(Strict(settings)),
	secrets: Type.Optional(
		Strict({
			password: Type.Optional(Line(500)),
			privateKey: Type.Optional(Prose(20_000)),
			passphrase: Type.Optional(Line(500)),
		}),
	),
	channels: Type.Optional(
		Type.Array(
			Strict({
				name: Line(200, 0),
				meteringPointId: Id,
				obis: Type.Optional(Line(40)),
				slotMinutes: Type.Optional(Type.Unsafe<5 | 10 | 15 | 30 | 60>({ type: 'integer', enum: [5, 10, 15, 30, 60] })),
				meaning: Type.Optional(OneOf(meanings)),
				unit: Type.Optional(Line(10)),
				valuePath: Type.Optional(Line(200)),
				timePath: Type.Optional(Line(200)),
				unitPath: Type.Optional(Line(200)),
				stamp: Type.Optional(OneOf(['start', 'end'])),
			}),
			{ maxItems: 50 },
		),
	),
	deviceTokenId: Type.Optional(Id),
};

/** /api/sources. */
export function sourceRoutes(app: App): void {
	app.get(
		'/api/sources',
		{
			config: { access: readers },
			schema: {
				operationId: 'listSources',
				tags: ['readings'],
				summary: 'All live sources: how far they have come, what is missing, their last problem',
				response: { 200: Type.Array(Type.Object(source)) },
			},
		},
		({ actor }) => listSources(app.db, { by: actor }),
	);
	app.get(
		'/api/sources/:id',
		{
			config: { access: readers },
			schema: {
				operationId: 'readSource',
				tags: ['readings'],
				summary: 'One live source with the newest files it brought',
				params: IdParams,
				response: { 200: Type.Object({ ...source, files: Type.Array(File) }) },
			},
		},
		({ actor, params }) => readSource(app.db, { by: actor, sourceId: params.id }),
	);
	app.post(
		'/api/sources',
		{
			config: { access: keepers },
			schema: {
				operationId: 'createSource',
				tags: ['readings'],
				summary: 'Records a live source; secrets are sealed and never shown again',
				body: Strict({ kind: OneOf(sourceKinds), ...facts }),
				response: { 201: Type.Object({ id: Id }) },
			},
		},
		async (request, reply) =>
			reply
				.code(201)
				.send(await createSource(app.db, { ...commandOf(request), source: request.body, config: app.settings })),
	);
	app.put(
		'/api/sources/:id',
		{
			config: { access: keepers },
			schema: {
				operationId: 'editSource',
				tags: ['readings'],
				summary: 'Changes a live source; without secrets the ones it has stay, unless it goes to another host',
				params: IdParams,
				body: Strict({ ...facts, forgetHostKey: Type.Optional(Type.Boolean()) }),
				response: { 200: Type.Object({ id: Id }) },
			},
		},
		(request) => {
			const { forgetHostKey = false, ...told } = request.body;
			const change = { sourceId: request.params.id, source: told, forgetHostKey, config: app.settings };
			return editSource(app.db, { ...commandOf(request), ...change });
		},
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
						values: Type.Array(Type.Object({ channel: Type.String(), at: InstantText, amount: Type.Number() })),
						files: OrNull(Type.Integer()),
						hostKey: OrNull(Type.String()),
						problem: OrNull(Problem),
					}),
				},
			},
		},
		(request) => testSource(app.db, { ...commandOf(request), sourceId: request.params.id, config: app.settings }),
	);
	app.post(
		'/api/sources/:id/retry',
		{
			config: { access: keepers },
			schema: {
				operationId: 'retryFiles',
				tags: ['readings'],
				summary: 'Lets the next look bring the refused files again',
				params: IdParams,
				response: { 200: Type.Object({ files: Type.Integer() }) },
			},
		},
		(request) => retryFiles(app.db, { ...commandOf(request), sourceId: request.params.id }),
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
