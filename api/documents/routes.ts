// Archived documents on the wire: listed and opened, the own ones by members, all by staff.
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { commandOf } from '../http/access.ts';
import { fileReply, sendFile } from '../http/file.ts';
import { DayText, Id, IdParams, InstantText, mayMiss, OneOf, Strict } from '../http/schemas.ts';
import { retentionClasses } from './rules.ts';
import { listDocuments, openDocument } from './service.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const Kind = Type.Optional(Type.String({ maxLength: 40, pattern: '^[a-z-]*$' }));
const DocumentShape = Type.Object({
	...{ id: Id, kind: Type.String(), fileName: Type.String(), mediaType: Type.String(), sizeBytes: Type.Integer() },
	...{ sha256: Type.String(), documentOn: DayText, retention: OneOf(retentionClasses), createdAt: InstantText },
	erased: Type.Boolean(),
});
const types = ['application/pdf', 'text/csv', 'application/json', 'application/xml'];

/** /api/documents, /api/members/:id/documents, /api/me/documents. */
export function documentRoutes(app: App): void {
	app.get(
		'/api/documents',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listDocuments', tags: ['documents'], summary: 'Archived documents of the cooperative' },
				...{ querystring: Strict({ kind: Kind }), response: { 200: Type.Array(DocumentShape) } },
			},
		},
		({ actor, query: { kind } }) =>
			listDocuments(app.db, { by: actor, memberId: null, ...(kind === undefined ? {} : { kind }) }),
	);
	app.post(
		'/api/documents/:id/download',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'openDocument', tags: ['documents'], summary: 'Opens an archived document; logged' },
				...{ params: IdParams, response: { 200: fileReply(...types) } },
			},
		},
		async (request, reply) => {
			const { keys } = app.settings;
			const documentId = request.params.id;
			return sendFile(reply, await openDocument(app.db, { ...commandOf(request), keys, documentId }));
		},
	);
	app.get(
		'/api/members/:id/documents',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listMemberDocuments', tags: ['documents'], summary: 'Archived documents about a member' },
				...{ params: IdParams, response: { 200: Type.Array(DocumentShape) } },
			},
		},
		({ actor, params }) => listDocuments(app.db, { by: actor, memberId: params.id }),
	);
	app.get(
		'/api/me/documents',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'listOwnDocuments', tags: ['documents'], summary: 'The own archived documents' },
				response: { 200: Type.Array(DocumentShape) },
			},
		},
		async ({ actor }) =>
			actor.memberId === null ? [] : listDocuments(app.db, { by: actor, memberId: actor.memberId }),
	);
	app.post(
		'/api/me/documents/:id/download',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'openOwnDocument', tags: ['documents'], summary: 'Opens an own archived document; logged' },
				...{ params: IdParams, response: { ...mayMiss, 200: fileReply(...types) } },
			},
		},
		async (request, reply) => {
			const { keys } = app.settings;
			return sendFile(
				reply,
				await openDocument(app.db, {
					...{ ...commandOf(request), keys, documentId: request.params.id, ownOf: request.actor.memberId },
				}),
			);
		},
	);
}
