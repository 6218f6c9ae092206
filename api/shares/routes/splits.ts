// Changes of the nominal value on the wire: what a proposal does to everybody's shares, and its approval.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Cents, DayText, IdParams, mayMiss } from '../../http/schemas.ts';
import { approveShareSplit, readShareSplit } from '../service/split.ts';

const Effect = Type.Object({
	...{ validFrom: DayText, oldNominalCents: Cents, newNominalCents: Cents },
	ratio: Type.Object({ from: Type.Integer(), to: Type.Integer() }),
	...{ members: Type.Integer(), sharesBefore: Type.Integer(), sharesAfter: Type.Integer(), capitalCents: Cents },
	mostShares: Type.Integer(),
	undivided: Type.Object({ count: Type.Integer(), numbers: Type.Array(Type.Integer()) }),
	openDeclarations: Type.Integer(),
	...{ liabilityBeforeCents: Cents, liabilityAfterCents: Cents },
});

/** /api/statute/proposals/:id/share-split. */
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
		({ actor, params }) => readShareSplit(app.db, { by: actor, proposalId: params.id }),
	);
	app.post(
		'/api/statute/proposals/:id/share-split',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'approveShareSplit',
					tags: ['shares'],
					summary:
						"Approves somebody else's change of the nominal value and divides everybody's shares from its day on",
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
}
