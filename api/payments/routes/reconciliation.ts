// Whether register, shares, payments and books agree, on the wire.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { DayText, OneOf, OrNull } from '../../http/schemas.ts';
import { differences, reconcileBooks } from '../service/reconcile.ts';

/** /api/reconciliation. */
export function reconciliationRoutes(app: App): void {
	app.get(
		'/api/reconciliation',
		{
			config: { access: ['board', 'supervisory', 'auditor'] },
			schema: {
				...{ operationId: 'reconcileBooks', tags: ['payments'] },
				summary: 'Holds register, shares, payments and books against each other',
				response: {
					200: Type.Object({
						day: DayText,
						findings: Type.Array(
							Type.Object({
								what: OneOf(differences),
								...{ number: OrNull(Type.Integer()), account: OrNull(Type.String()) },
								...{ expected: Type.Integer(), found: Type.Integer(), day: DayText },
							}),
						),
					}),
				},
			},
		},
		({ actor, at }) => reconcileBooks(app.db, { by: actor, at }),
	);
}
