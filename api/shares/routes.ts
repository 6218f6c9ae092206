// Shares on the wire: admission, further shares, and the three numbers of every member on any day.
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { commandOf } from '../http/access.ts';
import { Cents, DayText, Id, IdParams, InstantText, Line, mayMiss, OneOf, OrNull, Strict } from '../http/schemas.ts';
import { AcceptedClauses, ClauseView, KnownAt, ResolutionInput } from '../members/routes/shapes.ts';
import { ownMemberId } from '../members/service/files.ts';
import { dayOf } from '../values/calendar.ts';
import { admitApplications } from './service/admit.ts';
import { listHoldings, readHolding } from './service/holdings.ts';
import { enterShareRequest } from './service/paper.ts';
import {
	admitShareRequest,
	listShareRequests,
	readFurtherTerms,
	recordRequestPaper,
	rejectShareRequest,
	requestShares,
	withdrawShareRequest,
} from './service/requests.ts';
import { reverseFurtherShares, takeFurtherShares } from './service/subscribe.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const requestStates = ['declared', 'admitted', 'rejected', 'withdrawn'] as const;
const numbers = { shares: Type.Integer(), nominalCents: Cents, dueCents: Cents, paidCents: Cents, claimCents: Cents };
const asKnown = { day: Type.Optional(DayText), knownAt: Type.Optional(KnownAt) };
const ShareCount = Type.Integer({ minimum: 1, maximum: 100_000 });

const Holding = Type.Object({
	...{ day: DayText, memberId: Id, number: Type.Integer(), name: Type.String(), ...numbers, overpaidCents: Cents },
	upcoming: Type.Array(Type.Object({ dueOn: DayText, amountCents: Cents })),
	movements: Type.Array(
		Type.Object({
			...{
				day: DayText,
				kind: Type.String(),
				sharesChange: Type.Integer(),
				nominalChangeCents: Cents,
				paidChangeCents: Cents,
			},
			...{ basis: OrNull(Type.String()), movementId: OrNull(Id) },
			after: Type.Object({ shares: Type.Integer(), nominalCents: Cents, paidCents: Cents }),
		}),
	),
});

/** /api/applications/admissions, /api/holdings, /api/members/:id/shares, /api/share-requests, /api/share-movements, /api/me/shares. */
export function shareRoutes(app: App): void {
	app.post(
		'/api/applications/admissions',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'admitApplications',
					tags: ['shares'],
					summary: 'Admits applicants by one resolution, with their shares and a portal account',
				},
				body: Strict({
					applicationIds: Type.Array(Id, { minItems: 1, maxItems: 200, uniqueItems: true }),
					resolution: ResolutionInput,
					invite: Type.Optional(
						Type.Boolean({ description: 'make portal accounts and send invitations; true unless said otherwise' }),
					),
				}),
				response: {
					...mayMiss,
					201: Type.Array(
						Type.Object({ memberId: Id, number: Type.Integer(), applicationId: Id, account: Type.Boolean() }),
					),
				},
			},
		},
		async (request, reply) => {
			const { invite = true, ...rest } = request.body;
			const { keys, publicUrl } = app.settings;
			reply.code(201);
			return admitApplications(app.db, {
				...commandOf(request),
				keys,
				...rest,
				invite: invite ? { keys, publicUrl } : null,
			});
		},
	);
	app.get(
		'/api/holdings',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'listHoldings',
					tags: ['shares'],
					summary: 'Nominal, due and paid of members on a day, with the sums of all that match',
				},
				querystring: Strict({
					...{
						...asKnown,
						search: Type.Optional(Type.String({ maxLength: 100 })),
						standing: Type.Optional(OneOf(['present', 'left', 'all'])),
					},
					owing: Type.Optional(Type.Boolean({ description: 'only who owes what is due' })),
					page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
					pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
				}),
				response: {
					200: Type.Object({
						...{ total: Type.Integer(), sums: Type.Object(numbers) },
						holdings: Type.Array(
							Type.Object({ memberId: Id, number: Type.Integer(), name: Type.String(), ...numbers }),
						),
					}),
				},
			},
		},
		({ actor, at, query: { day, knownAt, ...rest } }) =>
			listHoldings(app.db, {
				by: actor,
				day: day ?? dayOf(at),
				knownAt: knownAt ? new Date(knownAt) : undefined,
				...rest,
			}),
	);
	app.get(
		'/api/members/:id/shares',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'readHolding',
					tags: ['shares'],
					summary: "A member's three numbers on a day, with every movement and the balances after it",
				},
				...{ params: IdParams, querystring: Strict(asKnown), response: { 200: Holding } },
			},
		},
		({ actor, at, params, query }) =>
			readHolding(app.db, {
				by: actor,
				memberId: params.id,
				day: query.day ?? dayOf(at),
				knownAt: query.knownAt ? new Date(query.knownAt) : undefined,
			}),
	);
	app.post(
		'/api/members/:id/shares',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'takeFurtherShares',
					tags: ['shares'],
					summary: 'Further shares on a declaration on paper, admitted by a resolution',
					params: IdParams,
				},
				body: Strict({ count: ShareCount, resolution: ResolutionInput }),
				response: { 201: Type.Object({ movementId: Id }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return takeFurtherShares(app.db, { ...commandOf(request), memberId: request.params.id, ...request.body });
		},
	);
	app.post(
		'/api/members/:id/share-requests',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'enterShareRequest',
					tags: ['shares'],
					summary: 'Enters a declaration to take further shares that a member signed on paper',
					params: IdParams,
				},
				body: Strict({ count: ShareCount, signedOn: DayText, receivedOn: DayText }),
				response: { 201: Type.Object({ requestId: Id }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return enterShareRequest(app.db, {
				...{ ...commandOf(request), memberId: request.params.id, paper: request.body },
			});
		},
	);
	app.post(
		'/api/share-movements/:id/reversal',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'reverseFurtherShares',
					tags: ['shares'],
					summary: 'Undoes further shares entered by mistake',
					params: IdParams,
				},
				body: Strict({ reason: Line(300, 3) }),
				response: { 201: Type.Object({ movementId: Id }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return reverseFurtherShares(app.db, { ...commandOf(request), movementId: request.params.id, ...request.body });
		},
	);
	app.get(
		'/api/share-requests',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'listShareRequests',
					tags: ['shares'],
					summary: 'Declarations for further shares in a state',
				},
				querystring: Strict({ state: Type.Optional(OneOf(requestStates)) }),
				response: {
					...mayMiss,
					200: Type.Array(
						Type.Object({
							...{
								id: Id,
								memberId: Id,
								number: Type.Integer(),
								name: Type.String(),
								count: Type.Integer(),
								state: OneOf(requestStates),
							},
							can: Type.Object({ admit: Type.Boolean(), reject: Type.Boolean() }),
							...{ declaredAt: InstantText, decidedAt: OrNull(InstantText), resolution: OrNull(Type.String()) },
							...{ heldShares: Type.Integer(), unpaidCents: Cents, paperMissing: Type.Boolean() },
						}),
					),
				},
			},
		},
		({ actor, at, query }) => listShareRequests(app.db, { by: actor, day: dayOf(at), ...query }),
	);
	app.post(
		'/api/share-requests/:id/admission',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'admitShareRequest',
					tags: ['shares'],
					summary: 'Admits a declaration for further shares',
					params: IdParams,
				},
				body: Strict({ resolution: ResolutionInput }),
				response: { 201: Type.Object({ movementId: Id }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return admitShareRequest(app.db, { ...commandOf(request), requestId: request.params.id, ...request.body });
		},
	);
	app.post(
		'/api/share-requests/:id/paper',
		{
			config: { access: ['board'] },
			schema: {
				...{
					operationId: 'recordRequestPaper',
					tags: ['shares'],
					summary: 'The signed declaration for further shares has arrived',
					params: IdParams,
				},
				body: Strict({ receivedOn: DayText }),
				response: { 200: Type.Object({ requestId: Id }) },
			},
		},
		(request) => recordRequestPaper(app.db, { ...commandOf(request), requestId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/share-requests/:id/rejection',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'rejectShareRequest',
					tags: ['shares'],
					summary: 'Rejects a declaration for further shares',
					params: IdParams,
				},
				body: Strict({ resolution: ResolutionInput }),
				response: { 200: Type.Object({ requestId: Id }) },
			},
		},
		(request) => rejectShareRequest(app.db, { ...commandOf(request), requestId: request.params.id, ...request.body }),
	);
	ownShareRoutes(app);
}

function ownShareRoutes(app: App): void {
	app.get(
		'/api/me/shares',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'readOwnShares', tags: ['shares'], summary: 'The own three numbers with every movement' },
				...{ querystring: Strict({ day: Type.Optional(DayText) }), response: { ...mayMiss, 200: Holding } },
			},
		},
		async ({ actor, at, query }) =>
			readHolding(app.db, { by: actor, memberId: ownMemberId(actor), day: query.day ?? dayOf(at) }),
	);
	app.get(
		'/api/me/shares/terms',
		{
			config: { access: ['member'] },
			schema: {
				...{
					operationId: 'readFurtherTerms',
					tags: ['shares'],
					summary: 'What one may take and must declare for further shares',
				},
				response: {
					...mayMiss,
					200: Type.Object({
						...{
							statuteVersion: Type.Integer(),
							nominalCents: Cents,
							heldShares: Type.Integer(),
							mostFurther: Type.Integer(),
						},
						...{ unpaidCents: Cents, clauses: Type.Array(ClauseView), signature: Type.Boolean() },
						openRequest: OrNull(Type.Object({ id: Id, count: Type.Integer(), declaredAt: InstantText })),
						decided: Type.Array(
							Type.Object({
								...{ id: Id, count: Type.Integer(), state: OneOf(requestStates), declaredAt: InstantText },
								...{ decidedAt: InstantText, resolution: OrNull(Type.String()) },
							}),
						),
					}),
				},
			},
		},
		({ actor, at }) => readFurtherTerms(app.db, { by: actor, day: dayOf(at) }),
	);
	app.post(
		'/api/me/shares/requests',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{ operationId: 'requestShares', tags: ['shares'], summary: 'Declares to take further shares (M-10)' },
				body: Strict({ count: ShareCount, clauses: AcceptedClauses, statuteVersion: Type.Integer({ minimum: 1 }) }),
				response: { ...mayMiss, 201: Type.Object({ requestId: Id }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return requestShares(app.db, { ...commandOf(request), ...request.body });
		},
	);
	app.post(
		'/api/me/shares/requests/:id/withdrawal',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{
					operationId: 'withdrawShareRequest',
					tags: ['shares'],
					summary: 'Takes the own open declaration back',
					params: IdParams,
				},
				response: { 200: Type.Object({ requestId: Id }) },
			},
		},
		(request) => withdrawShareRequest(app.db, { ...commandOf(request), requestId: request.params.id }),
	);
}
