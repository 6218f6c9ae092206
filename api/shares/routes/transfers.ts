// Transfers on the wire: proposing, accepting, agreements on paper, the board's entry.
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
import { AcceptedClauses, ClauseView, Email, ResolutionInput } from '../../members/routes/shapes.ts';
import { transferRules } from '../../statute/rules.ts';
import { acceptTransfer, declineTransfer } from '../service/transfers/accept.ts';
import { enterTransfer, refuseTransfer } from '../service/transfers/enter.ts';
import { recordAcceptance, recordTransfer } from '../service/transfers/paper.ts';
import { proposeTransfer, withdrawTransfer } from '../service/transfers/propose.ts';
import { listTransfers, readOwnTransfers } from '../service/transfers/read.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const states = ['proposed', 'accepted', 'entered', 'withdrawn', 'declined', 'refused'] as const;
const ShareCount = Type.Integer({ minimum: 1, maximum: 100_000 });
const Takes = Type.Optional(
	Type.Integer({ minimum: 0, maximum: 100_000, description: 'new shares the acquirer takes' }),
);
/** All, or so many shares; without an amount the same part of the balance goes with them. */
const wish = {
	shares: Type.Optional(ShareCount),
	all: Type.Optional(Type.Literal(true)),
	amountCents: Type.Optional(PositiveCents),
};
const wishOf = ({ shares, all, amountCents }: { shares?: number; all?: true; amountCents?: number }) => ({
	shares: all ? ('all' as const) : (shares ?? 0),
	amountCents,
});

const PartyShape = Type.Object({ memberId: Id, number: Type.Integer(), name: Type.String() });
const transferFields = {
	...{ id: Id, from: PartyShape, to: OrNull(PartyShape), toEmail: OrNull(Type.String()), whole: Type.Boolean() },
	...{ shares: Type.Integer(), amountCents: Cents, takes: OrNull(Type.Integer()), form: OneOf(['portal', 'paper']) },
	...{ proposedAt: InstantText, acceptedAt: OrNull(InstantText), state: OneOf(states), effectiveOn: OrNull(DayText) },
	...{ decidedAt: OrNull(InstantText), resolution: OrNull(Type.String()), entry: OrNull(Type.Integer()) },
	can: Type.Object({
		...{ accept: Type.Boolean(), decline: Type.Boolean(), withdraw: Type.Boolean() },
		...{ enter: Type.Boolean(), refuse: Type.Boolean() },
	}),
};
const Done = Type.Object({ transferId: Id });

/** /api/transfers, /api/me/transfers. */
export function transferRoutes(app: App): void {
	app.get(
		'/api/transfers',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'listTransfers',
					tags: ['shares'],
					summary: 'Transfers in some states, waiting ones unless said otherwise',
				},
				querystring: Strict({ states: Type.Optional(Type.Array(OneOf(states), { maxItems: 6 })) }),
				response: { 200: Type.Array(Type.Object(transferFields)) },
			},
		},
		({ actor, query }) => listTransfers(app.db, { by: actor, ...query }),
	);
	app.post(
		'/api/transfers',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'recordTransfer',
					tags: ['shares'],
					summary: 'Records an agreement on paper, with a member or somebody who joins',
				},
				body: Strict({
					...{
						fromMemberId: Id,
						toMemberId: Type.Optional(Id),
						applicationId: Type.Optional(Id),
						...wish,
						takes: Takes,
					},
				}),
				response: { ...mayMiss, 201: Type.Object({ transferId: Id, state: OneOf(states) }) },
			},
		},
		async (request, reply) => {
			const { fromMemberId, toMemberId, applicationId, takes, ...rest } = request.body;
			const acquirer = toMemberId ? { memberId: toMemberId } : { applicationId: applicationId ?? '' };
			reply.code(201);
			return recordTransfer(app.db, { ...commandOf(request), fromMemberId, acquirer, wish: wishOf(rest), takes });
		},
	);
	app.post(
		'/api/transfers/:id/acceptance',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'recordAcceptance', tags: ['shares'], summary: 'Somebody who has joined accepts on paper' },
				...{ params: IdParams, body: Strict({ takes: Takes }) },
				response: { 200: Type.Object({ transferId: Id, takes: Type.Integer() }) },
			},
		},
		(request) => recordAcceptance(app.db, { ...commandOf(request), transferId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/transfers/:id/entry',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'enterTransfer',
					tags: ['shares'],
					summary: 'Enters an agreed transfer: balance, shares, register',
				},
				...{ params: IdParams, body: Strict({ resolution: ResolutionInput, effectiveOn: DayText }) },
				response: { 201: Type.Object({ transferId: Id, entry: Type.Integer() }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return enterTransfer(app.db, { ...commandOf(request), transferId: request.params.id, ...request.body });
		},
	);
	app.post(
		'/api/transfers/:id/refusal',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'refuseTransfer',
					tags: ['shares'],
					summary: 'Refuses a transfer that needs consent or new shares',
				},
				...{ params: IdParams, body: Strict({ resolution: ResolutionInput }), response: { 200: Done } },
			},
		},
		(request) => refuseTransfer(app.db, { ...commandOf(request), transferId: request.params.id, ...request.body }),
	);
	ownTransferRoutes(app);
}

function ownTransferRoutes(app: App): void {
	app.get(
		'/api/me/transfers',
		{
			config: { access: ['member'] },
			schema: {
				...{
					operationId: 'readOwnTransfers',
					tags: ['shares'],
					summary: 'The own transfers, and what may be handed over',
				},
				response: {
					...mayMiss,
					200: Type.Object({
						terms: Type.Object({
							...{ statuteVersion: Type.Integer(), rule: OneOf(transferRules), nominalCents: Cents },
							obstacle: OrNull(OneOf(['excluded', 'exit', 'transfer', 'nothing'])),
							...{ mandatoryShares: Type.Integer(), maxShares: Type.Integer(), clauses: Type.Array(ClauseView) },
							held: Type.Object({ shares: Type.Integer(), nominalCents: Cents, paidCents: Cents }),
						}),
						transfers: Type.Array(
							Type.Object({ ...transferFields, mine: Type.Boolean(), takesAtLeast: Type.Integer() }),
						),
					}),
				},
			},
		},
		({ actor, at }) => readOwnTransfers(app.db, { by: actor, at }),
	);
	app.post(
		'/api/me/transfers',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{ operationId: 'proposeTransfer', tags: ['shares'], summary: 'Proposes to hand balance over, in text form' },
				body: Strict({
					...wish,
					to: Type.Union([
						Strict({ number: Type.Integer({ minimum: 1, maximum: 2_000_000_000 }), name: Line(200) }),
						Strict({ email: Email }),
					]),
				}),
				response: { ...mayMiss, 201: Done },
			},
		},
		async (request, reply) => {
			const { to, ...rest } = request.body;
			reply.code(201);
			return proposeTransfer(app.db, { ...commandOf(request), wish: wishOf(rest), acquirer: to });
		},
	);
	app.post(
		'/api/me/transfers/:id/acceptance',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{
					operationId: 'acceptTransfer',
					tags: ['shares'],
					summary: 'Accepts a transfer and declares to take the shares it needs',
				},
				params: IdParams,
				body: Strict({ takes: Takes, clauses: AcceptedClauses, statuteVersion: Type.Integer({ minimum: 1 }) }),
				response: { 200: Type.Object({ transferId: Id, takes: Type.Integer() }) },
			},
		},
		(request) => acceptTransfer(app.db, { ...commandOf(request), transferId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/me/transfers/:id/decline',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{ operationId: 'declineTransfer', tags: ['shares'], summary: 'Declines a transfer' },
				...{ params: IdParams, response: { 200: Done } },
			},
		},
		(request) => declineTransfer(app.db, { ...commandOf(request), transferId: request.params.id }),
	);
	app.post(
		'/api/me/transfers/:id/withdrawal',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{ operationId: 'withdrawTransfer', tags: ['shares'], summary: 'Takes the own proposal back' },
				...{ params: IdParams, response: { 200: Done } },
			},
		},
		(request) => withdrawTransfer(app.db, { ...commandOf(request), transferId: request.params.id }),
	);
}
