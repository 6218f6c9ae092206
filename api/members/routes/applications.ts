// Applications on the wire: what must be declared, links that confirm, prints, the desk, papers, approvals, rejections.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { DayText, Id, IdParams, mayMiss, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { dayOf } from '../../values/calendar.ts';
import { readJoiningTerms } from '../service/apply.ts';
import { sendConfirmationAgain } from '../service/askToConfirm.ts';
import { confirmApplication, printDeclaration, readConfirmation } from '../service/confirm.ts';
import { approveInvesting, listApplications, readApplication, recordPaper } from '../service/desk.ts';
import { recordRejectionLetter, rejectApplication } from '../service/reject.ts';
import { ApplicationFileShape, ApplicationShape, ClauseView, Email, PrintShape, ResolutionInput } from './shapes.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const Token = Type.String({ minLength: 10, maxLength: 100, pattern: '^[A-Za-z0-9_-]+$' });
const Confirmed = Type.Object({
	what: OneOf(['address', 'authority', 'consent']),
	wording: Type.String(),
	signature: Type.Boolean({ description: 'the declaration must still be printed, signed and sent' }),
});

/** GET /api/joining, /api/applications and what belongs to them; declaring itself stands with shares, for rounds. */
export function applicationRoutes(app: App): void {
	publicRoutes(app);
	deskRoutes(app);
}

function publicRoutes(app: App): void {
	app.get(
		'/api/joining',
		{
			config: { access: 'public' },
			schema: {
				...{
					operationId: 'readJoiningTerms',
					tags: ['members'],
					summary: 'What somebody who wants to join must know and declare today',
				},
				response: {
					...mayMiss,
					200: Type.Object({
						cooperative: Type.Object({
							...{ name: Type.String(), street: Type.String(), postcode: Type.String(), town: Type.String() },
						}),
						statuteVersion: Type.Integer(),
						served: OrNull(
							Type.String({ description: 'comes back with the declaration: proves which statute was served when' }),
						),
						terms: Type.Object({
							...{ nominalCents: Type.Integer(), firstPaymentCents: Type.Integer(), firstPaymentDays: Type.Integer() },
							...{ instalmentCents: Type.Integer(), instalmentMonths: Type.Integer(), mandatoryShares: Type.Integer() },
							...{ maxShares: Type.Integer(), noticeMonths: Type.Integer(), investingMembers: Type.Boolean() },
							...{ liabilityCents: Type.Integer(), furtherLiability: Type.String(), entryFeeCents: Type.Integer() },
							...{ joiningForm: OneOf(['text', 'written']), investingApproval: Type.String() },
						}),
						clauses: Type.Array(ClauseView),
					}),
				},
			},
		},
		({ actor, at }) => readJoiningTerms(app.db, { by: actor, day: dayOf(at), served: { keys: app.settings.keys, at } }),
	);
	app.post(
		'/api/applications/links',
		{
			config: { access: 'public' },
			schema: {
				operationId: 'readConfirmation',
				tags: ['members'],
				summary: 'What the link of a mail would confirm',
				body: Strict({ token: Token }),
				response: { 200: Confirmed },
			},
		},
		({ at, body }) => readConfirmation(app.db, { at, ...body }),
	);
	app.post(
		'/api/applications/confirmations',
		{
			config: { access: 'public' },
			schema: {
				operationId: 'confirmApplication',
				tags: ['members'],
				summary: "Confirms by the link of a mail: an address, a proxy's authority, a guardian's consent",
				body: Strict({ token: Token }),
				response: { 200: Confirmed },
			},
		},
		({ at, body }) => confirmApplication(app.db, { at, ...body }),
	);
	app.post(
		'/api/applications/confirmations/again',
		{
			config: { access: 'public' },
			schema: {
				...{
					operationId: 'sendConfirmationAgain',
					tags: ['members'],
					summary: 'Sends the links again that an address still has to confirm; the same answer for every address',
				},
				body: Strict({ email: Email }),
				response: { ...mayMiss, 204: Type.Null() },
			},
		},
		async (request, reply) => {
			const { keys, publicUrl } = app.settings;
			const { email } = request.body;
			await sendConfirmationAgain(app.db, { at: request.at, keys, publicUrl, email, address: request.ip });
			reply.code(204).send(null);
		},
	);
	app.post(
		'/api/applications/prints',
		{
			config: { access: 'public' },
			schema: {
				operationId: 'printDeclaration',
				tags: ['members'],
				summary: 'The own declaration for printing, with the token given on declaring',
				body: Strict({ token: Token }),
				response: { ...mayMiss, 200: PrintShape },
			},
		},
		({ body }) => printDeclaration(app.db, body),
	);
}

function deskRoutes(app: App): void {
	app.get(
		'/api/applications',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'listApplications',
					tags: ['members'],
					summary: 'Declarations to join: waiting with what they lack, admitted, or rejected and not yet deleted',
				},
				querystring: Strict({
					state: Type.Optional(OneOf(['declared', 'admitted', 'rejected'])),
					ready: Type.Optional(
						Type.Boolean({ description: 'only what can be admitted, or only what lacks something' }),
					),
					search: Type.Optional(Type.String({ maxLength: 100 })),
				}),
				response: { ...mayMiss, 200: Type.Array(ApplicationShape) },
			},
		},
		({ actor, at, query }) => listApplications(app.db, { by: actor, day: dayOf(at), ...query }),
	);
	app.get(
		'/api/applications/:id',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'readApplication', tags: ['members'], summary: 'One declaration to join, with its proof' },
				params: IdParams,
				response: { 200: ApplicationFileShape },
			},
		},
		({ actor, at, params }) => readApplication(app.db, { by: actor, applicationId: params.id, day: dayOf(at) }),
	);
	app.post(
		'/api/applications/:id/papers',
		{
			config: { access: ['board'] },
			schema: {
				...{
					operationId: 'recordPaper',
					tags: ['members'],
					summary: 'A signed paper has arrived: the declaration, a consent, an authority',
					params: IdParams,
				},
				body: Strict({
					paper: Type.Union([
						Strict({ what: Type.Literal('declaration') }),
						Strict({ what: Type.Literal('authority') }),
						Strict({ what: Type.Literal('consent'), place: Type.Integer({ minimum: 0, maximum: 3 }) }),
					]),
					receivedOn: DayText,
				}),
				response: { 200: Type.Object({ applicationId: Id }) },
			},
		},
		(request) => recordPaper(app.db, { ...commandOf(request), applicationId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/applications/:id/approval',
		{
			config: { access: ['board'] },
			schema: {
				...{
					operationId: 'approveInvesting',
					tags: ['members'],
					summary: 'The assembly or the supervisory board approved an investing member (M-07)',
					params: IdParams,
				},
				body: Strict({ resolution: ResolutionInput }),
				response: { 200: Type.Object({ applicationId: Id }) },
			},
		},
		(request) => approveInvesting(app.db, { ...commandOf(request), applicationId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/applications/:id/rejection',
		{
			config: { access: ['board'] },
			schema: {
				...{
					operationId: 'rejectApplication',
					tags: ['members'],
					summary: 'Rejects: the notice goes out, then the data are deleted',
				},
				params: IdParams,
				body: Strict({ resolution: ResolutionInput }),
				response: { 200: Type.Object({ applicationId: Id }) },
			},
		},
		(request) =>
			rejectApplication(app.db, { ...commandOf(request), applicationId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/applications/:id/rejection-letter',
		{
			config: { access: ['board'] },
			schema: {
				...{
					operationId: 'recordRejectionLetter',
					tags: ['members'],
					summary: 'The notice of a rejection went out by letter: the data are deleted',
				},
				params: IdParams,
				response: { 200: Type.Object({ applicationId: Id }) },
			},
		},
		(request) => recordRejectionLetter(app.db, { ...commandOf(request), applicationId: request.params.id }),
	);
}
