// Moving in on the wire: files brought, columns mended, preview, commit, undo.
import { errorCodes, type FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { sheetFormats, sheetTypes } from '../documents/spreadsheet.ts';
import { commandOf } from '../http/access.ts';
import { fileReply, sendFile } from '../http/file.ts';
import { Cents, DayText, Id, IdParams, InstantText, OneOf, OrNull, Problem, ref, Strict } from '../http/schemas.ts';
import { Refusal } from '../values/refusal.ts';
import { fileLimits } from './read/table.ts';
import { fileKinds, fields } from './rules/fields.ts';
import { commitMoving } from './service/commit.ts';
import {
	addMovingFile,
	discardMoving,
	listMovings,
	readMovingFile,
	removeMovingFile,
	setMovingColumns,
	setMovingDay,
} from './service/files.ts';
import { previewMoving } from './service/preview.ts';
import { exportMovingProblems } from './service/problems.ts';
import { templateOf, templateWorkbook } from './service/template.ts';
import { undoMoving } from './service/undo.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const Columns = Type.Array(OrNull(OneOf(fields)), { maxItems: fileLimits.columns });
const kind = OneOf(fileKinds);
const language = OneOf(['de', 'en']);
const Counts = Type.Object({
	...{ members: Type.Integer(), left: Type.Integer(), shares: Type.Integer(), movements: Type.Integer() },
	...{ leaving: Type.Optional(Type.Integer()), representatives: Type.Optional(Type.Integer()) },
	...{ dues: Type.Integer(), events: Type.Integer(), mandates: Type.Integer(), entries: Type.Integer() },
	settlements: Type.Integer(),
	...{ nominalCents: Cents, paidCents: Cents, settlementCents: Cents },
});
const File = Type.Object({
	...{ id: Id, name: Type.String(), sheet: OrNull(Type.String()), kind },
	...{ encoding: OneOf(['utf-8', 'utf-16', 'windows-1252', 'xlsx']), sizeBytes: Type.Integer() },
	...{ sha256: Type.String(), headings: Type.Array(Type.String()), columns: Columns, rows: Type.Integer() },
	addedAt: InstantText,
});
const Moving = Type.Object({
	...{ id: Id, state: OneOf(['open', 'committed', 'undone', 'discarded']), balanceOn: DayText, openedAt: InstantText },
	...{
		committedAt: OrNull(InstantText),
		closedAt: OrNull(InstantText),
		counts: OrNull(Counts),
		files: Type.Array(File),
	},
});
const Values = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]));
const Preview = Type.Object({
	fingerprint: Type.String(),
	sums: Type.Object({
		...{ members: Type.Integer(), left: Type.Integer(), shares: Type.Integer(), mandates: Type.Integer() },
		...{ leaving: Type.Integer(), representatives: Type.Integer() },
		...{ nominalCents: Cents, paidCents: Cents, settlementCents: Cents, claimCents: Cents },
	}),
	samples: Type.Array(
		Type.Object({
			...{ number: Type.Integer(), name: Type.String(), town: Type.String(), joinedOn: DayText },
			...{ leftOn: OrNull(DayText), shares: Type.Integer(), paidCents: Cents, mandate: Type.Boolean() },
		}),
	),
	...{ errors: Type.Integer(), warnings: Type.Integer(), total: Type.Integer() },
	problems: Type.Array(
		Type.Object({
			...{ severity: OneOf(['error', 'warning']), code: Type.String(), file: Type.String() },
			...{ row: OrNull(Type.Integer()), column: OrNull(Type.String()), values: Values, sentence: Type.String() },
		}),
	),
});

/** The first file of a form. Refuses invalid `moving.file-empty`, `moving.file-too-large`; a form that is broken answers 400. */
async function fileOf(request: FastifyRequest): Promise<{ name: string; content: Buffer }> {
	const limits = { fileSize: fileLimits.sentBytes, files: 1 };
	// What the parser of forms throws without a status is the sender's mistake.
	const broken = (error: Error & { statusCode?: number }) =>
		Object.assign(error, { statusCode: error.statusCode ?? 400 });
	const part = await request.file({ limits, throwFileSizeLimit: false }).catch((error) => {
		throw broken(error);
	});
	if (!part) throw new Refusal('invalid', 'moving.file-empty', {}, { field: 'file' });
	const content = await part.toBuffer().catch((error) => {
		throw broken(error);
	});
	if (part.file.truncated) throw new Refusal('invalid', 'moving.file-too-large', {}, { field: 'file' });
	return { name: part.filename, content };
}

/** /api/moving. */
export function movingRoutes(app: App): void {
	const { keys } = app.settings;
	app.get(
		'/api/moving',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listMovings', tags: ['moving'], summary: 'Moves, newest first, with their files' },
				response: { 200: Type.Array(Moving) },
			},
		},
		({ actor }) => listMovings(app.db, { by: actor }),
	);
	app.get(
		'/api/moving/template/:kind',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'templateOf',
					tags: ['moving'],
					summary: 'A file to fill in, with headings that are understood',
				},
				params: Strict({ kind }),
				response: { 200: Type.Object({ fileName: Type.String(), csv: Type.String() }) },
			},
		},
		async ({ params }) => templateOf(params.kind),
	);
	app.get(
		'/api/moving/template/:kind/workbook',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'templateWorkbook', tags: ['moving'] },
				summary: 'A workbook to fill in, with one example and a sheet that explains the columns',
				params: Strict({ kind }),
				querystring: Strict({ language: Type.Optional(language) }),
				response: { 200: fileReply(sheetTypes.xlsx) },
			},
		},
		async ({ params, query }, reply) => sendFile(reply, templateWorkbook(params.kind, query.language ?? 'de')),
	);
	app.post(
		'/api/moving/files',
		{
			config: { access: ['board'], upload: true },
			// The body is read as a stream; its schema only describes it.
			validatorCompiler: () => () => true,
			schema: {
				...{ operationId: 'addMovingFile', tags: ['moving'] },
				summary: 'Takes in a CSV file or a workbook (multipart/form-data, field file, up to 10 MB)',
				body: {
					content: {
						'multipart/form-data': {
							schema: Type.Object({ file: Type.Unsafe<Blob>({ type: 'string', format: 'binary' }) }),
						},
					},
				},
				response: {
					201: Type.Object({
						movingId: Id,
						files: Type.Array(Type.Object({ id: Id, kind, rows: Type.Integer() })),
					}),
				},
			},
		},
		async (request, reply) => {
			if (!request.isMultipart())
				throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(String(request.headers['content-type']));
			const { name, content } = await fileOf(request);
			reply.code(201);
			return addMovingFile(app.db, { ...commandOf(request), keys, name, content });
		},
	);
	app.get(
		'/api/moving/files/:id',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'readMovingFile', tags: ['moving'], params: IdParams },
				summary: 'A table with its first rows, account numbers masked',
				response: {
					200: Type.Object({
						...File.properties,
						...{ open: Type.Boolean(), fields: Type.Array(OneOf(fields)) },
						samples: Type.Array(Type.Object({ row: Type.Integer(), cells: Type.Array(Type.String()) })),
					}),
				},
			},
		},
		async ({ actor, params }) => {
			const { fields: may, ...file } = await readMovingFile(app.db, { by: actor, keys, fileId: params.id });
			return { ...file, fields: [...may] };
		},
	);
	app.put(
		'/api/moving/files/:id',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'setMovingColumns', tags: ['moving'], params: IdParams },
				summary: 'Says what a table is and what its columns mean; without columns they are guessed anew',
				body: Strict({ kind, columns: Type.Optional(Columns) }),
				response: { 200: Type.Object({ columns: Columns }) },
			},
		},
		(request) => {
			const { kind: said, columns = null } = request.body;
			return setMovingColumns(app.db, { ...commandOf(request), fileId: request.params.id, kind: said, columns });
		},
	);
	app.delete(
		'/api/moving/files/:id',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'removeMovingFile', tags: ['moving'], summary: 'Takes a table out again', params: IdParams },
				response: { 200: Type.Object({ fileId: Id }) },
			},
		},
		(request) => removeMovingFile(app.db, { ...commandOf(request), fileId: request.params.id }),
	);
	app.put(
		'/api/moving/balance-day',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'setMovingDay', tags: ['moving'] },
				summary: 'The day balances without a day of their own are taken from',
				body: Strict({ balanceOn: DayText }),
				response: { 200: Type.Object({ balanceOn: DayText }) },
			},
		},
		(request) => setMovingDay(app.db, { ...commandOf(request), ...request.body }),
	);
	app.get(
		'/api/moving/preview',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'previewMoving', tags: ['moving'] },
				summary: 'What the open move would bring in, and every problem by table, row and column',
				querystring: Strict({
					fileId: Type.Optional(Id),
					page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
					pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
					language: Type.Optional(language),
				}),
				response: { 200: Preview, 409: ref(Problem) },
			},
		},
		({ actor, at, query }) => previewMoving(app.db, { by: actor, at, keys, ...query }),
	);
	app.get(
		'/api/moving/problems',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'exportMovingProblems', tags: ['moving'] },
				summary: 'What stands in the way of the open move as CSV or XLSX; logged',
				querystring: Strict({ format: OneOf(sheetFormats), language: Type.Optional(language) }),
				response: { 200: fileReply(sheetTypes.csv, sheetTypes.xlsx), 409: ref(Problem) },
			},
		},
		async ({ actor, at, query }, reply) => {
			const { format, language: said = 'de' } = query;
			return sendFile(reply, await exportMovingProblems(app.db, { by: actor, at, keys, format, language: said }));
		},
	);
	app.post(
		'/api/moving/commit',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'commitMoving', tags: ['moving'] },
				summary: 'Brings everything in, all or nothing; what is brought in is what was looked at',
				body: Strict({ fingerprint: Type.String({ pattern: '^[0-9a-f]{64}$', maxLength: 64 }) }),
				response: { 201: Type.Object({ movingId: Id, counts: Counts }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return commitMoving(app.db, { ...commandOf(request), keys, ...request.body });
		},
	);
	app.post(
		'/api/moving/discard',
		{
			config: { access: ['board'] },
			schema: {
				...{
					operationId: 'discardMoving',
					tags: ['moving'],
					summary: 'Gives the open move up; its rows are forgotten',
				},
				response: { 200: Type.Object({ movingId: Id }) },
			},
		},
		(request) => discardMoving(app.db, commandOf(request)),
	);
	app.post(
		'/api/moving/:id/undo',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'undoMoving', tags: ['moving'], params: IdParams },
				summary: 'Takes a move back, as long as nothing else has happened since',
				response: { 201: Type.Object({ movingId: Id }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return undoMoving(app.db, { ...commandOf(request), movingId: request.params.id });
		},
	);
}
