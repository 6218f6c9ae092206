// Stored meter-days on the wire: a plant's days, one day slot by slot, the versions of a day.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { DayText, EnergyWh, Id, IdParams, InstantText, OrNull, Strict } from '../../http/schemas.ts';
import { listDayVersions, listPlantDays, readPlantDay } from '../service/days.ts';
import { listKnownDays, readKnownDay } from '../service/known-days.ts';

const SlotValues = Type.Array(OrNull(Type.Integer()), {
	description: 'watt-hours per slot of the local day, null where there is no value',
});
const SlotQualities = Type.Array(Type.Integer(), {
	description: '0 measured, 1 substitute, 2 provisional, 3 estimated, 4 missing',
});

const PlantDays = Type.Array(
	Type.Object({
		day: DayText,
		totalWh: EnergyWh,
		slots: Type.Integer(),
		gaps: Type.Integer(),
		qualities: Type.Array(Type.Integer(), {
			description: 'slots: measured, substitute, provisional, estimated, missing',
		}),
		version: Type.Integer(),
		importIds: Type.Array(Type.Integer()),
		open: Type.Boolean({ description: 'live values of a day that is not sealed yet' }),
	}),
);

const DayChannels = Type.Object({
	day: DayText,
	startsAt: InstantText,
	channels: Type.Array(
		Type.Object({
			channelId: Type.Integer(),
			meteringPointId: Id,
			obis: Type.String(),
			direction: Type.String(),
			slotMinutes: Type.Integer(),
			wh: SlotValues,
			quality: SlotQualities,
			totalWh: EnergyWh,
			gaps: Type.Integer(),
			version: Type.Integer(),
			importId: OrNull(Type.Integer()),
			openSlots: Type.Integer(),
		}),
	),
});

const readers = ['operator', 'board', 'supervisory', 'auditor'] as const;

/** /api/plants/{id}/days, /api/plants/{id}/known-days, /api/meter-days. */
export function meterDayRoutes(app: App): void {
	app.get(
		'/api/plants/:id/days',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'listPlantDays',
				tags: ['readings'],
				summary: "A plant's feed-in per day, at most 400 days; days without values are left out",
				params: IdParams,
				querystring: Strict({ from: DayText, to: DayText }),
				response: {
					200: PlantDays,
				},
			},
		},
		({ actor, params, query }) => listPlantDays(app.db, { by: actor, plantId: params.id, ...query }),
	);
	app.get(
		'/api/plants/:id/days/:day',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'readPlantDay',
				tags: ['readings'],
				summary: 'All channels of a plant on one day, slot by slot, live values included',
				params: Strict({ id: Id, day: DayText }),
				response: {
					200: DayChannels,
				},
			},
		},
		({ actor, params }) => readPlantDay(app.db, { by: actor, plantId: params.id, day: params.day }),
	);
	app.get(
		'/api/plants/:id/known-days',
		{
			config: { access: readers },
			schema: {
				operationId: 'listKnownDays',
				tags: ['readings'],
				summary: "A plant's feed-in per day as it was known at an instant",
				params: IdParams,
				querystring: Strict({ from: DayText, to: DayText, at: InstantText }),
				response: { 200: PlantDays },
			},
		},
		({ actor, params, query }) =>
			listKnownDays(app.db, { by: actor, plantId: params.id, ...query, at: new Date(query.at) }),
	);
	app.get(
		'/api/plants/:id/known-days/:day',
		{
			config: { access: readers },
			schema: {
				operationId: 'readKnownDay',
				tags: ['readings'],
				summary: 'All channels of a plant on one day, slot by slot, as they were known at an instant',
				params: Strict({ id: Id, day: DayText }),
				querystring: Strict({ at: InstantText }),
				response: { 200: DayChannels },
			},
		},
		({ actor, params, query }) =>
			readKnownDay(app.db, { by: actor, plantId: params.id, day: params.day, at: new Date(query.at) }),
	);
	app.get(
		'/api/meter-days/:channel/:day/versions',
		{
			config: { access: readers },
			schema: {
				operationId: 'listDayVersions',
				tags: ['readings'],
				summary: "All versions of a channel's day, the valid one first, with the files they came from",
				params: Strict({ channel: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }), day: DayText }),
				response: {
					200: Type.Array(
						Type.Object({
							version: Type.Integer(),
							totalWh: EnergyWh,
							gaps: Type.Integer(),
							wh: SlotValues,
							quality: SlotQualities,
							importId: Type.Integer(),
							fileName: Type.String(),
							origin: Type.String(),
							storedAt: OrNull(InstantText),
							replacedByImport: OrNull(Type.Integer()),
						}),
					),
				},
			},
		},
		({ actor, params }) => listDayVersions(app.db, { by: actor, channelId: params.channel, day: params.day }),
	);
}
