// The list of members on the wire: read, counted, exported, corrected; inspections of it.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { fileReply, sendFile } from '../../http/file.ts';
import { DayText, Id, IdParams, InstantText, Line, mayMiss, OneOf, OrNull, Prose, Strict } from '../../http/schemas.ts';
import { dayOf } from '../../values/calendar.ts';
import { correctRegister, enterExtraFields } from '../service/corrections.ts';
import { exportDeclaration, exportRegister, exportRegisterEntry, extractFormats } from '../service/extract.ts';
import { ownMemberId } from '../service/files.ts';
import {
	decideInspection,
	endInspection,
	inspectionStates,
	listInspections,
	lookIntoRegister,
	printInspection,
	recordInspection,
	requestInspection,
} from '../service/inspections.ts';
import { countRegister, readRegister, readRegisterEntry, registerFields } from '../service/register.ts';
import {
	AddressInput,
	AddressView,
	KnownAt,
	NameInput,
	NameView,
	RegisterEntryShape,
	RegisterLineShape,
} from './shapes.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const asKnown = { day: Type.Optional(DayText), knownAt: Type.Optional(KnownAt) };
const Language = OneOf(['de', 'en']);
const From = Type.Optional(
	Type.Integer({ minimum: 0, maximum: 2_000_000_000, description: 'member number to go on after' }),
);
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 500 }));
const Totals = Type.Object({ entries: Type.Integer(), present: Type.Integer(), shares: Type.Integer() });
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

/** /api/register, /api/members/:id/register-…, /api/me/register-entry. */
export function registerRoutes(app: App): void {
	app.get(
		'/api/register',
		{
			config: { access: staff },
			schema: {
				operationId: 'readRegister',
				tags: ['members'],
				summary: 'The list of members (§ 30 GenG) of a day, as known at an instant, part by part',
				querystring: Strict({ ...asKnown, present: Type.Optional(Type.Boolean()), after: From, limit: Limit }),
				response: {
					200: Type.Object({
						...{ day: DayText, knownAt: InstantText, lines: Type.Array(RegisterLineShape) },
						extraFields: Type.Array(Type.String(), { description: "the statute's fields beyond the law's" }),
						next: OrNull(Type.Integer({ description: 'to go on: `after` of the next part' })),
					}),
				},
			},
		},
		async ({ actor, at, query }) => {
			const { limit = 100, after = 0, present } = query;
			const day = query.day ?? dayOf(at);
			const knownAt = query.knownAt ? new Date(query.knownAt) : at;
			const lines = await readRegister(app.db, { by: actor, day, knownAt, present, after, limit: limit + 1 });
			const shown = lines.slice(0, limit);
			const extraFields = await registerFields(app.db, { by: actor, day });
			const next = lines.length > limit ? (shown.at(-1)?.number ?? null) : null;
			return { day, knownAt: knownAt.toISOString(), lines: shown, extraFields, next };
		},
	);
	app.get(
		'/api/register/totals',
		{
			config: { access: staff },
			schema: {
				operationId: 'countRegister',
				tags: ['members'],
				summary: 'How many entries, members and shares a register has',
				querystring: Strict(asKnown),
				response: { 200: Totals },
			},
		},
		({ actor, at, query: { day, knownAt } }) =>
			countRegister(app.db, { by: actor, day: day ?? dayOf(at), knownAt: knownAt ? new Date(knownAt) : at }),
	);
	app.post(
		'/api/register/extracts',
		{
			config: { access: staff },
			schema: {
				operationId: 'exportRegister',
				tags: ['members'],
				summary: 'The list of members as a file for the register court (§ 32 GenG); logged with its hash',
				body: Strict({
					...{ day: DayText, knownAt: Type.Optional(KnownAt), format: OneOf(extractFormats), language: Language },
					part: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
				}),
				response: { ...mayMiss, 200: fileReply('application/pdf', 'text/csv') },
			},
		},
		async (request, reply) => {
			const { knownAt, ...body } = request.body;
			const file = await exportRegister(app.db, {
				...{ ...commandOf(request), ...body, keys: app.settings.keys },
				knownAt: knownAt ? new Date(knownAt) : request.at,
			});
			return sendFile(reply, file);
		},
	);
	app.get(
		'/api/members/:id/register-entry',
		{
			config: { access: staff },
			schema: {
				operationId: 'readRegisterEntry',
				tags: ['members'],
				summary: "A member's line of the register with all its events",
				...{ params: IdParams, querystring: Strict(asKnown), response: { 200: RegisterEntryShape } },
			},
		},
		({ actor, at, params, query }) =>
			readRegisterEntry(app.db, {
				...{ by: actor, memberId: params.id, day: query.day ?? dayOf(at) },
				knownAt: query.knownAt ? new Date(query.knownAt) : at,
			}),
	);
	app.post(
		'/api/members/:id/register-corrections',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				operationId: 'correctRegister',
				tags: ['members'],
				summary: 'Takes a wrong event of the register back and enters the right one instead',
				params: IdParams,
				body: Strict({
					...{ eventId: Id, basis: Line(300, 5) },
					replacement: Type.Optional(
						Strict({ effectiveOn: DayText, name: Type.Optional(NameInput), address: Type.Optional(AddressInput) }),
					),
				}),
				response: { 200: Type.Object({ memberId: Id }) },
			},
		},
		(request) => correctRegister(app.db, { ...commandOf(request), memberId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/members/:id/register-fields',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				operationId: 'enterExtraFields',
				tags: ['members'],
				summary: "Enters the statute's fields beyond the law's",
				params: IdParams,
				body: Strict({
					...{ effectiveOn: DayText, basis: Line(300, 5) },
					extra: Type.Record(Line(60), Line(200, 0), { maxProperties: 20 }),
				}),
				response: { 200: Type.Object({ memberId: Id }) },
			},
		},
		(request) => enterExtraFields(app.db, { ...commandOf(request), memberId: request.params.id, ...request.body }),
	);
	app.get(
		'/api/me/register-entry',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'readOwnRegisterEntry', tags: ['members'], summary: 'The own line of the register' },
				response: { ...mayMiss, 200: RegisterEntryShape },
			},
		},
		async ({ actor, at }) =>
			readRegisterEntry(app.db, { by: actor, memberId: ownMemberId(actor), day: dayOf(at), knownAt: at }),
	);
	app.post(
		'/api/me/register-entry/extract',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'exportRegisterEntry', tags: ['members'], summary: 'The own line of the register as PDF' },
				body: Strict({ language: Language }),
				response: { ...mayMiss, 200: fileReply('application/pdf') },
			},
		},
		async (request, reply) => {
			const memberId = ownMemberId(request.actor);
			return sendFile(reply, await exportRegisterEntry(app.db, { ...commandOf(request), memberId, ...request.body }));
		},
	);
	app.post(
		'/api/me/declaration',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'exportDeclaration', tags: ['members'], summary: 'The own declaration to join as PDF' },
				body: Strict({ language: Language }),
				response: { ...mayMiss, 200: fileReply('application/pdf') },
			},
		},
		async (request, reply) => {
			const memberId = ownMemberId(request.actor);
			return sendFile(reply, await exportDeclaration(app.db, { ...commandOf(request), memberId, ...request.body }));
		},
	);
}

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
