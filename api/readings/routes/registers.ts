// Registers on the wire: meters, readings with every step explained, photos, exchange, decisions.
import type { FastifyRequest } from 'fastify';
import { errorCodes } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { fileReply, sendFile } from '../../http/file.ts';
import { EnergyWh, Id, IdParams, InstantText, Line, OneOf, OrNull, Prose, ref, Strict } from '../../http/schemas.ts';
import { Refusal } from '../../values/refusal.ts';
import { photoMaxBytes } from '../photos.ts';
import { keepPhoto, readPhoto } from '../service/photos.ts';
import { listRegisterQuestions, readRegisters } from '../service/registers.ts';
import { decideStep, enterReading, exchangeMeter, recordMeter, reverseReading } from '../service/registers-change.ts';

const keepers = ['operator', 'board'] as const;
const readers = ['operator', 'board', 'supervisory', 'auditor'] as const;

const Step = Type.Object(
	{
		kind: OneOf(['normal', 'exchange', 'rollover', 'reset', 'fell', 'jump', 'other-meter', 'unknown-meter']),
		energyWh: OrNull(Type.Integer({ description: 'null while somebody must decide' })),
		mostWh: OrNull(Type.Integer({ description: 'what the plant can give at most in that time' })),
		suggestion: OrNull(OneOf(['rollover', 'reset', 'accept', 'exchange'])),
		decidedBy: OrNull(OneOf(['rule', 'person'])),
		since: InstantText,
		sinceWh: EnergyWh,
	},
	{ $id: 'RegisterStep' },
);

const Reading = Type.Object(
	{
		...{ id: Id, readAt: InstantText, wh: EnergyWh, quality: Type.Integer(), serial: OrNull(Type.String()) },
		occasion: OneOf(['reading', 'removal', 'installation']),
		...{ importId: OrNull(Type.Integer()), fileName: OrNull(Type.String()), photoId: OrNull(Id) },
		...{ note: OrNull(Type.String()), recordedBy: Type.String() },
		step: OrNull(ref(Step)),
		isIgnored: Type.Boolean(),
	},
	{ $id: 'RegisterReading' },
);

const Registers = Type.Object(
	{
		...{ meteringPointId: Id, plantId: Id, plantName: Type.String() },
		meters: Type.Array(
			Type.Object({
				...{ id: Id, serial: Type.String(), installedAt: InstantText, removedAt: OrNull(InstantText) },
				...{ digits: Type.Integer(), factor: Type.Number(), recordedBy: Type.String() },
			}),
		),
		registers: Type.Array(
			Type.Object({ obis: Type.String(), readings: Type.Array(ref(Reading)), openQuestions: Type.Integer() }),
		),
		amounts: Type.Array(
			Type.Object({ obis: Type.String(), from: InstantText, to: InstantText, wh: EnergyWh, quality: Type.Integer() }),
		),
	},
	{ $id: 'Registers' },
);

const RegisterWh = Type.Integer({
	minimum: 0,
	maximum: 1_000_000_000_000_000,
	description: 'what it shows, watt-hours',
});
const Entered = Strict({ obis: Line(20), wh: RegisterWh });
const Meter = Strict({
	serial: Line(40),
	digits: Type.Integer({ minimum: 3, maximum: 12, description: 'before the decimal mark' }),
	factor: Type.Number({ minimum: 0.001, maximum: 1_000_000, description: 'transformer factor; 1 without' }),
});
const Reason = Type.String({ minLength: 3, maxLength: 500 });
const PhotoBody = Type.Object({ photo: Type.Unsafe<Blob>({ type: 'string', format: 'binary' }) });

/** The photo of a form. What the parser of forms throws without a status is the sender's mistake. */
async function photoOf(request: FastifyRequest): Promise<Buffer> {
	const broken = (error: Error & { statusCode?: number }): never => {
		throw Object.assign(error, { statusCode: error.statusCode ?? 400 });
	};
	if (!request.isMultipart())
		throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(String(request.headers['content-type']));
	const part = await request.file({ limits: { files: 1, fileSize: photoMaxBytes + 1 } }).catch(broken);
	if (!part) throw new Refusal('invalid', 'readings.photo-kind', {}, { field: 'photo' });
	return part.toBuffer().catch(broken);
}

/** /api/metering-points/{id}/registers and what is done to them. */
export function meterRegisterRoutes(app: App): void {
	for (const schema of [Step, Reading, Registers]) app.addSchema(schema);

	app.get(
		'/api/metering-points/:id/registers',
		{
			config: { access: readers },
			schema: {
				operationId: 'readRegisters',
				tags: ['readings'],
				summary: 'Meters and registers of a metering point, every step between two readings explained',
				params: IdParams,
				response: { 200: ref(Registers) },
			},
		},
		({ actor, params }) => readRegisters(app.db, { by: actor, meteringPointId: params.id }),
	);

	app.get(
		'/api/register-questions',
		{
			config: { access: readers },
			schema: {
				operationId: 'listRegisterQuestions',
				tags: ['readings'],
				summary: 'Steps between register readings that somebody must decide about',
				response: {
					200: Type.Array(
						Type.Object({
							...{ plantId: Id, plantName: Type.String(), meteringPointId: Id, obis: Type.String() },
							reading: ref(Reading),
						}),
					),
				},
			},
		},
		({ actor }) => listRegisterQuestions(app.db, { by: actor }),
	);

	app.post(
		'/api/metering-points/:id/readings',
		{
			config: { access: keepers, idempotent: true },
			schema: {
				operationId: 'enterReading',
				tags: ['readings'],
				summary: 'Enters what a register showed',
				params: IdParams,
				body: Strict({
					...{ obis: Line(20), wh: RegisterWh, readAt: InstantText },
					photoId: Type.Optional(Id),
					note: Type.Optional(Prose(500)),
				}),
				response: { 201: Type.Object({ id: Id, step: OrNull(ref(Step)) }) },
			},
		},
		async (request, reply) => {
			const { readAt, ...body } = request.body;
			const entered = { ...body, readAt: new Date(readAt), meteringPointId: request.params.id };
			return reply.code(201).send(await enterReading(app.db, { ...commandOf(request), ...entered }));
		},
	);

	app.post(
		'/api/metering-points/:id/photos',
		{
			config: { access: keepers, upload: true },
			// The body is read as a stream; its schema only describes it.
			validatorCompiler: () => () => true,
			schema: {
				operationId: 'keepPhoto',
				tags: ['readings'],
				summary: 'Takes in a photo of a meter: JPEG, PNG, WebP or HEIC, up to 12 MiB (multipart/form-data)',
				params: IdParams,
				body: { content: { 'multipart/form-data': { schema: PhotoBody } } },
				response: { 201: Type.Object({ id: Id, sha256: Type.String() }) },
			},
		},
		async (request, reply) => {
			const { id } = request.params as { id: string };
			if (!/^[0-9a-f-]{36}$/i.test(id)) throw new Refusal('missing', 'readings.metering-point-unknown');
			// If it ends in a refusal, the rest of the body is not read.
			reply.header('connection', 'close');
			const content = await photoOf(request);
			const kept = await keepPhoto(app.db, { ...commandOf(request), meteringPointId: id, content });
			reply.removeHeader('connection');
			return reply.code(201).send(kept);
		},
	);

	app.get(
		'/api/register-photos/:id',
		{
			config: { access: readers },
			schema: {
				operationId: 'readPhoto',
				tags: ['readings'],
				summary: 'A photo of a meter as it was taken',
				params: IdParams,
				response: { 200: fileReply('image/jpeg', 'image/png', 'image/webp', 'image/heic') },
			},
		},
		async ({ actor, params }, reply) => {
			const { kind, content } = await readPhoto(app.db, { by: actor, photoId: params.id });
			return sendFile(reply, { fileName: `zaehler.${kind.slice(6)}`, mediaType: kind, content });
		},
	);

	app.post(
		'/api/metering-points/:id/meters',
		{
			config: { access: keepers, idempotent: true },
			schema: {
				operationId: 'recordMeter',
				tags: ['readings'],
				summary: 'Records the meter that stands at a metering point',
				params: IdParams,
				body: Strict({ meter: Meter, installedAt: InstantText }),
				response: { 201: Type.Object({ id: Id }) },
			},
		},
		async (request, reply) => {
			const { meter, installedAt } = request.body;
			const recorded = { meteringPointId: request.params.id, meter, installedAt: new Date(installedAt) };
			return reply.code(201).send(await recordMeter(app.db, { ...commandOf(request), ...recorded }));
		},
	);

	app.post(
		'/api/metering-points/:id/exchange',
		{
			config: { access: keepers, idempotent: true },
			schema: {
				operationId: 'exchangeMeter',
				tags: ['readings'],
				summary: 'Exchanges the meter: last readings of the old one, first of the new one',
				params: IdParams,
				body: Strict({
					exchangedAt: InstantText,
					last: Type.Array(Entered, { minItems: 1, maxItems: 8 }),
					meter: Meter,
					first: Type.Array(Entered, { minItems: 1, maxItems: 8 }),
				}),
				response: { 201: Type.Object({ id: Id }) },
			},
		},
		async (request, reply) => {
			const { exchangedAt, ...body } = request.body;
			const exchange = { ...body, meteringPointId: request.params.id, exchangedAt: new Date(exchangedAt) };
			return reply.code(201).send(await exchangeMeter(app.db, { ...commandOf(request), ...exchange }));
		},
	);

	app.post(
		'/api/register-readings/:id/decision',
		{
			config: { access: keepers, idempotent: true },
			schema: {
				operationId: 'decideStep',
				tags: ['readings'],
				summary:
					'Says what happened between two readings: rollover, reset, all is right, or the reading does not count',
				params: IdParams,
				body: Strict({
					decision: OneOf(['rollover', 'reset', 'accept', 'ignore']),
					resetToWh: Type.Optional(RegisterWh),
					reason: Reason,
				}),
				response: { 200: Type.Object({ energyWh: OrNull(EnergyWh) }) },
			},
		},
		(request) => decideStep(app.db, { ...commandOf(request), readingId: request.params.id, ...request.body }),
	);

	app.post(
		'/api/register-readings/:id/reversal',
		{
			config: { access: keepers, idempotent: true },
			schema: {
				operationId: 'reverseReading',
				tags: ['readings'],
				summary: 'Takes a reading back that was entered by hand',
				params: IdParams,
				body: Strict({ reason: Reason }),
				response: { 200: Type.Object({ id: Id }) },
			},
		},
		(request) =>
			reverseReading(app.db, { ...commandOf(request), readingId: request.params.id, reason: request.body.reason }),
	);
}
