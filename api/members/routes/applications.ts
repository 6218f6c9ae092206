// Joining on the wire: what to declare, declaring, and the board's list. Admission is at shares, where the shares are taken.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { DayText, Id, IdParams, Line, mayMiss, OneOf, Strict } from '../../http/schemas.ts';
import { systemActor } from '../../values/actor.ts';
import { dayOf } from '../../values/calendar.ts';
import { rejectApplication } from '../service/admit.ts';
import { applyForMembership, listApplications, readApplication, readJoiningTerms } from '../service/apply.ts';
import {
	AcceptedClauses,
	AddressInput,
	ApplicationShape,
	ClauseView,
	Email,
	MemberKindName,
	NameInput,
	ResolutionInput,
} from './shapes.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;

/** GET /api/joining, /api/applications. */
export function applicationRoutes(app: App): void {
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
						cooperative: Type.Object({ name: Type.String(), town: Type.String() }),
						statuteVersion: Type.Integer(),
						terms: Type.Object({
							...{ nominalCents: Type.Integer(), firstPaymentCents: Type.Integer(), firstPaymentDays: Type.Integer() },
							...{ instalmentCents: Type.Integer(), instalmentMonths: Type.Integer(), mandatoryShares: Type.Integer() },
							...{ maxShares: Type.Integer(), noticeMonths: Type.Integer(), investingMembers: Type.Boolean() },
							...{ liabilityCents: Type.Integer(), furtherLiability: Type.String() },
						}),
						clauses: Type.Array(ClauseView),
					}),
				},
			},
		},
		({ actor, at }) => readJoiningTerms(app.db, { by: actor, day: dayOf(at) }),
	);
	app.post(
		'/api/applications',
		{
			config: { access: 'public' },
			schema: {
				...{ operationId: 'applyForMembership', tags: ['members'], summary: 'Declares to join (Beitrittserklärung)' },
				body: Strict({
					...{
						kind: MemberKindName,
						name: NameInput,
						address: AddressInput,
						email: Email,
						locale: OneOf(['de', 'en']),
					},
					investing: Type.Optional(Type.Boolean()),
					representative: Type.Optional(Line(200)),
					phone: Type.Optional(Line(40)),
					birthDate: Type.Optional(DayText),
					iban: Type.Optional(Line(50)),
					accountHolder: Type.Optional(Line(140)),
					sharesWanted: Type.Integer({ minimum: 1, maximum: 100_000 }),
					clauses: AcceptedClauses,
					statuteVersion: Type.Integer({ minimum: 1 }),
				}),
				response: { ...mayMiss, 201: Type.Object({ applicationId: Id }) },
			},
		},
		async (request, reply) => {
			const { birthDate = null, iban = null, sharesWanted, clauses, statuteVersion, ...who } = request.body;
			const { investing = false, representative = null, phone = null, accountHolder = null } = who;
			reply.code(201);
			return applyForMembership(app.db, {
				...{ by: systemActor('members.apply'), at: request.at, keys: app.settings.keys, address: request.ip },
				joining: {
					applicant: { ...who, investing, representative, phone, accountHolder },
					...{ birthDate, iban, sharesWanted, clauses, statuteVersion },
				},
			});
		},
	);
	app.get(
		'/api/applications',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'listApplications',
					tags: ['members'],
					summary: 'Declarations to join: waiting, or admitted',
				},
				querystring: Strict({ state: Type.Optional(OneOf(['declared', 'admitted'])) }),
				response: { 200: Type.Array(ApplicationShape) },
			},
		},
		({ actor, query }) => listApplications(app.db, { by: actor, ...query }),
	);
	app.get(
		'/api/applications/:id',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'readApplication', tags: ['members'], summary: 'One declaration to join, with its proof' },
				params: IdParams,
				response: { 200: ApplicationShape },
			},
		},
		({ actor, params }) => readApplication(app.db, { by: actor, applicationId: params.id }),
	);
	app.post(
		'/api/applications/:id/rejection',
		{
			config: { access: ['board'] },
			schema: {
				...{
					operationId: 'rejectApplication',
					tags: ['members'],
					summary: 'Rejects: the notice goes out, the data are deleted',
				},
				params: IdParams,
				body: Strict({ resolution: ResolutionInput }),
				response: { 200: Type.Object({ applicationId: Id }) },
			},
		},
		(request) =>
			rejectApplication(app.db, { ...commandOf(request), applicationId: request.params.id, ...request.body }),
	);
}
