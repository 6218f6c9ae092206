// The board's desk on the wire: a member's timeline, open points and notes, and lists as files.
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { sheetFormats } from '../documents/spreadsheet.ts';
import { commandOf } from '../http/access.ts';
import { Cents, DayText, Id, IdParams, InstantText, Line, OneOf, OrNull, Prose, Strict } from '../http/schemas.ts';
import { KnownAt } from '../members/routes/shapes.ts';
import { addNote, listNotes, removeNote } from '../members/service/notes.ts';
import { memberOrders } from '../members/service/search.ts';
import { dayOf } from '../values/calendar.ts';
import { type EventGroup, type EventKind, eventGroups, eventKinds, openKinds } from './rules.ts';
import {
	type ExportedFile,
	type ExportForm,
	exportApplications,
	exportClaims,
	exportHoldings,
	exportMembers,
	exportPayments,
} from './service/exports.ts';
import { listOpenPoints, readTimeline } from './service/timeline.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const exportForm = {
	format: OneOf(sheetFormats),
	language: Type.Optional(OneOf(['de', 'en'])),
	columns: Type.Optional(
		Type.String({
			...{ maxLength: 400, pattern: '^[A-Za-z]+(,[A-Za-z]+)*$' },
			description: 'columns in the order wanted, separated by commas; all if left out',
		}),
	),
};
const file = { 200: Type.String({ description: 'the file: CSV or XLSX' }) };

function formOf(query: { format: ExportForm['format']; language?: 'de' | 'en'; columns?: string }): ExportForm {
	const { format, language = 'de', columns } = query;
	return { format, language, columns: columns?.split(',') };
}

function send(reply: FastifyReply, { fileName, mediaType, content }: ExportedFile) {
	const plain = fileName.normalize('NFD').replaceAll(/[^\w.-]/g, '');
	return reply
		.header('content-disposition', `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`)
		.type(mediaType)
		.send(content);
}

const Timeline = Type.Object({
	total: Type.Integer(),
	groups: Type.Array(Type.Object({ group: OneOf(eventGroups), count: Type.Integer() })),
	events: Type.Array(
		Type.Object({
			kind: OneOf(Object.keys(eventKinds) as EventKind[]),
			group: OneOf(eventGroups),
			...{ on: DayText, recordedAt: OrNull(InstantText), word: OrNull(Type.String()), text: OrNull(Type.String()) },
			...{
				amountCents: OrNull(Cents),
				count: OrNull(Type.Integer()),
				until: OrNull(DayText),
				ref: OrNull(Type.String()),
			},
		}),
	),
});

/** /api/members/:id/timeline, /open-points, /notes; /api/members/export, /applications/export, /holdings/export, /claims/export, /payments/export. */
export function deskRoutes(app: App): void {
	const { db } = app;
	app.get(
		'/api/members/:id/timeline',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'readTimeline',
					tags: ['desk'],
					summary: 'Everything that happened with a member, newest first',
				},
				params: IdParams,
				querystring: Strict({
					groups: Type.Optional(
						Type.String({ maxLength: 100, pattern: '^[a-z]+(,[a-z]+)*$', description: `of ${eventGroups.join(', ')}` }),
					),
					page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
					pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
				}),
				response: { 200: Timeline },
			},
		},
		({ actor, params, query: { groups, ...page } }) => {
			const asked = groups?.split(',');
			const known = asked && eventGroups.filter((group): group is EventGroup => asked.includes(group));
			return readTimeline(db, { by: actor, memberId: params.id, groups: known, ...page });
		},
	);
	app.get(
		'/api/members/:id/open-points',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'listOpenPoints',
					tags: ['desk'],
					summary: 'What is still to be done with a member',
					params: IdParams,
				},
				response: {
					200: Type.Array(
						Type.Object({
							kind: OneOf(openKinds),
							...{
								amountCents: OrNull(Cents),
								count: OrNull(Type.Integer()),
								on: OrNull(DayText),
								ref: OrNull(Type.String()),
							},
						}),
					),
				},
			},
		},
		({ actor, at, params }) => listOpenPoints(db, { by: actor, memberId: params.id, day: dayOf(at) }),
	);
	app.get(
		'/api/members/:id/notes',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'listNotes',
					tags: ['desk'],
					summary: "The board's notes about a member, newest first",
					params: IdParams,
				},
				response: {
					200: Type.Array(
						Type.Object({
							...{ id: Id, text: Type.String(), writtenBy: Id, writtenByName: Type.String(), recordedAt: InstantText },
						}),
					),
				},
			},
		},
		({ actor, params }) => listNotes(db, { by: actor, memberId: params.id }),
	);
	app.post(
		'/api/members/:id/notes',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'addNote', tags: ['desk'], summary: 'Writes a note into a member’s file', params: IdParams },
				body: Strict({ text: Prose(4_000) }),
				response: { 201: Type.Object({ noteId: Id }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return addNote(db, { ...commandOf(request), memberId: request.params.id, ...request.body });
		},
	);
	app.delete(
		'/api/members/:id/notes/:noteId',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'removeNote', tags: ['desk'], summary: 'Takes a note away; the log keeps that it was' },
				params: Type.Object({ id: Id, noteId: Id }, { additionalProperties: false }),
				response: { 200: Type.Object({ noteId: Id }) },
			},
		},
		(request) => removeNote(db, { ...commandOf(request), memberId: request.params.id, noteId: request.params.noteId }),
	);
	app.get(
		'/api/members/export',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'exportMembers', tags: ['desk'], summary: 'The list of members as CSV or XLSX; logged' },
				querystring: Strict({
					...exportForm,
					search: Type.Optional(Line(100, 0)),
					standing: Type.Optional(OneOf(['present', 'left', 'all'])),
					order: Type.Optional(OneOf(memberOrders)),
					descending: Type.Optional(Type.Boolean()),
				}),
				response: file,
			},
		},
		async ({ actor, at, query }, reply) => {
			const { format: _, language: __, columns: ___, ...rest } = query;
			return send(reply, await exportMembers(db, { by: actor, at, form: formOf(query), query: rest }));
		},
	);
	app.get(
		'/api/applications/export',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'exportApplications',
					tags: ['desk'],
					summary: 'Declarations to join as CSV or XLSX; logged',
				},
				querystring: Strict({
					...exportForm,
					...{
						state: Type.Optional(OneOf(['declared', 'admitted', 'rejected'])),
						ready: Type.Optional(Type.Boolean()),
						search: Type.Optional(Line(100, 0)),
					},
				}),
				response: file,
			},
		},
		async ({ actor, at, query }, reply) => {
			const { state, ready, search } = query;
			return send(
				reply,
				await exportApplications(db, {
					by: actor,
					at,
					form: formOf(query),
					query: { ...(state ? { state } : {}), ready, search },
				}),
			);
		},
	);
	app.get(
		'/api/holdings/export',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'exportHoldings',
					tags: ['desk'],
					summary: 'Holdings or open claims of a day as CSV or XLSX; logged',
				},
				querystring: Strict({
					...exportForm,
					...{ day: Type.Optional(DayText), knownAt: Type.Optional(KnownAt), search: Type.Optional(Line(100, 0)) },
					...{ standing: Type.Optional(OneOf(['present', 'left', 'all'])), owing: Type.Optional(Type.Boolean()) },
				}),
				response: file,
			},
		},
		async ({ actor, at, query }, reply) => {
			const { format: _, language: __, columns: ___, day, knownAt, ...rest } = query;
			const asked = { day: day ?? dayOf(at), knownAt: knownAt ? new Date(knownAt) : undefined, ...rest };
			return send(reply, await exportHoldings(db, { by: actor, at, form: formOf(query), query: asked }));
		},
	);
	app.get(
		'/api/payments/export',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'exportPayments', tags: ['desk'], summary: 'Payments that came in as CSV or XLSX; logged' },
				querystring: Strict({
					...exportForm,
					...{ memberId: Type.Optional(Id), from: Type.Optional(DayText), to: Type.Optional(DayText) },
				}),
				response: file,
			},
		},
		async ({ actor, at, query }, reply) => {
			const { memberId, from, to } = query;
			return send(
				reply,
				await exportPayments(db, { by: actor, at, form: formOf(query), query: { memberId, from, to } }),
			);
		},
	);
	app.get(
		'/api/claims/export',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'exportClaims', tags: ['desk'], summary: 'Open claims of today as CSV or XLSX; logged' },
				...{ querystring: Strict(exportForm), response: file },
			},
		},
		async ({ actor, at, query }, reply) => send(reply, await exportClaims(db, { by: actor, at, form: formOf(query) })),
	);
}
