// What may change stored readings besides files, on the wire: undoing an import, deciding disputes, placing values; and what was known at an instant.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { DayText, EnergyWh, Id, InstantText, Line, mayMiss, OneOf, OrNull, ref, Strict } from '../../http/schemas.ts';
import { decideDispute, listDisputes } from '../service/disputes.ts';
import { listUnplaced, placeUnplaced } from '../service/unplaced.ts';
import { previewUndo, undoImport } from '../service/undo.ts';
import { Series } from './uploads.ts';

const keepers = ['operator', 'board'] as const;
const readers = ['operator', 'board', 'supervisory', 'auditor'] as const;
const ImportParams = Strict({ id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) });
const Reason = Type.String({ minLength: 3, maxLength: 500, description: 'why, kept with the versions it makes' });

const Effect = Type.Object(
	{
		daysAdded: Type.Integer(),
		daysReplaced: Type.Integer(),
		daysGone: Type.Integer({ description: 'days that nobody delivers any more' }),
		series: Type.Array(ref(Series)),
	},
	{ $id: 'ReadingEffect' },
);

const Undone = Type.Object(
	{
		importId: Type.Integer(),
		fileName: Type.String(),
		daysAdded: Type.Integer(),
		daysReplaced: Type.Integer(),
		daysGone: Type.Integer(),
		series: Type.Array(ref(Series)),
	},
	{ $id: 'ReadingUndone' },
);

/** /api/readings/imports/{id}/undo, /api/readings/disputes, /api/readings/unplaced. */
export function versionRoutes(app: App): void {
	for (const schema of [Series, Effect, Undone]) app.addSchema(schema);

	app.get(
		'/api/readings/imports/:id/undo',
		{
			config: { access: keepers },
			schema: {
				operationId: 'previewUndo',
				tags: ['readings'],
				summary: 'What undoing an import would change; changes nothing',
				params: ImportParams,
				response: { 200: ref(Undone) },
			},
		},
		({ actor, params }) => previewUndo(app.db, { by: actor, at: app.now(), importId: params.id }),
	);

	app.post(
		'/api/readings/imports/:id/undo',
		{
			config: { access: keepers, idempotent: true },
			schema: {
				operationId: 'undoImport',
				tags: ['readings'],
				summary: 'Undoes an import: every day it touched becomes what the other deliveries say, as a new version',
				params: ImportParams,
				body: Strict({ reason: Reason }),
				response: { 200: ref(Undone) },
			},
		},
		(request) =>
			undoImport(app.db, { ...commandOf(request), importId: request.params.id, reason: request.body.reason }),
	);

	app.get(
		'/api/readings/disputes',
		{
			config: { access: readers },
			schema: {
				operationId: 'listDisputes',
				tags: ['readings'],
				summary: 'Later values of worse quality than what counts, which somebody must decide about',
				response: {
					200: Type.Array(
						Type.Object({
							...{ importId: Type.Integer(), fileName: Type.String(), receivedAt: InstantText },
							...{ channelId: Type.Integer(), obis: Type.String(), plantId: Id, plantName: Type.String() },
							...{ days: Type.Integer(), from: DayText, to: DayText, slots: Type.Integer() },
							countsWh: EnergyWh,
							saysWh: EnergyWh,
						}),
					),
				},
			},
		},
		({ actor }) => listDisputes(app.db, { by: actor }),
	);

	app.post(
		'/api/readings/disputes',
		{
			config: { access: keepers, idempotent: true },
			schema: {
				operationId: 'decideDispute',
				tags: ['readings'],
				summary: 'Decides the disputes of an import in a channel: its values count, or all stays as it is',
				body: Strict({
					importId: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
					channelId: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
					decision: OneOf(['accepted', 'dismissed']),
					reason: Reason,
				}),
				response: { 200: ref(Effect), ...mayMiss },
			},
		},
		(request) => decideDispute(app.db, { ...commandOf(request), ...request.body }),
	);

	app.get(
		'/api/readings/unplaced',
		{
			config: { access: readers },
			schema: {
				operationId: 'listUnplaced',
				tags: ['readings'],
				summary: 'Metering points that files name and nobody knows, with the values that wait for them',
				response: {
					200: Type.Array(
						Type.Object({
							...{ meteringPoint: Type.String(), series: Type.Integer(), obis: Type.Array(Type.String()) },
							...{ days: Type.Integer(), from: OrNull(DayText), to: OrNull(DayText), totalWh: EnergyWh },
							registers: Type.Integer({ description: 'register readings and amounts that wait' }),
							files: Type.Array(Type.Object({ importId: Type.Integer(), fileName: Type.String() })),
						}),
					),
				},
			},
		},
		({ actor }) => listUnplaced(app.db, { by: actor }),
	);

	app.post(
		'/api/readings/unplaced',
		{
			config: { access: keepers, idempotent: true },
			schema: {
				operationId: 'placeUnplaced',
				tags: ['readings'],
				summary: 'Says which metering point an unknown one is; what waits for it is folded in',
				body: Strict({ meteringPoint: Line(40), meteringPointId: Id }),
				response: { 200: ref(Effect) },
			},
		},
		(request) => placeUnplaced(app.db, { ...commandOf(request), ...request.body }),
	);
}
