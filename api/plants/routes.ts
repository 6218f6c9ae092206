// Plants on the wire.
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { commandOf } from '../http/access.ts';
import { DayText, Id, IdParams, InstantText, Line, Strict } from '../http/schemas.ts';
import { addMeteringPoint, addPlant, listPlants, readPlant, setPlantRate } from './service.ts';

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Expectation = Type.Array(Type.Integer({ minimum: 0, maximum: 1e12 }), { minItems: 12, maxItems: 12 });

const Plant = Type.Object({
	id: Id,
	name: Type.String(),
	kind: Type.Union([Type.Literal('wind'), Type.Literal('solar')]),
	capacityW: Type.Integer(),
	mastrNumber: nullable(Type.String()),
	street: nullable(Type.String()),
	postcode: Type.String(),
	town: Type.String(),
	latitude: nullable(Type.Number()),
	longitude: nullable(Type.Number()),
	commissionedOn: DayText,
	expectedMonthlyWh: nullable(Type.Array(Type.Integer())),
	recordedAt: InstantText,
	rates: Type.Array(Type.Object({ validFrom: DayText, centsPerKwh: Type.String() })),
	meteringPoints: Type.Array(
		Type.Object({
			id: Id,
			marketLocation: nullable(Type.String()),
			meterLocation: nullable(Type.String()),
			deviceSerial: nullable(Type.String()),
			channels: Type.Array(
				Type.Object({ id: Type.Integer(), obis: Type.String(), direction: Type.String(), slotMinutes: Type.Integer() }),
			),
		}),
	),
});

const keepers = ['operator', 'board'] as const;

/** /api/plants: list and read for everybody signed in, record for operator and board. */
export function plantRoutes(app: App): void {
	app.get(
		'/api/plants',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'listPlants',
				tags: ['plants'],
				summary: 'All plants',
				response: { 200: Type.Array(Plant) },
			},
		},
		({ actor }) => listPlants(app.db, { by: actor }),
	);
	app.get(
		'/api/plants/:id',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'readPlant',
				tags: ['plants'],
				summary: 'One plant',
				params: IdParams,
				response: { 200: Plant },
			},
		},
		({ actor, params }) => readPlant(app.db, { by: actor, plantId: params.id }),
	);
	app.post(
		'/api/plants',
		{
			config: { access: keepers },
			schema: {
				operationId: 'addPlant',
				tags: ['plants'],
				summary: 'Records a plant',
				body: Strict({
					name: Line(120, 2),
					kind: Type.Union([Type.Literal('wind'), Type.Literal('solar')]),
					capacityW: Type.Integer({ minimum: 1, maximum: 1e12 }),
					mastrNumber: Type.Optional(Line(20)),
					street: Type.Optional(Line(120)),
					postcode: Line(10),
					town: Line(100),
					latitude: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
					longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
					commissionedOn: DayText,
					expectedMonthlyWh: Type.Optional(Expectation),
				}),
				response: { 201: Type.Object({ id: Id }) },
			},
		},
		async (request, reply) =>
			reply.code(201).send(await addPlant(app.db, { ...commandOf(request), plant: request.body })),
	);
	app.post(
		'/api/plants/:id/rates',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'setPlantRate',
				tags: ['plants'],
				summary: 'Records what a kilowatt-hour brings from a day on',
				params: IdParams,
				body: Strict({
					validFrom: DayText,
					centsPerKwh: Type.String({ pattern: '^\\d{1,4}(\\.\\d{1,4})?$', maxLength: 9 }),
				}),
				response: { 201: Type.Object({ plantId: Id }) },
			},
		},
		async (request, reply) =>
			reply
				.code(201)
				.send(await setPlantRate(app.db, { ...commandOf(request), plantId: request.params.id, ...request.body })),
	);
	app.post(
		'/api/plants/:id/metering-points',
		{
			config: { access: keepers },
			schema: {
				operationId: 'addMeteringPoint',
				tags: ['plants'],
				summary: "Records where a plant's energy is metered",
				params: IdParams,
				body: Strict({
					marketLocation: Type.Optional(Line(20)),
					meterLocation: Type.Optional(Line(40)),
					deviceSerial: Type.Optional(Line(60)),
				}),
				response: { 201: Type.Object({ id: Id }) },
			},
		},
		async (request, reply) =>
			reply
				.code(201)
				.send(await addMeteringPoint(app.db, { ...commandOf(request), plantId: request.params.id, ...request.body })),
	);
}
