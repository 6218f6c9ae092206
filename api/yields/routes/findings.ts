// Findings about meter-days on the wire, and the plants that everybody may see.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { DayText, EnergyWh, Id, IdParams, InstantText, mayMiss, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { holds } from '../../values/actor.ts';
import { findingKinds, severities } from '../plausibility.ts';
import { judgeFinding, listFindings, readFindingCalendar } from '../service/findings.ts';
import { publishPlant, readPublicPlant } from '../service/public.ts';

const keepers = ['operator', 'board'] as const;
const readers = ['operator', 'board', 'supervisory', 'auditor'] as const;
const Kind = OneOf(findingKinds);
const Severity = OneOf(severities);
const State = OneOf(['open', 'seen', 'explained']);
const Channel = {
	channelId: Type.Integer(),
	point: Type.String(),
	obis: Type.String(),
	slotMinutes: Type.Integer(),
};
const Figures = Type.Object({
	energyWh: Type.Optional(EnergyWh),
	limitWh: Type.Optional(EnergyWh),
	minutes: Type.Optional(Type.Integer()),
	count: Type.Optional(Type.Integer()),
});

/** /api/findings, /api/plants/{id}/findings, /api/plants/{id}/public. */
export function findingRoutes(app: App): void {
	app.get(
		'/api/findings',
		{
			config: { access: readers },
			schema: {
				operationId: 'listFindings',
				tags: ['yields'],
				summary: 'What speaks against stored values, in runs of days, the most urgent first',
				querystring: Strict({ state: State, plantId: Type.Optional(Id) }),
				response: {
					200: Type.Array(
						Type.Object({
							...{ plantId: Id, plantName: Type.String(), ...Channel },
							...{ kind: Kind, severity: Severity, from: DayText, to: DayText, days: Type.Integer() },
							...{ fromSlot: Type.Integer(), toSlot: Type.Integer(), figures: Figures },
							...{ state: State, note: OrNull(Type.String()) },
							...{ stateAt: OrNull(InstantText), stateByName: OrNull(Type.String()) },
						}),
					),
				},
			},
		},
		({ actor, query }) => listFindings(app.db, { by: actor, ...query }),
	);
	app.post(
		'/api/findings',
		{
			config: { access: keepers, idempotent: true },
			schema: {
				operationId: 'judgeFinding',
				tags: ['yields'],
				summary: 'Says of a finding that it was seen, what explains it, or that it is open again',
				body: Strict({
					channelId: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
					...{ kind: Kind, from: DayText, to: DayText, state: State },
					note: Type.Optional(Type.String({ maxLength: 500 })),
				}),
				response: { 200: Type.Object({ days: Type.Integer() }), ...mayMiss },
			},
		},
		(request) => judgeFinding(app.db, { ...commandOf(request), ...request.body }),
	);
	app.get(
		'/api/plants/:id/findings',
		{
			config: { access: readers },
			schema: {
				operationId: 'readFindingCalendar',
				tags: ['yields'],
				summary: "A year of a plant's channels: how complete each day is, and what was found",
				params: IdParams,
				querystring: Strict({ year: Type.Integer({ minimum: 1990, maximum: 2100 }) }),
				response: {
					200: Type.Array(
						Type.Object({
							...Channel,
							days: Type.Array(
								Type.Object({
									...{ day: DayText, totalWh: OrNull(EnergyWh), completeness: Type.Number() },
									...{ severity: OrNull(Severity), kinds: Type.Array(Kind) },
								}),
							),
						}),
					),
				},
			},
		},
		({ actor, params, query }) => readFindingCalendar(app.db, { by: actor, plantId: params.id, year: query.year }),
	);
	app.get(
		'/api/plants/:id/public',
		{
			config: { access: 'public' },
			schema: {
				operationId: 'readPublicPlant',
				tags: ['yields'],
				summary: 'What anybody may see of a plant that is shown to everybody',
				params: IdParams,
				response: {
					200: Type.Object({
						...{ id: Id, name: Type.String(), kind: OneOf(['wind', 'solar']), capacityW: Type.Integer() },
						...{ town: Type.String(), commissionedOn: DayText, until: OrNull(DayText) },
						...{
							lastDay: OrNull(Type.Object({ day: DayText, fedInWh: EnergyWh })),
							yearWh: EnergyWh,
							totalWh: EnergyWh,
							expectedWh: OrNull(EnergyWh),
						},
						...{ co2Grams: OrNull(Type.Integer()), isPublic: Type.Boolean() },
						months: Type.Array(Type.Object({ month: DayText, fedInWh: EnergyWh, expectedWh: OrNull(EnergyWh) })),
						days: Type.Array(Type.Object({ day: DayText, fedInWh: EnergyWh })),
					}),
					...mayMiss,
				},
			},
		},
		async (request) => {
			const by = (await app.identify(request)) ?? request.actor;
			const preview = holds(by, ...readers);
			return readPublicPlant(app.db, { by, at: app.now(), plantId: request.params.id, preview });
		},
	);
	app.post(
		'/api/plants/:id/public',
		{
			config: { access: keepers },
			schema: {
				operationId: 'publishPlant',
				tags: ['yields'],
				summary: 'Shows a plant to everybody, or no longer',
				params: IdParams,
				body: Strict({ isPublic: Type.Boolean() }),
				response: { 200: Type.Object({ plantId: Id, isPublic: Type.Boolean() }), ...mayMiss },
			},
		},
		(request) =>
			publishPlant(app.db, { ...commandOf(request), plantId: request.params.id, isPublic: request.body.isPublic }),
	);
}
