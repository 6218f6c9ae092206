// The list of members on the wire: read, counted, exported, corrected.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { fileReply, sendFile } from '../../http/file.ts';
import { DayText, Id, IdParams, InstantText, Line, mayMiss, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { dayOf } from '../../values/calendar.ts';
import { correctRegister, enterExtraFields } from '../service/corrections.ts';
import { exportDeclaration, exportRegister, exportRegisterEntry, extractFormats } from '../service/extract.ts';
import { ownMemberId } from '../service/files.ts';
import { countRegister, isByNumber, readRegister, readRegisterEntry, registerFields } from '../service/register.ts';
import { AddressInput, KnownAt, NameInput, RegisterEntryShape, RegisterLineShape, registerChoice } from './shapes.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const asKnown = { day: Type.Optional(DayText), knownAt: Type.Optional(KnownAt) };
const Language = OneOf(['de', 'en']);
const From = Type.Optional(
	Type.Integer({
		minimum: 0,
		maximum: 2_000_000_000,
		description: 'member number to go on after; in another order or searched, the lines before',
	}),
);
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 500 }));
const Totals = Type.Object({ entries: Type.Integer(), present: Type.Integer(), shares: Type.Integer() });
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
				querystring: Strict({ ...asKnown, ...registerChoice, after: From, limit: Limit }),
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
			const { limit = 100, after = 0, present, search, order, descending } = query;
			const choice = { search, order, descending };
			const day = query.day ?? dayOf(at);
			const knownAt = query.knownAt ? new Date(query.knownAt) : at;
			const lines = await readRegister(app.db, {
				...choice,
				by: actor,
				day,
				knownAt,
				present,
				after,
				limit: limit + 1,
			});
			const shown = lines.slice(0, limit);
			const extraFields = await registerFields(app.db, { by: actor, day });
			const last = isByNumber(choice) ? (shown.at(-1)?.number ?? null) : after + limit;
			const next = lines.length > limit ? last : null;
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
