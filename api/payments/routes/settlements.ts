// Settlements on the wire: the desk with its queue and the coming years, determination, and the payment file.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Cents, DayText, Id, Line, mayMiss, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { determineSettlements } from '../../shares/service/settlements/determine.ts';
import { payoutConsents, payoutOrders } from '../../statute/rules.ts';
import { listOwnSettlements, paySettlements, readSettlementDesk } from '../service/settlements.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const states = ['undetermined', 'payable', 'suspended', 'underway', 'settled', 'void'] as const;
const settlementFields = {
	...{ id: Id, exitId: Id, memberId: Id, number: Type.Integer(), name: Type.String() },
	...{ exitOn: DayText, receivedOn: DayText, dueOn: DayText, balanceCents: Cents, lossShareCents: OrNull(Cents) },
	...{ paidCents: Cents, underwayCents: Cents, openCents: Cents, state: OneOf(states), basis: OrNull(Type.String()) },
};

/** /api/settlements, /api/payout-files/settlements, /api/me/settlements. */
export function settlementRoutes(app: App): void {
	app.get(
		'/api/settlements',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'readSettlementDesk', tags: ['payments'] },
				summary: 'Settlements in the queue, what bounds their payout, and the coming five fiscal years',
				response: {
					...mayMiss,
					200: Type.Object({
						bounds: Type.Object({
							...{
								capitalCents: Cents,
								minimumCents: OrNull(Cents),
								capCents: OrNull(Cents),
								capLeftCents: OrNull(Cents),
							},
							...{ paidThisYearCents: Cents, order: OneOf(payoutOrders), consent: OneOf(payoutConsents) },
						}),
						settlements: Type.Array(Type.Object({ ...settlementFields, payableCents: Cents })),
						forecast: Type.Array(
							Type.Object({
								...{ year: Type.String(), end: DayText, exits: Type.Integer(), leavingCents: Cents, dueCents: Cents },
								...{ payableCents: Cents, suspendedCents: Cents, capitalLeftCents: Cents },
							}),
						),
					}),
				},
			},
		},
		({ actor, at }) => readSettlementDesk(app.db, { by: actor, at }),
	);
	app.post(
		'/api/settlements/determination',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'determineSettlements', tags: ['payments'] },
				summary: 'Determines the settlements of everybody who left on a day, from the balance sheet of that day',
				body: Strict({
					...{
						exitOn: DayText,
						lossCents: Type.Integer({ minimum: 0, maximum: 900_000_000_000 }),
						basis: Line(300, 3),
					},
				}),
				response: {
					...mayMiss,
					201: Type.Object({
						...{ settlements: Type.Integer(), balanceCents: Cents, lossShareCents: Cents, entry: Type.Integer() },
					}),
				},
			},
		},
		async (request, reply) => {
			reply.code(201);
			return determineSettlements(app.db, { ...commandOf(request), ...request.body });
		},
	);
	app.post(
		'/api/payout-files/settlements',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'paySettlements', tags: ['payments'], summary: 'Makes a payment file for settlements' },
				body: Strict({
					settlementIds: Type.Array(Id, { minItems: 1, maxItems: 5_000, uniqueItems: true }),
					...{ executionOn: DayText, consent: Type.Optional(Line(200)) },
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
							heldBack: Type.Array(Type.Object({ memberId: Id, number: Type.Integer(), name: Type.String() })),
						},
					}),
				},
			},
		},
		async (request, reply) => {
			reply.code(201);
			return paySettlements(app.db, { ...commandOf(request), keys: app.settings.keys, ...request.body });
		},
	);
	app.get(
		'/api/me/settlements',
		{
			config: { access: ['member'] },
			schema: {
				...{
					operationId: 'listOwnSettlements',
					tags: ['payments'],
					summary: 'What one is owed after leaving, and what of it was paid',
				},
				response: { ...mayMiss, 200: Type.Array(Type.Object(settlementFields)) },
			},
		},
		({ actor }) => listOwnSettlements(app.db, { by: actor }),
	);
}
