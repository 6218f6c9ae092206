// Yields on the wire: of the plants, and each member's part.
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { Cents, DayText, EnergyWh, Id, mayMiss, OrNull, Strict } from '../http/schemas.ts';
import { listMyYields, listYields } from './service.ts';

const Period = { from: DayText, to: DayText };

/** GET /api/yields, GET /api/me/yields. */
export function yieldRoutes(app: App): void {
	app.get(
		'/api/yields',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'listYields',
				tags: ['yields'],
				summary: 'What the plants yielded, by day, month or year',
				querystring: Strict({
					...Period,
					group: Type.Union([Type.Literal('day'), Type.Literal('month'), Type.Literal('year')]),
					plantId: Type.Optional(Id),
				}),
				response: {
					200: Type.Array(
						Type.Object({
							plantId: Id,
							period: DayText,
							fedInWh: EnergyWh,
							revenueCents: Type.Union([Cents, Type.Null()]),
							days: Type.Integer(),
							slots: Type.Integer(),
							missingSlots: Type.Integer(),
							unmeasuredSlots: Type.Integer(),
							completeness: Type.Number({ description: 'of the days there should be, 0 to 1' }),
							fullLoadHours: Type.Number({ description: 'energy by capacity: hours, or kWh per kWp' }),
							expectedWh: OrNull(EnergyWh),
							co2Grams: OrNull(Type.Integer()),
						}),
					),
				},
			},
		},
		({ actor, query }) => listYields(app.db, { by: actor, ...query }),
	);
	app.get(
		'/api/me/yields',
		{
			config: { access: ['member'] },
			schema: {
				operationId: 'listMyYields',
				tags: ['yields'],
				summary: 'What my shares yielded, by month',
				querystring: Strict(Period),
				response: {
					200: Type.Array(
						Type.Object({
							period: DayText,
							energyWh: EnergyWh,
							revenueCents: Cents,
							shares: Type.Integer(),
							allFedInWh: EnergyWh,
							co2Grams: OrNull(Type.Integer()),
						}),
					),
					...mayMiss,
				},
			},
		},
		({ actor, query }) => listMyYields(app.db, { by: actor, ...query }),
	);
}
