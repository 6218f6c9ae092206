// Inspections of the list of members on the wire (§ 31 GenG): asked for, decided, looked at, printed for third parties.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { fileReply, sendFile } from '../../http/file.ts';
import { DayText, Id, IdParams, InstantText, Line, mayMiss, OneOf, OrNull, Prose, Strict } from '../../http/schemas.ts';
import { ownMemberId } from '../service/files.ts';
import { decideInspection, endInspection, recordInspection, requestInspection } from '../service/inspections/decide.ts';
import { lookIntoRegister, printInspection } from '../service/inspections/look.ts';
import { inspectionStates, listInspections } from '../service/inspections/read.ts';
import { AddressView, NameView } from './shapes.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const Language = OneOf(['de', 'en']);
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 500 }));
const Totals = Type.Object({ entries: Type.Integer(), present: Type.Integer(), shares: Type.Integer() });
const From = Type.Optional(
	Type.Integer({ minimum: 0, maximum: 2_000_000_000, description: 'member number to go on after' }),
);
const InspectionShape = Type.Object({
	...{ id: Id, memberId: OrNull(Id), person: Type.String(), contact: OrNull(Type.String()), purpose: Type.String() },
	...{ interest: OrNull(Type.String()), requestedAt: InstantText, state: OneOf(inspectionStates) },
	...{ identity: OrNull(Type.String()), reason: OrNull(Type.String()), decidedAt: OrNull(InstantText) },
	...{ openUntil: OrNull(InstantText), open: Type.Boolean(), looks: Type.Integer() },
});
const Inspected = Type.Object({
	...{
		day: DayText,
		openUntil: InstantText,
		person: Type.String(),
		purpose: Type.String(),
		thirdParty: Type.Boolean(),
	},
	totals: Totals,
	lines: Type.Array(
		Type.Object({
			...{ number: Type.Integer(), name: NameView, address: AddressView, joinedOn: DayText },
			furtherShares: Type.Integer(),
			changes: Type.Array(Type.Object({ on: DayText, furtherShares: Type.Integer() })),
			leftOn: OrNull(DayText),
			extra: Type.Array(Type.Object({ label: Type.String(), value: Type.String() })),
		}),
	),
	next: OrNull(Type.Integer()),
});
const Made = Type.Object({ inspectionId: Id });

/** /api/inspections for the board, /api/me/inspections for members (§ 31 GenG). */
export function inspectionRoutes(app: App): void {
	app.get(
		'/api/inspections',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listInspections', tags: ['members'], summary: 'Requests to look into the list of members' },
				response: { 200: Type.Array(InspectionShape) },
			},
		},
		({ actor, at }) => listInspections(app.db, { by: actor, at }),
	);
	app.post(
		'/api/inspections',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				operationId: 'recordInspection',
				tags: ['members'],
				summary: "Records a third party's request with its legitimate interest",
				body: Strict({
					...{ person: Line(200, 2), contact: Line(300, 3), interest: Prose(1_000), purpose: Prose(1_000) },
				}),
				response: { 201: Made },
			},
		},
		async (request, reply) =>
			reply.code(201).send(await recordInspection(app.db, { ...commandOf(request), ...request.body })),
	);
	app.post(
		'/api/inspections/:id/decision',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				operationId: 'decideInspection',
				tags: ['members'],
				summary: 'Opens the list for some hours after the identity was checked, or refuses',
				params: IdParams,
				body: Type.Union([
					Strict({
						grant: Type.Literal(true),
						identity: Line(300, 5),
						openHours: Type.Integer({ minimum: 1, maximum: 168 }),
					}),
					Strict({ grant: Type.Literal(false), reason: Line(500, 5) }),
				]),
				response: { 200: Made },
			},
		},
		(request) =>
			decideInspection(app.db, { ...commandOf(request), inspectionId: request.params.id, decision: request.body }),
	);
	app.post(
		'/api/inspections/:id/end',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'endInspection', tags: ['members'], summary: 'Closes a granted inspection at once' },
				...{ params: IdParams, response: { 200: Made } },
			},
		},
		(request) => endInspection(app.db, { ...commandOf(request), inspectionId: request.params.id }),
	);
	app.post(
		'/api/inspections/:id/looks',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'showInspection', tags: ['members'], summary: 'Shows the list to a third party; logged' },
				...{ params: IdParams, body: Strict({ after: From, limit: Limit }), response: { 200: Inspected } },
			},
		},
		(request) => lookIntoRegister(app.db, { ...commandOf(request), inspectionId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/inspections/:id/extract',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'printInspection',
				tags: ['members'],
				summary: 'The list as PDF for a third party, with the limit of its purpose; logged',
				params: IdParams,
				body: Strict({ language: Language, part: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })) }),
				response: { 200: fileReply('application/pdf') },
			},
		},
		async (request, reply) =>
			sendFile(
				reply,
				await printInspection(app.db, {
					...{ ...commandOf(request), keys: app.settings.keys },
					...{ inspectionId: request.params.id, ...request.body },
				}),
			),
	);
	app.get(
		'/api/me/inspections',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'listOwnInspections', tags: ['members'], summary: 'The own requests to look into the list' },
				response: { ...mayMiss, 200: Type.Array(InspectionShape) },
			},
		},
		async ({ actor, at }) => listInspections(app.db, { by: actor, at, memberId: ownMemberId(actor) }),
	);
	app.post(
		'/api/me/inspections',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				operationId: 'requestInspection',
				tags: ['members'],
				summary: 'Asks to look into the list of members (§ 31 GenG)',
				body: Strict({ purpose: Prose(1_000) }),
				response: { ...mayMiss, 201: Made },
			},
		},
		async (request, reply) =>
			reply.code(201).send(
				await requestInspection(app.db, {
					...{ ...commandOf(request), memberId: ownMemberId(request.actor), ...request.body },
				}),
			),
	);
	app.post(
		'/api/me/inspections/:id/looks',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'lookIntoRegister', tags: ['members'], summary: 'Looks into the list of members; logged' },
				...{ params: IdParams, body: Strict({ after: From, limit: Limit }), response: { 200: Inspected } },
			},
		},
		async (request) => {
			const memberId = ownMemberId(request.actor);
			return lookIntoRegister(app.db, {
				...{ ...commandOf(request), inspectionId: request.params.id, ownOf: memberId, ...request.body },
			});
		},
	);
}
