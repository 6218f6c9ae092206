// Meter files on the wire: uploaded, looked into beside the requests, stored or discarded; and the list of what was imported.
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCodes } from 'fastify';
import { type Static, Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { EnergyWh, Id, InstantText, Line, OneOf, OrNull, ref, Strict } from '../../http/schemas.ts';
import type { Actor } from '../../values/actor.ts';
import { listImports, readImport } from '../service/imports.ts';
import { PreviewQueue } from '../service/queue.ts';
import { receiveUploads, type UploadPart } from '../service/receive.ts';
import { assignUpload, discardUpload, importUpload } from '../service/uploads.ts';

const keepers = ['operator', 'board'] as const;
const readers = ['operator', 'board', 'supervisory', 'auditor'] as const;

const Values = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]));
const Reason = Type.Object({ code: Type.String(), values: Values });
const states = ['uploaded', 'stored', 'discarded', 'refused', 'withdrawn'] as const;
const origins = ['upload', 'command', 'watch-folder', 'sftp', 'mailbox', 'http-pull', 'demo', 'operator'] as const;

/** One series of a file: what it is, what it holds, what storing it changes. Energies in watt-hours or var-hours as `unit` says. */
export const Series = Type.Object(
	{
		meteringPoint: OrNull(Type.String()),
		meteringPointId: OrNull(Id),
		plantName: OrNull(Type.String()),
		device: OrNull(Type.String()),
		obis: Type.String(),
		unit: OneOf(['kWh', 'kvarh']),
		slotMinutes: Type.Integer(),
		from: OrNull(InstantText),
		to: OrNull(InstantText),
		values: Type.Integer(),
		totalWh: Type.Integer(),
		gaps: Type.Integer({ description: 'slots without value between from and to' }),
		duplicates: Type.Integer(),
		qualities: Type.Array(Type.Integer(), {
			description: 'values: measured, substitute, provisional, estimated, missing',
		}),
		added: Type.Integer({ description: 'values where nothing is stored' }),
		equal: Type.Integer(),
		changed: Type.Integer({ description: 'values that replace stored ones' }),
		outranked: Type.Integer({ description: 'values worse than the stored ones, which stay' }),
		differenceWh: Type.Integer({ description: 'what storing changes in the sum of the days touched' }),
	},
	{ $id: 'ReadingSeries' },
);

/** A message of a file (MSCONS) as its report names it. */
const Message = Type.Object(
	{
		...{ number: Type.String(), sender: Type.String(), type: Type.String() },
		function: OneOf(['original', 'cancellation']),
		process: OrNull(Type.String()),
		documentTime: OrNull(InstantText),
		values: Type.Integer(),
		cancels: OrNull(Type.String()),
		cancelled: OrNull(
			Type.Object({
				isKnown: Type.Boolean({ description: 'false while the cancelled message has not come' }),
				days: Type.Integer({ description: 'meter-days it takes values back from' }),
				differenceWh: EnergyWh,
			}),
		),
		isCancelled: Type.Boolean({ description: 'a message that came before or with it cancels it' }),
		reasons: Type.Record(Type.String(), Type.Integer()),
	},
	{ $id: 'ReadingMessage' },
);

const reportFields = {
	format: Type.String(),
	formatVersion: OrNull(Type.String()),
	encoding: Type.String(),
	// Not in reports of imports from before messages were kept.
	sender: Type.Optional(OrNull(Type.String())),
	documents: Type.Optional(Type.Array(ref(Message))),
	registers: Type.Optional(Type.Integer({ description: 'readings of counting registers' })),
	amounts: Type.Optional(Type.Integer({ description: 'amounts of energy over longer periods' })),
	warnings: Type.Array(Reason),
	series: Type.Array(ref(Series)),
};

const Report = Type.Object(reportFields, { $id: 'ReadingReport' });

const facts = {
	id: Type.Integer(),
	fileName: Type.String(),
	size: Type.Integer({ description: 'bytes' }),
	sha256: Type.String(),
	origin: OneOf(origins),
	state: OneOf(states),
	receivedAt: InstantText,
	receivedBy: Type.String(),
	storedAt: OrNull(InstantText),
	refusal: OrNull(Reason),
	daysAdded: OrNull(Type.Integer()),
	daysReplaced: OrNull(Type.Integer()),
	daysGone: OrNull(Type.Integer({ description: 'days that nobody delivers any more' })),
	act: OrNull(
		Type.Object({
			kind: OneOf(['undo', 'accept', 'place', 'registers']),
			about: OrNull(Type.Integer()),
			reason: Type.String(),
		}),
	),
};

const Undone = OrNull(
	Type.Object({ importId: Type.Integer(), at: InstantText, by: Type.String(), reason: Type.String() }),
);

const ImportLine = Type.Object({
	...facts,
	format: OrNull(Type.String()),
	series: OrNull(Type.Integer()),
	values: OrNull(Type.Integer()),
	totalWh: OrNull(Type.Integer()),
	totalVarh: OrNull(Type.Integer()),
	from: OrNull(InstantText),
	to: OrNull(InstantText),
});

const Assigned = Type.Object({ meteringPointId: Id, obis: Type.Optional(Type.String()) });
const ImportView = Type.Object(
	{ ...facts, assignment: OrNull(Assigned), report: OrNull(ref(Report)), undone: Undone },
	{ $id: 'ReadingImport' },
);

const Upload = Type.Object(
	{
		...facts,
		assignment: OrNull(Assigned),
		report: OrNull(ref(Report)),
		undone: Undone,
		phase: OneOf(['waiting', 'reading', 'previewed', 'storing', 'stored', 'refused', 'discarded', 'withdrawn']),
		bytesRead: Type.Integer({ description: 'of size, while reading or storing' }),
	},
	{ $id: 'ReadingUpload' },
);

const Files = Type.Object({
	files: Type.Array(Type.Unsafe<Blob>({ type: 'string', format: 'binary' }), { minItems: 1, maxItems: 50 }),
});
const UploadParams = Strict({ id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) });
const AssignmentBody = { meteringPointId: Id, obis: Type.Optional(Line(40)) };

/** How long the state of an upload that somebody watches may be old. */
const lookMs = 300;

/** /api/readings/uploads and /api/readings/imports. */
export function uploadRoutes(app: App): void {
	const folder = path.join(app.settings.dataFolder, 'uploads');
	const queue = new PreviewQueue({ db: app.db, folder, now: app.now, onError: (error) => app.log.error(error) });
	const closing = new AbortController();
	app.addHook('onListen', () => queue.resume());
	app.addHook('preClose', async () => closing.abort());
	app.addHook('onClose', () => queue.stop());
	for (const schema of [Series, Message, Report, ImportView, Upload]) app.addSchema(schema);

	async function uploadOf(by: Actor, id: number): Promise<Static<typeof Upload>> {
		const progress = queue.progressOf(id);
		const view = await readImport(app.db, { by, importId: id });
		if (view.state !== 'uploaded') return { ...view, phase: view.state, bytesRead: view.size };
		if (progress) return { ...view, ...progress };
		// Read by another process, or waiting for it: whoever asks takes it on.
		if (!view.report) queue.add(id);
		return { ...view, phase: view.report ? 'previewed' : 'waiting', bytesRead: view.report ? view.size : 0 };
	}

	app.post(
		'/api/readings/uploads',
		{
			config: { access: keepers, upload: true },
			// The body is read as a stream; its schema only describes it.
			validatorCompiler: () => () => true,
			schema: {
				operationId: 'receiveUploads',
				tags: ['readings'],
				summary:
					'Takes in meter files (multipart/form-data, up to 50 of 600 MiB, 1 GiB together); they are looked into right after',
				body: { content: { 'multipart/form-data': { schema: Files } } },
				response: {
					201: Type.Array(
						Type.Object({
							id: OrNull(Type.Integer({ description: 'null if the same bytes are stored already' })),
							fileName: Type.String(),
							size: Type.Integer(),
							sha256: Type.String(),
							known: OrNull(
								Type.Object({ importId: Type.Integer(), fileName: Type.String(), storedAt: OrNull(InstantText) }),
							),
						}),
					),
				},
			},
		},
		async (request, reply) => {
			if (!request.isMultipart())
				throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(String(request.headers['content-type']));
			// If it ends in a refusal, the rest of the body is not read.
			reply.header('connection', 'close');
			const parts = request.parts() as unknown as AsyncIterable<UploadPart>;
			const uploads = await receiveUploads(app.db, { ...commandOf(request), folder, parts });
			reply.removeHeader('connection');
			for (const { id } of uploads) if (id !== null) queue.add(id);
			return reply.code(201).send(uploads);
		},
	);

	app.get(
		'/api/readings/uploads/:id',
		{
			config: { access: readers },
			schema: {
				operationId: 'readUpload',
				tags: ['readings'],
				summary: 'An upload: how far it is, then what it holds and what storing it would change, or why it is refused',
				params: UploadParams,
				response: { 200: ref(Upload) },
			},
		},
		({ actor, params }) => uploadOf(actor, params.id),
	);

	app.get(
		'/api/readings/uploads/:id/events',
		{
			sse: 'only',
			config: { access: readers },
			schema: {
				operationId: 'watchUpload',
				tags: ['readings'],
				summary:
					'The same as server-sent events: "progress" while it goes on, at last "report", "refusal" or "end"; each carries the upload',
				params: UploadParams,
				response: { 200: { content: { 'text/event-stream': { schema: Type.String() } } } },
			},
		},
		async ({ actor, params }, reply) => {
			// A refusal must still be able to answer as a problem.
			let upload = await uploadOf(actor, params.id);
			let told = '';
			for (;;) {
				const goesOn = ['waiting', 'reading', 'storing'].includes(upload.phase);
				const event = goesOn
					? 'progress'
					: upload.refusal
						? 'refusal'
						: upload.report && upload.phase !== 'discarded'
							? 'report'
							: 'end';
				const text = JSON.stringify(upload);
				if (text !== told) await reply.sse.send({ event, data: upload });
				told = text;
				if (!goesOn || !reply.sse.isConnected || closing.signal.aborted) return;
				await sleep(lookMs, undefined, { signal: closing.signal }).catch(() => {});
				upload = await uploadOf(actor, params.id);
			}
		},
	);

	app.put(
		'/api/readings/uploads/:id/assignment',
		{
			config: { access: keepers },
			schema: {
				operationId: 'assignUpload',
				tags: ['readings'],
				summary: 'Says where values go that do not name their metering point; the upload is looked into again',
				params: UploadParams,
				body: Strict(AssignmentBody),
				response: { 200: ref(Upload) },
			},
		},
		async (request) => {
			const { id } = await assignUpload(app.db, {
				...commandOf(request),
				uploadId: request.params.id,
				assignment: request.body,
			});
			queue.add(id);
			return uploadOf(request.actor, id);
		},
	);

	app.post(
		'/api/readings/uploads/:id/import',
		{
			config: { access: keepers, idempotent: true },
			schema: {
				operationId: 'importUpload',
				tags: ['readings'],
				summary: 'Stores an upload as meter-days, all of it or nothing, and waits for the end',
				params: UploadParams,
				body: Strict({ assignment: Type.Optional(Strict(AssignmentBody)) }),
				response: {
					201: Type.Object({
						importId: Type.Integer(),
						...reportFields,
						daysAdded: Type.Integer(),
						daysReplaced: Type.Integer(),
						daysGone: Type.Integer(),
					}),
				},
			},
		},
		async (request, reply) => {
			const { id: uploadId } = request.params;
			const { assignment } = request.body;
			const imported = await queue.store(uploadId, (onProgress) =>
				importUpload(app.db, { ...commandOf(request), folder, uploadId, assignment }, onProgress),
			);
			return reply.code(201).send(imported);
		},
	);

	app.delete(
		'/api/readings/uploads/:id',
		{
			config: { access: keepers },
			schema: {
				operationId: 'discardUpload',
				tags: ['readings'],
				summary: 'Discards an upload that is not stored',
				params: UploadParams,
				response: { 200: Type.Object({ id: Type.Integer(), state: Type.Literal('discarded') }) },
			},
		},
		(request) => discardUpload(app.db, { ...commandOf(request), folder, uploadId: request.params.id }),
	);

	app.get(
		'/api/readings/imports',
		{
			config: { access: readers },
			schema: {
				operationId: 'listImports',
				tags: ['readings'],
				summary: 'What was imported, newest first; the next page begins before the last id',
				querystring: Strict({
					before: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
					state: Type.Optional(OneOf(states)),
					limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
				}),
				response: { 200: Type.Array(ImportLine) },
			},
		},
		({ actor, query }) => listImports(app.db, { by: actor, ...query }),
	);

	app.get(
		'/api/readings/imports/:id',
		{
			config: { access: readers },
			schema: {
				operationId: 'readImport',
				tags: ['readings'],
				summary: 'One import with its report: who, when, from where, what it changed',
				params: UploadParams,
				response: { 200: ref(ImportView) },
			},
		},
		({ actor, params }) => readImport(app.db, { by: actor, importId: params.id }),
	);
}
