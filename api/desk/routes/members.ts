// A member's file on the desk, on the wire: timeline, open points, notes.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Cents, DayText, Id, IdParams, InstantText, OneOf, OrNull, Prose, Strict } from '../../http/schemas.ts';
import { addNote, listNotes, removeNote } from '../../members/service/notes.ts';
import { dayOf } from '../../values/calendar.ts';
import { type EventGroup, type EventKind, eventGroups, eventKinds, openKinds } from '../rules.ts';
import { listOpenPoints, readTimeline } from '../service/timeline.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;

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

/** /api/members/:id/timeline, /api/members/:id/open-points, /api/members/:id/notes. */
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
}
