// Changes of the nominal value on the wire: what a proposal does to everybody's shares, its approval, and reductions until they hold.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import {
	Cents,
	DayText,
	Id,
	IdParams,
	Line,
	mayMiss,
	OneOf,
	OrNull,
	PositiveCents,
	Prose,
	Strict,
} from '../../http/schemas.ts';
import { NominalChange } from '../../statute/routes.ts';
import { creditorAnswers } from '../rules/reduction.ts';
import { approveShareSplit } from '../service/split/approve.ts';
import { readShareSplit } from '../service/split/effect.ts';
import {
	announceReduction,
	answerCreditor,
	effectReduction,
	listReductions,
	reportCreditor,
} from '../service/split/reduction.ts';

const Effect = Type.Object({
	...{ validFrom: DayText, oldNominalCents: Cents, newNominalCents: Cents },
	change: NominalChange,
	ratio: OrNull(Type.Object({ from: Type.Integer(), to: Type.Integer() })),
	...{ members: Type.Integer(), sharesBefore: Type.Integer(), sharesAfter: Type.Integer() },
	...{ capitalCents: Cents, capitalAfterCents: Cents, repaidCents: Cents },
	owed: Type.Array(Type.Object({ dueOn: DayText, amountCents: Cents })),
	...{ waits: Type.Boolean(), otherWaits: Type.Boolean() },
	mostShares: Type.Integer(),
	undivided: Type.Object({ count: Type.Integer(), numbers: Type.Array(Type.Integer()) }),
	openDeclarations: Type.Integer(),
	...{ liabilityBeforeCents: Cents, liabilityAfterCents: Cents },
});

const Reduction = Type.Object({
	...{ version: Type.Integer(), registeredOn: DayText, oldNominalCents: Cents, newNominalCents: Cents },
	...{ announcedOn: OrNull(DayText), announcedByMe: Type.Boolean(), creditorsUntil: OrNull(DayText) },
	effectiveOn: OrNull(DayText),
	creditors: Type.Array(
		Type.Object({
			...{ id: Id, creditor: Type.String(), claimCents: Cents, reportedOn: DayText },
			...{ answer: OrNull(OneOf(creditorAnswers)), answerText: OrNull(Type.String()) },
		}),
	),
	...{ repaidCents: Cents, repaidMembers: Type.Integer() },
});
const VersionParams = Strict({ version: Type.Integer({ minimum: 1, maximum: 100_000 }) });

/** /api/statute/proposals/:id/share-split, /api/statute/reductions. */
export function splitRoutes(app: App): void {
	app.get(
		'/api/statute/proposals/:id/share-split',
		{
			config: { access: ['board', 'supervisory', 'auditor'] },
			schema: {
				...{
					operationId: 'readShareSplit',
					tags: ['shares'],
					summary: "What a proposed nominal value does to everybody's shares",
				},
				params: IdParams,
				response: { ...mayMiss, 200: Effect },
			},
		},
		({ actor, at, params }) => readShareSplit(app.db, { by: actor, at, proposalId: params.id }),
	);
	app.post(
		'/api/statute/proposals/:id/share-split',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'approveShareSplit',
					tags: ['shares'],
					summary: "Approves somebody else's change of the nominal value: everybody's shares follow from its day on",
				},
				params: IdParams,
				response: {
					...mayMiss,
					200: Type.Object({
						...{ version: Type.Integer(), members: Type.Integer() },
						...{ sharesBefore: Type.Integer(), sharesAfter: Type.Integer() },
					}),
				},
			},
		},
		(request) => approveShareSplit(app.db, { ...commandOf(request), proposalId: request.params.id }),
	);
	app.get(
		'/api/statute/reductions',
		{
			config: { access: ['board', 'supervisory', 'auditor'] },
			schema: {
				...{
					operationId: 'listReductions',
					tags: ['shares'],
					summary: 'Lower nominal values with announcement, creditors and effect, newest first',
				},
				response: { 200: Type.Array(Reduction) },
			},
		},
		({ actor }) => listReductions(app.db, { by: actor }),
	);
	app.post(
		'/api/statute/reductions/:version/announcement',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'announceReduction',
					tags: ['shares'],
					summary: 'Records the day the register court announced a lower nominal value',
				},
				...{ params: VersionParams, body: Strict({ announcedOn: DayText }) },
				response: { ...mayMiss, 200: Type.Object({ version: Type.Integer(), creditorsUntil: DayText }) },
			},
		},
		(request) => announceReduction(app.db, { ...commandOf(request), ...request.params, ...request.body }),
	);
	app.post(
		'/api/statute/reductions/:version/creditors',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'reportCreditor', tags: ['shares'], summary: 'Records a creditor who asks for security' },
				params: VersionParams,
				body: Strict({ creditor: Line(200), claimCents: PositiveCents, reportedOn: DayText }),
				response: { ...mayMiss, 201: Type.Object({ creditorId: Id }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return reportCreditor(app.db, { ...commandOf(request), ...request.params, ...request.body });
		},
	);
	app.post(
		'/api/statute/reduction-creditors/:id/answer',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'answerCreditor',
					tags: ['shares'],
					summary: 'Records what became of a creditor: secured, paid, or nothing was owed',
				},
				params: IdParams,
				body: Strict({ answer: OneOf(creditorAnswers), answerText: Prose(500) }),
				response: { ...mayMiss, 200: Type.Object({ creditorId: Id }) },
			},
		},
		(request) => answerCreditor(app.db, { ...commandOf(request), creditorId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/statute/reductions/:version/effect',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'effectReduction',
					tags: ['shares'],
					summary: 'Lets a lower nominal value take effect once creditors are protected',
				},
				params: VersionParams,
				response: {
					...mayMiss,
					200: Type.Object({
						...{ version: Type.Integer(), members: Type.Integer(), repaidCents: Cents },
						entry: OrNull(Type.Integer()),
					}),
				},
			},
		},
		(request) => effectReduction(app.db, { ...commandOf(request), ...request.params }),
	);
}
