// Payments on the wire: what came in, files that pay out.
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
	PositiveCents,
	Strict,
} from '../../http/schemas.ts';
import { ownMemberId } from '../../members/service/files.ts';
import { paymentChoice } from './choices.ts';
import { payBackOverpayments } from '../service/payout.ts';
import { dropPayoutRest } from '../service/payoutParts.ts';
import { listPayments } from '../service/paymentList.ts';
import { recordPayments } from '../service/receive.ts';
import { reversePayment } from '../service/reverse.ts';
import {
	downloadPayoutFile,
	listPayoutFiles,
	markPayoutExecuted,
	readPayoutFile,
	releasePayoutFile,
	voidPayoutFile,
} from '../service/release.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const page = {
	page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
	pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
};
const states = ['created', 'released', 'executed', 'voided'] as const;

const PaymentPage = Type.Object({
	...{ total: Type.Integer(), sumCents: Cents },
	payments: Type.Array(
		Type.Object({
			...{
				id: Id,
				memberId: Id,
				number: Type.Integer(),
				name: Type.String(),
				amountCents: Cents,
				creditedCents: Cents,
				overpaidCents: Cents,
				feeCents: Cents,
			},
			...{ valueOn: DayText, purpose: Type.String(), bankReference: Type.String(), entry: Type.Integer() },
			...{ reversedAt: OrNull(InstantText), reversalReason: OrNull(Type.String()) },
		}),
	),
});
const heldBack = Type.Array(
	Type.Object({
		...{ memberId: Id, number: Type.Integer(), name: Type.String(), amountCents: Cents, until: OrNull(InstantText) },
	}),
	{ description: 'left out because the account is new and still held' },
);
const payout = {
	...{
		id: Id,
		messageId: Type.String(),
		subject: Type.String(),
		account: Type.String(),
		executionOn: DayText,
		itemCount: Type.Integer(),
	},
	...{ sumCents: Cents, sha256: Type.String(), state: OneOf(states) },
	can: Type.Object({
		release: Type.Boolean(),
		download: Type.Boolean(),
		execute: Type.Boolean(),
		void: Type.Boolean(),
		dropRest: Type.Boolean(),
	}),
	parts: Type.Object({ executed: Type.Integer(), executedCents: Cents, dropped: Type.Integer() }),
	...{
		createdAt: InstantText,
		releasedAt: OrNull(InstantText),
		executedOn: OrNull(DayText),
		entry: OrNull(Type.Integer()),
	},
	voidReason: OrNull(Type.String()),
	heldBack,
};
const State = Type.Object({ fileId: Id, state: OneOf(states) });

/** /api/payments, /api/me/payments, /api/payout-files. */
export function paymentRoutes(app: App): void {
	app.get(
		'/api/payments',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'listPayments',
					tags: ['payments'],
					summary: 'Payments that came in, newest value day first',
				},
				querystring: Strict({
					...{ memberId: Type.Optional(Id), ...paymentChoice, ...page },
				}),
				response: { 200: PaymentPage },
			},
		},
		({ actor, query }) => listPayments(app.db, { by: actor, ...query }),
	);
	app.post(
		'/api/payments',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'recordPayments',
					tags: ['payments'],
					summary: 'Books payments of members, all or none; a bank line counts once',
				},
				body: Strict({
					payments: Type.Array(
						Strict({
							...{
								memberNumber: Type.Integer({ minimum: 1, maximum: 2_000_000_000 }),
								amountCents: PositiveCents,
								valueOn: DayText,
							},
							...{ purpose: Line(140, 0), bankReference: Line(100) },
						}),
						{ minItems: 1, maxItems: 500 },
					),
				}),
				response: {
					...mayMiss,
					201: Type.Array(
						Type.Object({
							paymentId: Id,
							memberId: Id,
							entry: Type.Integer(),
							creditedCents: Cents,
							feeCents: Cents,
							overpaidCents: Cents,
						}),
					),
				},
			},
		},
		async (request, reply) => {
			reply.code(201);
			return recordPayments(app.db, { ...commandOf(request), incoming: request.body.payments });
		},
	);
	app.post(
		'/api/payments/:id/reversal',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'reversePayment',
					tags: ['payments'],
					summary: 'Undoes a payment by a reversal in the books',
					params: IdParams,
				},
				body: Strict({ bookedOn: DayText, reason: Line(200, 3) }),
				response: { 201: Type.Object({ entry: Type.Integer() }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return reversePayment(app.db, { ...commandOf(request), paymentId: request.params.id, ...request.body });
		},
	);
	app.get(
		'/api/me/payments',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'listOwnPayments', tags: ['payments'], summary: 'The own payments' },
				...{ querystring: Strict(page), response: { ...mayMiss, 200: PaymentPage } },
			},
		},
		async ({ actor, query }) => listPayments(app.db, { by: actor, memberId: ownMemberId(actor), ...query }),
	);
	payoutRoutes(app);
}

function payoutRoutes(app: App): void {
	app.get(
		'/api/payout-files',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listPayoutFiles', tags: ['payments'], summary: 'Transfer files, newest first' },
				response: { 200: Type.Array(Type.Object(payout)) },
			},
		},
		({ actor }) => listPayoutFiles(app.db, { by: actor }),
	);
	app.get(
		'/api/payout-files/:id',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'readPayoutFile',
					tags: ['payments'],
					summary: 'A transfer file with its transfers',
					params: IdParams,
					querystring: Strict(page),
				},
				response: {
					200: Type.Object({
						...payout,
						items: Type.Array(
							Type.Object({
								...{
									line: Type.Integer(),
									memberId: Id,
									number: Type.Integer(),
									name: Type.String(),
									amountCents: Cents,
								},
								...{ remittance: Type.String(), ibanMasked: Type.String() },
								fate: OrNull(OneOf(['executed', 'dropped', 'returned'])),
							}),
						),
					}),
				},
			},
		},
		({ actor, params, query }) => readPayoutFile(app.db, { by: actor, fileId: params.id, ...query }),
	);
	app.post(
		'/api/payout-files/overpayments',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'payBackOverpayments',
					tags: ['payments'],
					summary: 'A file that pays back what members paid too much',
				},
				body: Strict({
					memberIds: Type.Array(Id, { minItems: 1, maxItems: 500, uniqueItems: true }),
					executionOn: DayText,
				}),
				response: {
					...mayMiss,
					201: Type.Object({
						fileId: Id,
						messageId: Type.String(),
						itemCount: Type.Integer(),
						sumCents: Cents,
						sha256: Type.String(),
						heldBack,
					}),
				},
			},
		},
		async (request, reply) => {
			reply.code(201);
			return payBackOverpayments(app.db, { ...commandOf(request), keys: app.settings.keys, ...request.body });
		},
	);
	app.post(
		'/api/payout-files/:id/release',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'releasePayoutFile',
					tags: ['payments'],
					summary: 'Releases a file somebody else made, for exactly this content',
					params: IdParams,
				},
				body: Strict({ sha256: Type.String({ pattern: '^[0-9a-f]{64}$', maxLength: 64 }) }),
				response: { 200: State },
			},
		},
		(request) => releasePayoutFile(app.db, { ...commandOf(request), fileId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/payout-files/:id/download',
		{
			config: { access: ['board'] },
			schema: {
				...{
					operationId: 'downloadPayoutFile',
					tags: ['payments'],
					summary: 'The XML of a released file; each download is logged',
					params: IdParams,
				},
				response: { 200: Type.Object({ fileName: Type.String(), sha256: Type.String(), xml: Type.String() }) },
			},
		},
		(request) =>
			downloadPayoutFile(app.db, { ...commandOf(request), keys: app.settings.keys, fileId: request.params.id }),
	);
	app.post(
		'/api/payout-files/:id/execution',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'markPayoutExecuted',
					tags: ['payments'],
					summary: 'Books a file the bank has executed',
					params: IdParams,
				},
				body: Strict({ executedOn: DayText }),
				response: { 200: Type.Object({ fileId: Id, entry: Type.Integer() }) },
			},
		},
		(request) => markPayoutExecuted(app.db, { ...commandOf(request), fileId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/payout-files/:id/rest',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'dropPayoutRest', tags: ['payments'], params: IdParams },
				summary: 'Says that the rest of a file that was executed in part will not be executed; it is owed as before',
				body: Strict({ reason: Line(300, 3) }),
				response: {
					200: Type.Object({ fileId: Id, state: OneOf(states), dropped: Type.Integer(), sumCents: Cents }),
				},
			},
		},
		(request) => dropPayoutRest(app.db, { ...commandOf(request), fileId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/payout-files/:id/void',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'voidPayoutFile',
					tags: ['payments'],
					summary: 'Takes a file back that was not executed',
					params: IdParams,
				},
				body: Strict({ reason: Line(300, 3) }),
				response: { 200: State },
			},
		},
		(request) => voidPayoutFile(app.db, { ...commandOf(request), fileId: request.params.id, ...request.body }),
	);
}
