// Direct debits on the wire: preview, file, release, download, execution.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Cents, DayText, Id, IdParams, InstantText, Line, mayMiss, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { downloadDebitFile, markDebitsExecuted, releaseDebitFile, voidDebitFile } from '../service/debitRelease.ts';
import { listDebitFiles, readDebitFile } from '../service/debitFiles.ts';
import { createDebitFile, previewDebits } from '../service/debits.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const page = {
	page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
	pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
};
const states = ['created', 'released', 'executed', 'voided'] as const;
const sequences = ['OOFF', 'RCUR', 'FNAL'] as const;
const reasons = [
	...(['no-mandate', 'mandate-lapsed', 'notice-too-short', 'under-way'] as const),
	...(['paused', 'barred', 'address-missing', 'nothing-left'] as const),
] as const;
const file = {
	...{ id: Id, messageId: Type.String(), subject: Type.String(), collectionOn: DayText, itemCount: Type.Integer() },
	...{ sumCents: Cents, sha256: Type.String(), state: OneOf(states) },
	can: Type.Object({
		...{ release: Type.Boolean(), download: Type.Boolean(), execute: Type.Boolean(), void: Type.Boolean() },
	}),
	...{ createdAt: InstantText, releasedAt: OrNull(InstantText), executedOn: OrNull(DayText) },
	voidReason: OrNull(Type.String()),
};
const facts = (operationId: string, summary: string) => ({ operationId, tags: ['payments'], summary });

/** /api/debit-files. */
export function debitRoutes(app: App): void {
	app.get(
		'/api/debit-files',
		{
			config: { access: staff },
			schema: {
				...facts('listDebitFiles', 'Direct debit files, newest first'),
				response: { 200: Type.Array(Type.Object(file)) },
			},
		},
		({ actor }) => listDebitFiles(app.db, { by: actor }),
	);
	app.get(
		'/api/debit-files/preview',
		{
			config: { access: staff },
			schema: {
				...facts('previewDebits', 'Who would be collected from on a day, how much, and why others not'),
				querystring: Strict({ collectionOn: DayText }),
				response: {
					200: Type.Object({
						...{ collectionOn: DayText, earliest: DayText, count: Type.Integer(), sumCents: Cents },
						candidates: Type.Array(
							Type.Object({
								...{ memberId: Id, number: Type.Integer(), name: Type.String(), openCents: Cents, dueSince: DayText },
								collectable: OrNull(
									Type.Object({
										...{ amountCents: Cents, sequence: OneOf(sequences), mandateReference: Type.String() },
										...{ ibanMasked: Type.String(), announcedBy: OneOf(['mail', 'letter']) },
									}),
								),
								...{ reason: OrNull(OneOf(reasons)), earliest: OrNull(DayText) },
							}),
						),
					}),
				},
			},
		},
		({ actor, at, query }) => previewDebits(app.db, { by: actor, at, keys: app.settings.keys, ...query }),
	);
	app.post(
		'/api/debit-files',
		{
			config: { access: ['board'], idempotent: true },
			bodyLimit: 1024 * 1024,
			schema: {
				...facts('createDebitFile', 'Makes a direct debit file of what members owe on a day'),
				body: Strict({
					...{ subject: Line(80, 3), collectionOn: DayText },
					memberIds: Type.Array(Id, { minItems: 1, maxItems: 20_000, uniqueItems: true }),
				}),
				response: {
					...mayMiss,
					201: Type.Object({
						...{
							fileId: Id,
							messageId: Type.String(),
							itemCount: Type.Integer(),
							sumCents: Cents,
							sha256: Type.String(),
						},
					}),
				},
			},
		},
		async (request, reply) => {
			reply.code(201);
			return createDebitFile(app.db, { ...commandOf(request), keys: app.settings.keys, ...request.body });
		},
	);
	app.get(
		'/api/debit-files/:id',
		{
			config: { access: staff },
			schema: {
				...facts('readDebitFile', 'A direct debit file with its debits'),
				params: IdParams,
				querystring: Strict(page),
				response: {
					200: Type.Object({
						...file,
						letters: Type.Integer(),
						items: Type.Array(
							Type.Object({
								...{ line: Type.Integer(), memberId: Id, number: Type.Integer(), name: Type.String() },
								...{
									address: Type.String(),
									amountCents: Cents,
									sequence: OneOf(sequences),
									endToEndId: Type.String(),
								},
								...{
									mandateReference: Type.String(),
									ibanMasked: Type.String(),
									announcedBy: OneOf(['mail', 'letter']),
								},
								...{ paymentId: OrNull(Id), returnedOn: OrNull(DayText), returnReason: OrNull(Type.String()) },
							}),
						),
					}),
				},
			},
		},
		({ actor, params, query }) => readDebitFile(app.db, { by: actor, fileId: params.id, ...query }),
	);
	debitActRoutes(app);
}

function debitActRoutes(app: App): void {
	app.post(
		'/api/debit-files/:id/release',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts('releaseDebitFile', 'Releases a file somebody else made, for exactly this content, and announces it'),
				params: IdParams,
				body: Strict({ sha256: Type.String({ pattern: '^[0-9a-f]{64}$', maxLength: 64 }) }),
				response: { 200: Type.Object({ fileId: Id, state: OneOf(states), mails: Type.Integer() }) },
			},
		},
		(request) => releaseDebitFile(app.db, { ...commandOf(request), fileId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/debit-files/:id/download',
		{
			config: { access: ['board'] },
			schema: {
				...facts('downloadDebitFile', 'The XML of a released file; each download is logged'),
				params: IdParams,
				response: { 200: Type.Object({ fileName: Type.String(), sha256: Type.String(), xml: Type.String() }) },
			},
		},
		(request) =>
			downloadDebitFile(app.db, { ...commandOf(request), keys: app.settings.keys, fileId: request.params.id }),
	);
	app.post(
		'/api/debit-files/:id/execution',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts('markDebitsExecuted', 'Books the debits of a file the bank has collected'),
				params: IdParams,
				body: Strict({ executedOn: DayText }),
				response: { 200: Type.Object({ fileId: Id, payments: Type.Integer() }) },
			},
		},
		(request) => markDebitsExecuted(app.db, { ...commandOf(request), fileId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/debit-files/:id/void',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts('voidDebitFile', 'Takes a file back that was not executed'),
				params: IdParams,
				body: Strict({ reason: Line(300, 3) }),
				response: { 200: Type.Object({ fileId: Id, state: OneOf(states) }) },
			},
		},
		(request) => voidDebitFile(app.db, { ...commandOf(request), fileId: request.params.id, ...request.body }),
	);
}
