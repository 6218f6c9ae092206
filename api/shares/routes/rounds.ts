// Subscription rounds on the wire: set, seen, subscribed in, decided.
import { type Static, Type } from 'typebox';
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
import { AcceptedClauses, ClauseView, ResolutionInput } from '../../members/routes/shapes.ts';
import { allotmentReasons, allotmentRules, mostVolume } from '../rules/rounds.ts';
import { decideRound } from '../service/rounds/decide.ts';
import { listAnnouncedRounds, listRounds, readOwnRounds, readRound } from '../service/rounds/read.ts';
import { changeRound, extendRound } from '../service/rounds/change.ts';
import { enterSubscription } from '../service/rounds/enter.ts';
import { cancelRound, recordSubscriptionPaper, type RoundInput, setRound } from '../service/rounds/set.ts';
import { subscribeToRound, withdrawSubscription } from '../service/rounds/subscribe.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const Rule = OneOf(allotmentRules);
const Phase = OneOf(['planned', 'open', 'closed', 'decided', 'cancelled']);
const Reason = OneOf(allotmentReasons);
const ShareCount = Type.Integer({ minimum: 1, maximum: 100_000 });
/** A declaration on paper: for how many shares, signed and arrived when. */
const signedPaper = { count: ShareCount, signedOn: DayText, receivedOn: DayText };
/** An instant without leap seconds, which Date does not know. */
const InstantInput = Type.String({
	...{ format: 'date-time', maxLength: 30, pattern: '^[^:]+:[0-9]{2}:[0-5][0-9][.0-9]*(Z|[+-][0-9:]{5})$' },
	examples: ['2026-12-01T11:00:00.000Z'],
});

const facts = {
	...{ id: Id, title: Type.String(), purpose: Type.String(), opensAt: InstantText, closesAt: InstantText },
	...{ phase: Phase, volume: Type.Integer({ description: 'shares' }), volumeCents: OrNull(Cents) },
	...{ floorShares: Type.Integer(), capShares: Type.Integer(), rule: Rule, nominalCents: Cents },
};
const view = {
	...facts,
	...{ announced: Type.Boolean(), volumeShares: OrNull(Type.Integer()) },
	can: Type.Object({
		...{ decide: Type.Boolean(), cancel: Type.Boolean(), change: Type.Boolean(), extend: Type.Boolean() },
	}),
	...{ subscribers: Type.Integer(), asked: Type.Integer(), allotted: OrNull(Type.Integer()) },
	...{ decidedAt: OrNull(InstantText), resolution: OrNull(Type.String()) },
};

const volume = {
	volumeShares: Type.Optional(Type.Integer({ minimum: 1, maximum: mostVolume })),
	volumeCents: Type.Optional(PositiveCents),
};
const RoundInputShape = Strict({
	...{ title: Line(120, 3), purpose: Line(1_000, 3), opensAt: InstantInput, closesAt: InstantInput, ...volume },
	...{ floorShares: ShareCount, capShares: ShareCount, rule: Rule, announced: Type.Boolean() },
});

function roundOf({
	opensAt,
	closesAt,
	volumeShares,
	volumeCents,
	...rest
}: Static<typeof RoundInputShape>): RoundInput {
	return {
		...{ ...rest, opensAt: new Date(opensAt), closesAt: new Date(closesAt) },
		...{ volumeShares: volumeShares ?? null, volumeCents: volumeCents ?? null },
	};
}

/** /api/rounds, /api/me/rounds. */
export function roundRoutes(app: App): void {
	app.get(
		'/api/rounds/announced',
		{
			config: { access: 'public' },
			schema: {
				...{
					operationId: 'listAnnouncedRounds',
					tags: ['shares'],
					summary: 'Subscription rounds that are shown publicly and not over yet',
				},
				response: { ...mayMiss, 200: Type.Array(Type.Object(facts)) },
			},
		},
		({ actor, at }) => listAnnouncedRounds(app.db, { by: actor, at }),
	);
	app.get(
		'/api/rounds',
		{
			config: { access: staff },
			schema: {
				operationId: 'listRounds',
				tags: ['shares'],
				summary: 'Subscription rounds, the latest first',
				response: { ...mayMiss, 200: Type.Array(Type.Object(view)) },
			},
		},
		({ actor, at }) => listRounds(app.db, { by: actor, at }),
	);
	app.post(
		'/api/rounds',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				operationId: 'setRound',
				tags: ['shares'],
				summary: 'Sets a subscription round (Zeichnungsrunde)',
				body: RoundInputShape,
				response: { ...mayMiss, 201: Type.Object({ roundId: Id }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return setRound(app.db, { ...commandOf(request), round: roundOf(request.body) });
		},
	);
	boardRoutes(app);
	ownRoundRoutes(app);
}

function boardRoutes(app: App): void {
	app.get(
		'/api/rounds/:id',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'readRound',
					tags: ['shares'],
					summary: 'A round with its subscriptions and what each would get, or got',
				},
				params: IdParams,
				response: {
					200: Type.Object({
						...view,
						given: Type.Integer(),
						lines: Type.Array(
							Type.Object({
								...{ subscriptionId: Id, memberId: OrNull(Id), applicationId: OrNull(Id) },
								...{ number: OrNull(Type.Integer()), name: Type.String(), count: Type.Integer() },
								...{ subscribedAt: InstantText, allotted: Type.Integer(), reason: Reason },
							}),
						),
					}),
				},
			},
		},
		({ actor, at, params }) => readRound(app.db, { by: actor, at, roundId: params.id }),
	);
	app.post(
		'/api/rounds/:id/decision',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'decideRound',
					tags: ['shares'],
					summary: 'Decides a round by a resolution: allots the shares and tells everybody',
				},
				params: IdParams,
				body: Strict({ resolution: ResolutionInput, invite: Type.Optional(Type.Boolean()) }),
				response: { 201: Type.Object({ roundId: Id, allotted: Type.Integer(), subscribers: Type.Integer() }) },
			},
		},
		async (request, reply) => {
			const { invite = true, resolution } = request.body;
			const { keys, publicUrl } = app.settings;
			reply.code(201);
			return decideRound(app.db, {
				...{ ...commandOf(request), keys, roundId: request.params.id, resolution },
				invite: invite ? { keys, publicUrl } : null,
			});
		},
	);
	app.put(
		'/api/rounds/:id',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'changeRound', tags: ['shares'], summary: 'Changes a round that has not opened yet' },
				...{ params: IdParams, body: RoundInputShape, response: { 200: Type.Object({ roundId: Id }) } },
			},
		},
		(request) =>
			changeRound(app.db, { ...commandOf(request), roundId: request.params.id, round: roundOf(request.body) }),
	);
	app.post(
		'/api/rounds/:id/extension',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'extendRound',
					tags: ['shares'],
					summary: 'Changes the end and the volume of an open round and tells everybody who subscribed',
				},
				params: IdParams,
				body: Strict({ closesAt: InstantInput, ...volume, reason: Line(300, 3) }),
				response: { 200: Type.Object({ roundId: Id, told: Type.Integer() }) },
			},
		},
		(request) => {
			const { closesAt, volumeShares = null, volumeCents = null, reason } = request.body;
			const extension = { closesAt: new Date(closesAt), volumeShares, volumeCents, reason };
			return extendRound(app.db, { ...commandOf(request), roundId: request.params.id, extension });
		},
	);
	app.post(
		'/api/rounds/:id/subscriptions',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'enterSubscription',
					tags: ['shares'],
					summary: 'Enters a subscription a member signed on paper',
				},
				params: IdParams,
				body: Strict({ memberNumber: Type.Integer({ minimum: 1, maximum: 2_000_000_000 }), ...signedPaper }),
				response: { 201: Type.Object({ subscriptionId: Id }) },
			},
		},
		async (request, reply) => {
			const { memberNumber, ...paper } = request.body;
			reply.code(201);
			return enterSubscription(app.db, { ...commandOf(request), roundId: request.params.id, memberNumber, paper });
		},
	);
	app.post(
		'/api/rounds/:id/papers',
		{
			config: { access: ['board'] },
			schema: {
				...{
					operationId: 'recordSubscriptionPaper',
					tags: ['shares'],
					summary: 'The signed paper for a subscription has arrived',
				},
				params: IdParams,
				body: Strict({ subscriptionId: Id, receivedOn: DayText }),
				response: { 200: Type.Object({ subscriptionId: Id }) },
			},
		},
		(request) =>
			recordSubscriptionPaper(app.db, { ...commandOf(request), roundId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/rounds/:id/cancellation',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'cancelRound', tags: ['shares'], summary: 'Calls a round off and tells everybody why' },
				params: IdParams,
				body: Strict({ reason: Line(300, 3) }),
				response: { 200: Type.Object({ roundId: Id }) },
			},
		},
		(request) => cancelRound(app.db, { ...commandOf(request), roundId: request.params.id, ...request.body }),
	);
}

function ownRoundRoutes(app: App): void {
	app.get(
		'/api/me/rounds',
		{
			config: { access: ['member'] },
			schema: {
				operationId: 'readOwnRounds',
				tags: ['shares'],
				summary: 'Rounds one can subscribe in or has, with the own subscription and what must be declared',
				response: {
					...mayMiss,
					200: Type.Object({
						rounds: Type.Array(
							Type.Object({
								...facts,
								most: Type.Integer(),
								own: OrNull(
									Type.Object({
										...{ count: Type.Integer(), subscribedAt: InstantText, withdrawn: Type.Boolean() },
										...{ allotted: OrNull(Type.Integer()), reason: OrNull(Reason) },
									}),
								),
							}),
						),
						...{ statuteVersion: Type.Integer(), clauses: Type.Array(ClauseView), signature: Type.Boolean() },
						...{ heldShares: Type.Integer(), unpaidCents: Cents },
					}),
				},
			},
		},
		({ actor, at }) => readOwnRounds(app.db, { by: actor, at }),
	);
	app.put(
		'/api/me/rounds/:id/subscription',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{
					operationId: 'subscribeToRound',
					tags: ['shares'],
					summary: 'Subscribes in an open round, or changes what was subscribed',
				},
				params: IdParams,
				body: Strict({ count: ShareCount, clauses: AcceptedClauses, statuteVersion: Type.Integer({ minimum: 1 }) }),
				response: { 200: Type.Object({ subscriptionId: Id }) },
			},
		},
		(request) => subscribeToRound(app.db, { ...commandOf(request), roundId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/me/rounds/:id/withdrawal',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{ operationId: 'withdrawSubscription', tags: ['shares'], summary: 'Takes the own subscription back' },
				params: IdParams,
				response: { 200: Type.Object({ subscriptionId: Id }) },
			},
		},
		(request) => withdrawSubscription(app.db, { ...commandOf(request), roundId: request.params.id }),
	);
}
