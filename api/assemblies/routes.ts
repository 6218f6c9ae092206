// General assemblies on the wire: members read what is convened, the board drafts, convenes and opens.
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { commandOf } from '../http/access.ts';
import { DayText, Id, IdParams, InstantText, Line, Prose, Strict } from '../http/schemas.ts';
import { agendaKinds, assemblyForms, assemblyKinds, assemblyStates, discussionForms, subjects } from './rules.ts';
import { addAgendaItem, changeAgendaItem, removeAgendaItem } from './service/agenda.ts';
import { conveneAssembly, holdAssembly } from './service/convene.ts';
import { changeAssembly, createAssembly } from './service/draft.ts';
import { listAssemblies, readAssembly } from './service/read.ts';

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const oneOf = <const T extends readonly string[]>(values: T) =>
	Type.Unsafe<T[number]>({ type: 'string', enum: [...values] });

const readers = ['member', 'board', 'supervisory', 'auditor'] as const;
const tags = ['assemblies'];

const summary = {
	id: Id,
	title: Type.String(),
	kind: oneOf(assemblyKinds),
	form: oneOf(assemblyForms),
	discussionForm: nullable(oneOf(discussionForms)),
	heldOn: DayText,
	startsAt: InstantText,
	place: nullable(Type.String()),
	link: nullable(Type.String()),
	state: oneOf(assemblyStates),
	noticeSentAt: nullable(InstantText),
	agendaItems: Type.Integer(),
};

const Assembly = Type.Object({
	...summary,
	conveningDays: Type.Integer({ description: 'full days of notice' }),
	announcementDays: Type.Integer({ description: 'full days of notice for additions to the agenda' }),
	latestReceiptOn: DayText,
	latestAdditionOn: DayText,
	noticeHash: nullable(Type.String({ description: 'sha256 of the notice as sent' })),
	invitedByMail: nullable(Type.Integer()),
	withoutMail: nullable(Type.Integer()),
	agenda: Type.Array(
		Type.Object({
			id: Id,
			top: Type.Integer(),
			kind: oneOf(agendaKinds),
			title: Type.String(),
			text: Type.String(),
			subject: nullable(oneOf(subjects)),
			proposalId: nullable(Id),
			announcedAt: nullable(InstantText),
		}),
	),
});

const AssemblyBody = Strict({
	title: Line(200, 3),
	kind: oneOf(assemblyKinds),
	form: oneOf(assemblyForms),
	discussionForm: Type.Optional(oneOf(discussionForms)),
	heldOn: DayText,
	startsAtClock: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', maxLength: 5, description: 'local time HH:MM' }),
	place: Type.Optional(Line(300)),
	link: Type.Optional(Type.String({ pattern: '^https://[^\\s\\u0000-\\u001f]+$', maxLength: 500 })),
});

const AgendaItemBody = Strict({
	kind: oneOf(agendaKinds),
	title: Line(200, 3),
	text: Prose(5_000),
	subject: Type.Optional(oneOf(subjects)),
	proposalId: Type.Optional(Id),
});

const Done = Type.Object({ id: Id });

/** /api/assemblies, /api/agenda-items. */
export function assemblyRoutes(app: App): void {
	app.get(
		'/api/assemblies',
		{
			config: { access: readers },
			schema: {
				operationId: 'listAssemblies',
				tags,
				summary: 'All assemblies, newest first',
				response: { 200: Type.Array(Type.Object(summary)) },
			},
		},
		({ actor }) => listAssemblies(app.db, { by: actor }),
	);
	app.get(
		'/api/assemblies/:id',
		{
			config: { access: readers },
			schema: {
				operationId: 'readAssembly',
				tags,
				summary: 'One assembly with its agenda',
				params: IdParams,
				response: { 200: Assembly },
			},
		},
		({ actor, params }) => readAssembly(app.db, { by: actor, assemblyId: params.id }),
	);
	app.post(
		'/api/assemblies',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'createAssembly',
				tags,
				summary: 'Drafts an assembly',
				body: AssemblyBody,
				response: { 201: Done },
			},
		},
		async (request, reply) =>
			reply.code(201).send(await createAssembly(app.db, { ...commandOf(request), ...request.body })),
	);
	app.put(
		'/api/assemblies/:id',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'changeAssembly',
				tags,
				summary: 'Replaces what a draft says',
				params: IdParams,
				body: AssemblyBody,
				response: { 200: Done },
			},
		},
		(request) => changeAssembly(app.db, { ...commandOf(request), ...request.body, assemblyId: request.params.id }),
	);
	app.post(
		'/api/assemblies/:id/agenda-items',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'addAgendaItem',
				tags,
				summary: 'Adds an item to the agenda; once convened, every member is told',
				params: IdParams,
				body: AgendaItemBody,
				response: { 201: Type.Object({ id: Id, top: Type.Integer() }) },
			},
		},
		async (request, reply) =>
			reply
				.code(201)
				.send(await addAgendaItem(app.db, { ...commandOf(request), ...request.body, assemblyId: request.params.id })),
	);
	app.put(
		'/api/agenda-items/:id',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'changeAgendaItem',
				tags,
				summary: "Replaces an item of a draft's agenda",
				params: IdParams,
				body: AgendaItemBody,
				response: { 200: Done },
			},
		},
		(request) => changeAgendaItem(app.db, { ...commandOf(request), ...request.body, itemId: request.params.id }),
	);
	app.delete(
		'/api/agenda-items/:id',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'removeAgendaItem',
				tags,
				summary: "Takes an item off a draft's agenda",
				params: IdParams,
				response: { 200: Done },
			},
		},
		(request) => removeAgendaItem(app.db, { ...commandOf(request), itemId: request.params.id }),
	);
	app.post(
		'/api/assemblies/:id/convene',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				operationId: 'conveneAssembly',
				tags,
				summary: 'Convenes: checks the notice period and writes to every member',
				params: IdParams,
				response: {
					200: Type.Object({
						id: Id,
						noticeHash: Type.String(),
						invitedByMail: Type.Integer(),
						withoutMail: Type.Integer(),
						latestReceiptOn: DayText,
					}),
				},
			},
		},
		(request) => conveneAssembly(app.db, { ...commandOf(request), assemblyId: request.params.id }),
	);
	app.post(
		'/api/assemblies/:id/hold',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'holdAssembly',
				tags,
				summary: 'Opens the session',
				params: IdParams,
				response: { 200: Done },
			},
		},
		(request) => holdAssembly(app.db, { ...commandOf(request), assemblyId: request.params.id }),
	);
}
