// Ballots on the wire: members vote and read results, the board puts to the vote, two people close.
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { majorityRules, subjects } from '../assemblies/rules.ts';
import { commandOf } from '../http/access.ts';
import { DayText, Id, IdParams, InstantText, Line, Prose, Strict } from '../http/schemas.ts';
import { ballotStates, choices } from './rules.ts';
import { castVote, readReceipt } from './service/cast.ts';
import { closeAssembly, confirmClosing, proposeClosing } from './service/close.ts';
import { openBallot } from './service/open.ts';
import { prepareBallot, withdrawBallot } from './service/prepare.ts';
import { listBallots, listMyBallots, readBallot } from './service/read.ts';

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const oneOf = <const T extends readonly string[]>(values: T) =>
	Type.Unsafe<T[number]>({ type: 'string', enum: [...values] });

const readers = ['member', 'board', 'supervisory', 'auditor'] as const;
const closers = ['board', 'supervisory'] as const;
const tags = ['ballots'];

const Majority = Type.Object({
	rule: oneOf(majorityRules),
	threshold: Type.Object({
		numerator: Type.Integer(),
		denominator: Type.Integer(),
		strict: Type.Boolean({ description: 'more than; otherwise at least' }),
	}),
	setBy: oneOf(['law', 'statute']),
	source: Type.String(),
});

const tally = { yes: Type.Integer(), no: Type.Integer(), abstain: Type.Integer() };
const CountedTally = Type.Object({
	...tally,
	cast: Type.Integer({ description: 'yes and no: abstentions are not cast votes' }),
	neededYes: Type.Integer(),
	yesPercent: Type.String(),
	noPercent: Type.String(),
	adopted: Type.Boolean(),
});

const Result = Type.Object({
	adopted: Type.Boolean(),
	majority: Majority,
	eligible: Type.Integer(),
	barred: Type.Integer(),
	voters: Type.Integer(),
	turnoutPercent: Type.String(),
	all: CountedTally,
	ordinary: CountedTally,
	investing: Type.Object(tally),
	explanation: Type.Array(
		Type.Object({
			part: oneOf([
				'votes-cast',
				'abstentions-do-not-count',
				'no-votes-cast',
				'threshold-simple',
				'threshold-share',
				'reached',
				'tie',
				'missed',
				'investing-agree',
				'investing-would-change',
				'barred',
			]),
			values: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
		}),
		{ description: 'sentences in the order they are read' },
	),
});

const Ballot = Type.Object({
	id: Id,
	assembly: Type.Object({ id: Id, title: Type.String(), heldOn: DayText }),
	item: Type.Object({
		id: Id,
		top: Type.Integer(),
		title: Type.String(),
		subject: nullable(oneOf(subjects)),
		proposalId: nullable(Id),
	}),
	question: Type.String(),
	text: Type.String(),
	textHash: Type.String({ description: 'sha256 of question and text' }),
	majority: Majority,
	payoutOn: nullable(DayText),
	opensAt: InstantText,
	closesAt: InstantText,
	state: oneOf(ballotStates),
	electorateOn: nullable(DayText),
	electorateHash: nullable(Type.String()),
	turnout: Type.Integer({ description: 'members who have voted' }),
	eligible: Type.Integer(),
	mine: Type.Object({
		entitled: Type.Boolean(),
		barred: Type.Boolean(),
		choice: nullable(oneOf(choices)),
		receipt: nullable(Type.String()),
		mayVote: Type.Boolean(),
	}),
	declared: nullable(Type.Object({ adopted: Type.Boolean(), resolvedOn: DayText, result: Result })),
});

const Receipt = Type.Object({
	ballotId: Id,
	question: Type.String(),
	textHash: Type.String(),
	choice: oneOf(choices),
	receipt: Type.String({ description: 'XXXX-XXXX-XXXX-XXXX' }),
	castAt: InstantText,
});

const Done = Type.Object({ id: Id });

/** /api/ballots, /api/me/ballots, and closing an assembly, which waits for its ballots. */
export function ballotRoutes(app: App): void {
	app.get(
		'/api/me/ballots',
		{
			config: { access: ['member'] },
			schema: {
				operationId: 'listMyBallots',
				tags,
				summary: 'What I may vote on, have voted on, and what came of it',
				response: { 200: Type.Array(Ballot) },
			},
		},
		({ actor }) => listMyBallots(app.db, { by: actor }),
	);
	app.get(
		'/api/me/ballots/:id/receipt',
		{
			config: { access: ['member'] },
			schema: {
				operationId: 'readReceipt',
				tags,
				summary: 'The receipt of my vote',
				params: IdParams,
				response: { 200: Receipt },
			},
		},
		({ actor, params }) => readReceipt(app.db, { by: actor, ballotId: params.id }),
	);
	app.get(
		'/api/assemblies/:id/ballots',
		{
			config: { access: readers },
			schema: {
				operationId: 'listBallots',
				tags,
				summary: 'The ballots of an assembly',
				params: IdParams,
				response: { 200: Type.Array(Ballot) },
			},
		},
		({ actor, params }) => listBallots(app.db, { by: actor, assemblyId: params.id }),
	);
	app.get(
		'/api/ballots/:id',
		{
			config: { access: readers },
			schema: {
				operationId: 'readBallot',
				tags,
				summary: 'One ballot; its result once it is closed',
				params: IdParams,
				response: { 200: Ballot },
			},
		},
		({ actor, params }) => readBallot(app.db, { by: actor, ballotId: params.id }),
	);
	app.post(
		'/api/ballots/:id/votes',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				operationId: 'castVote',
				tags,
				summary: 'Casts my vote, once; the same choice again gives the same receipt',
				params: IdParams,
				body: Strict({ choice: oneOf(choices) }),
				response: { 200: Receipt },
			},
		},
		({ actor, at, params, body }) => castVote(app.db, { by: actor, at, ballotId: params.id, choice: body.choice }),
	);
	app.post(
		'/api/agenda-items/:id/ballots',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				operationId: 'prepareBallot',
				tags,
				summary: 'Prepares an open ballot on an item of the agenda',
				params: IdParams,
				body: Strict({
					question: Line(500, 3),
					text: Prose(10_000),
					opensAt: InstantText,
					closesAt: InstantText,
					payoutOn: Type.Optional(DayText),
					barredMemberIds: Type.Optional(Type.Array(Id, { maxItems: 50, uniqueItems: true })),
				}),
				response: { 201: Type.Object({ id: Id, textHash: Type.String(), majority: Majority }) },
			},
		},
		async (request, reply) => {
			const { opensAt, closesAt, ...body } = request.body;
			const window = { opensAt: new Date(opensAt), closesAt: new Date(closesAt) };
			return reply
				.code(201)
				.send(
					await prepareBallot(app.db, { ...commandOf(request), ...body, ...window, agendaItemId: request.params.id }),
				);
		},
	);
	app.delete(
		'/api/ballots/:id',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'withdrawBallot',
				tags,
				summary: 'Takes back a ballot that has not opened',
				params: IdParams,
				response: { 200: Done },
			},
		},
		(request) => withdrawBallot(app.db, { ...commandOf(request), ballotId: request.params.id }),
	);
	app.post(
		'/api/ballots/:id/open',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				operationId: 'openBallot',
				tags,
				summary: 'Opens a ballot and freezes who may vote',
				params: IdParams,
				response: {
					200: Type.Object({ id: Id, eligible: Type.Integer(), electorateOn: DayText, electorateHash: Type.String() }),
				},
			},
		},
		(request) => openBallot(app.db, { ...commandOf(request), ballotId: request.params.id }),
	);
	app.post(
		'/api/ballots/:id/propose-closing',
		{
			config: { access: closers, idempotent: true },
			schema: {
				operationId: 'proposeClosing',
				tags,
				summary: 'Proposes to close a ballot whose time is up',
				params: IdParams,
				response: { 200: Done },
			},
		},
		(request) => proposeClosing(app.db, { ...commandOf(request), ballotId: request.params.id }),
	);
	app.post(
		'/api/ballots/:id/confirm-closing',
		{
			config: { access: closers, idempotent: true },
			schema: {
				operationId: 'confirmClosing',
				tags,
				summary: 'Confirms the close as a second person: counts and declares the result',
				params: IdParams,
				response: { 200: Type.Object({ id: Id, adopted: Type.Boolean(), result: Result }) },
			},
		},
		(request) => confirmClosing(app.db, { ...commandOf(request), ballotId: request.params.id }),
	);
	app.post(
		'/api/assemblies/:id/close',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'closeAssembly',
				tags,
				summary: 'Ends an assembly whose ballots are all closed',
				params: IdParams,
				response: { 200: Done },
			},
		},
		(request) => closeAssembly(app.db, { ...commandOf(request), assemblyId: request.params.id }),
	);
}
