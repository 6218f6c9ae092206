// Losses on the wire: where they stand, what the assembly resolved, entered by a second person.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Cents, DayText, Id, IdParams, InstantText, Line, mayMiss, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { readLosses } from '../service/loss/read.ts';
import { enterLoss, proposeLoss, withdrawLoss } from '../service/loss/write.ts';

const NotNegative = Type.Integer({ minimum: 0, maximum: 900_000_000_000, description: 'euro cents' });
const amounts = {
	...{ fromLegalReserveCents: NotNegative, fromOtherReservesCents: NotNegative, fromBalancesCents: NotNegative },
};
const Loss = Type.Object({
	...{ id: Id, year: Type.Integer(), baseOn: DayText, resolvedOn: DayText, resolution: Type.String(), ...amounts },
	...{ state: OneOf(['proposed', 'entered', 'withdrawn']), mine: Type.Boolean(), proposedAt: InstantText },
	entry: OrNull(Type.Integer()),
	members: Type.Integer(),
	lines: Type.Array(
		Type.Object({
			...{ memberId: Id, number: Type.Integer(), name: Type.String(), baseCents: Cents, amountCents: Cents },
		}),
	),
});

/** /api/losses. */
export function lossRoutes(app: App): void {
	app.get(
		'/api/losses',
		{
			config: { access: ['board', 'supervisory', 'auditor'] },
			schema: {
				...{
					operationId: 'readLosses',
					tags: ['shares'],
					summary: 'Loss carried forward, reserves, and what covered it',
				},
				response: {
					...mayMiss,
					200: Type.Object({
						standing: Type.Object({
							...{ carriedCents: Cents, legalReserveCents: Cents, otherReservesCents: Cents, balancesCents: Cents },
						}),
						...{ year: Type.Integer(), alarm: Type.Boolean() },
						suggested: Type.Object({
							...{ fromLegalReserve: Cents, fromOtherReserves: Cents, fromBalances: Cents, carriedForward: Cents },
						}),
						losses: Type.Array(Loss),
					}),
				},
			},
		},
		({ actor, at }) => readLosses(app.db, { by: actor, at }),
	);
	app.post(
		'/api/losses',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'proposeLoss',
					tags: ['shares'],
					summary: 'Proposes to cover a loss as the assembly resolved; another person enters it',
				},
				body: Strict({
					...{
						year: Type.Integer({ minimum: 1900, maximum: 2200 }),
						resolvedOn: DayText,
						resolution: Line(200),
						...amounts,
					},
				}),
				response: { ...mayMiss, 201: Type.Object({ lossId: Id }) },
			},
		},
		async (request, reply) => {
			const { year, resolvedOn, resolution, ...resolved } = request.body;
			reply.code(201);
			return proposeLoss(app.db, { ...commandOf(request), year, resolvedOn, resolution, amounts: resolved });
		},
	);
	app.post(
		'/api/losses/:id/entry',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'enterLoss',
					tags: ['shares'],
					summary: 'Enters what somebody else proposed to cover a loss',
				},
				params: IdParams,
				response: {
					...mayMiss,
					200: Type.Object({ entry: Type.Integer(), members: Type.Integer(), fromBalancesCents: Cents }),
				},
			},
		},
		(request) => enterLoss(app.db, { ...commandOf(request), lossId: request.params.id }),
	);
	app.post(
		'/api/losses/:id/withdrawal',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'withdrawLoss', tags: ['shares'], summary: 'Takes a proposed cover of a loss back' },
				params: IdParams,
				response: { ...mayMiss, 200: Type.Object({ lossId: Id }) },
			},
		},
		(request) => withdrawLoss(app.db, { ...commandOf(request), lossId: request.params.id }),
	);
}
