// Bank statements on the wire: upload, preview, import, and the desk for what the keys did not tell.
import { errorCodes, type FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import {
	Cents,
	DayText,
	Id,
	IdParams,
	InstantText,
	Line,
	mayMiss,
	OneOf,
	OrNull,
	Problem,
	ref,
	Strict,
} from '../../http/schemas.ts';
import { Refusal } from '../../values/refusal.ts';
import { archiveLimits } from '../service/archive.ts';
import { bookBankLine, noteBankLine, payoutBankLine, returnBankLine } from '../service/desk.ts';
import { listBankLines, readBankLine } from '../service/deskLines.ts';
import { reopenBankLine } from '../service/reopen.ts';
import { discardStatements, importStatements, listStatementFiles, receiveStatements } from '../service/statements.ts';
import { previewStatements } from '../service/statementPreview.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const fileStates = ['uploaded', 'imported', 'discarded'] as const;
const lineStates = ['open', 'booked', 'noted'] as const;
const meanings = [
	...(['debit', 'debit-return', 'payment', 'transfer', 'transfer-return', 'batch', 'open', 'known'] as const),
] as const;
const facts = (operationId: string, summary: string) => ({ operationId, tags: ['payments'], summary });
const Text = Type.String();
const line = {
	...{ id: Id, amountCents: Cents, bookedOn: DayText, valueOn: DayText, bankReference: Text },
	...{ endToEndId: OrNull(Text), mandateReference: OrNull(Text), purpose: Text, partyName: Text },
	...{ ibanMasked: OrNull(Text), bankCode: Text, returnReason: OrNull(Text) },
	...{ state: OneOf(lineStates), basis: OrNull(Text) },
};
const Account = Type.String({ pattern: '^[0-9]{4,8}$', maxLength: 8 });
const MemberNumber = Type.Integer({ minimum: 1, maximum: 2_000_000_000 });
const SignedCents = Type.Integer({ minimum: -900_000_000_000, maximum: 900_000_000_000 });

/** What the parser of forms throws without a status is the sender's mistake. */
function broken(error: Error & { statusCode?: number }): never {
	throw Object.assign(error, { statusCode: error.statusCode ?? 400 });
}

/** The first file of a form. Refuses invalid `payments.statement-none`; a form that is broken answers 400, one too large 413. */
async function fileOf(request: FastifyRequest): Promise<{ fileName: string; content: Buffer }> {
	const part = await request.file({ limits: { files: 1, fileSize: archiveLimits.sentBytes } }).catch(broken);
	if (!part) throw new Refusal('invalid', 'payments.statement-none', {}, { field: 'files' });
	const content = await part.toBuffer().catch(broken);
	return { fileName: part.filename.replace(/\p{Cc}/gu, '').slice(-100) || 'camt.xml', content };
}

/** /api/bank-statements, /api/bank-lines. */
export function statementRoutes(app: App): void {
	app.post(
		'/api/bank-statements',
		{
			config: { access: ['board'], upload: true },
			// The body is read as a stream; its schema only describes it.
			validatorCompiler: () => () => true,
			schema: {
				...facts(
					'receiveStatements',
					'Takes in a camt.053 file or a ZIP of several (multipart/form-data, up to 20 MB)',
				),
				body: {
					content: {
						'multipart/form-data': {
							schema: Type.Object({ files: Type.Unsafe<Blob>({ type: 'string', format: 'binary' }) }),
						},
					},
				},
				response: { 201: Type.Object({ fileId: Id, statements: Type.Integer(), lines: Type.Integer() }) },
			},
		},
		async (request, reply) => {
			if (!request.isMultipart())
				throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(String(request.headers['content-type']));
			// If it ends in a refusal, the rest of the body is not read.
			reply.header('connection', 'close');
			const file = await fileOf(request);
			const received = await receiveStatements(app.db, { ...commandOf(request), keys: app.settings.keys, ...file });
			reply.removeHeader('connection');
			return reply.code(201).send(received);
		},
	);
	app.get(
		'/api/bank-statements',
		{
			config: { access: staff },
			schema: {
				...facts('listStatementFiles', 'Files of statements, newest first'),
				response: {
					200: Type.Array(
						Type.Object({
							...{ id: Id, fileName: Text, sizeBytes: Type.Integer(), state: OneOf(fileStates) },
							...{ uploadedAt: InstantText, decidedAt: OrNull(InstantText) },
							...{ statementCount: Type.Integer(), lineCount: Type.Integer(), openLines: Type.Integer() },
						}),
					),
				},
			},
		},
		({ actor }) => listStatementFiles(app.db, { by: actor }),
	);
	app.get(
		'/api/bank-statements/:id',
		{
			config: { access: staff },
			schema: {
				...facts('previewStatements', 'What importing a file would do, line by line'),
				params: IdParams,
				response: {
					409: ref(Problem),
					200: Type.Object({
						...{ id: Id, fileName: Text, state: OneOf(fileStates), uploadedAt: InstantText },
						statements: Type.Array(
							Type.Object({
								...{ statementId: Text, version: Text, fromOn: DayText, toOn: DayText, openingCents: Cents },
								...{ closingCents: Cents, pending: Type.Integer(), gapCents: OrNull(Cents), lineCount: Type.Integer() },
							}),
						),
						sums: Type.Array(Type.Object({ means: OneOf(meanings), lines: Type.Integer(), cents: Cents })),
						lines: Type.Array(
							Type.Object({
								...{ amountCents: Cents, bookedOn: DayText, partyName: Text, ibanMasked: OrNull(Text), purpose: Text },
								...{ returnReason: OrNull(Text), means: OneOf(meanings), key: OrNull(Text) },
								memberNumber: OrNull(Type.Integer()),
							}),
						),
					}),
				},
			},
		},
		({ actor, at, params }) => previewStatements(app.db, { by: actor, at, keys: app.settings.keys, fileId: params.id }),
	);
	app.post(
		'/api/bank-statements/:id/import',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts(
					'importStatements',
					'Imports a file as a whole: books what the keys tell, leaves the rest to the desk',
				),
				params: IdParams,
				response: {
					200: Type.Object({
						...{
							fileId: Id,
							lines: Type.Integer(),
							booked: Type.Integer(),
							open: Type.Integer(),
							known: Type.Integer(),
						},
					}),
				},
			},
		},
		(request) =>
			importStatements(app.db, { ...commandOf(request), keys: app.settings.keys, fileId: request.params.id }),
	);
	app.post(
		'/api/bank-statements/:id/discard',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts('discardStatements', 'Discards an uploaded file that was not imported'),
				...{ params: IdParams, response: { 200: Type.Object({ fileId: Id }) } },
			},
		},
		(request) => discardStatements(app.db, { ...commandOf(request), fileId: request.params.id }),
	);
	deskRoutes(app);
}

function deskRoutes(app: App): void {
	app.get(
		'/api/bank-lines',
		{
			config: { access: staff },
			schema: {
				...facts('listBankLines', 'Lines of statements by state'),
				querystring: Strict({
					state: Type.Optional(OneOf(lineStates)),
					search: Type.Optional(Line(100, 0)),
					page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
					pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
				}),
				response: {
					200: Type.Object({ total: Type.Integer(), sumCents: Cents, lines: Type.Array(Type.Object(line)) }),
				},
			},
		},
		({ actor, query }) => listBankLines(app.db, { by: actor, ...query }),
	);
	app.get(
		'/api/bank-lines/:id',
		{
			config: { access: staff },
			schema: {
				...facts('readBankLine', 'A line with what could be done about it'),
				params: IdParams,
				response: {
					200: Type.Object({
						...line,
						proposals: Type.Array(
							Type.Object({
								...{ memberId: Id, number: Type.Integer(), name: Text, openCents: Cents },
								because: OneOf(['account', 'number', 'name']),
							}),
						),
						returnable: Type.Array(
							Type.Object({
								...{ paymentId: Id, number: Type.Integer(), name: Text, amountCents: Cents, valueOn: DayText },
								...{ endToEndId: OrNull(Text), usedCents: Cents, settlementCents: Cents },
							}),
						),
						owed: Type.Array(
							Type.Object({ memberId: Id, number: Type.Integer(), name: Text, account: Text, openCents: Cents }),
						),
						payouts: Type.Array(Type.Object({ fileId: Id, subject: Text, sumCents: Cents, executionOn: DayText })),
						accounts: Type.Array(Type.Object({ number: Text, nameDe: Text, nameEn: Text })),
						bookings: Type.Array(
							Type.Object({
								...{ amountCents: Cents, kind: Text, number: OrNull(Type.Integer()), name: OrNull(Text) },
								...{ account: OrNull(Text), entry: OrNull(Type.Integer()) },
								...{ reopenedAt: OrNull(InstantText), reopenReason: OrNull(Text) },
							}),
						),
					}),
				},
			},
		},
		({ actor, at, params }) => readBankLine(app.db, { by: actor, at, lineId: params.id }),
	);
	app.post(
		'/api/bank-lines/:id/booking',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts(
					'bookBankLine',
					'Books an open line to members, accounts or what members are owed; the parts add up to it',
				),
				params: IdParams,
				body: Strict({
					parts: Type.Array(
						Type.Union([
							Strict({ memberNumber: MemberNumber, amountCents: SignedCents }),
							Strict({ account: Account, amountCents: SignedCents }),
							Strict({ memberNumber: MemberNumber, account: Account, amountCents: SignedCents }),
						]),
						{ minItems: 1, maxItems: 50 },
					),
					text: Line(200, 0),
				}),
				response: { 200: Type.Object({ lineId: Id, entries: Type.Array(Type.Integer()) }) },
			},
		},
		(request) => bookBankLine(app.db, { ...commandOf(request), lineId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/bank-lines/:id/return',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts('returnBankLine', 'Says that an open line is the return of a payment'),
				params: IdParams,
				body: Strict({ paymentId: Id, used: Type.Optional(OneOf(['refuse', 'claim', 'settlement'])) }),
				response: { 200: Type.Object({ lineId: Id }) },
			},
		},
		(request) => returnBankLine(app.db, { ...commandOf(request), lineId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/bank-lines/:id/payout',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts('payoutBankLine', 'Says that an open line is a payout file as a whole'),
				params: IdParams,
				body: Strict({ fileId: Id }),
				response: { 200: Type.Object({ lineId: Id, entry: Type.Integer() }) },
			},
		},
		(request) => payoutBankLine(app.db, { ...commandOf(request), lineId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/bank-lines/:id/note',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts('noteBankLine', 'Notes why nothing is booked for an open line'),
				params: IdParams,
				body: Strict({ reason: Line(200, 3) }),
				response: { ...mayMiss, 200: Type.Object({ lineId: Id }) },
			},
		},
		(request) => noteBankLine(app.db, { ...commandOf(request), lineId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/bank-lines/:id/reopening',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts('reopenBankLine', 'Opens a settled line again: what it booked is reversed'),
				params: IdParams,
				body: Strict({ reason: Line(200, 3) }),
				response: { ...mayMiss, 200: Type.Object({ lineId: Id, reversals: Type.Array(Type.Integer()) }) },
			},
		},
		(request) => reopenBankLine(app.db, { ...commandOf(request), lineId: request.params.id, ...request.body }),
	);
}
