// Declaring to join on the wire, with a subscription in an open round if one is wanted.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { DayText, Id, Line, mayMiss, OneOf, Strict } from '../../http/schemas.ts';
import { AcceptedClauses, AddressInput, Email, MemberKindName, NameInput } from '../../members/routes/shapes.ts';
import { systemActor } from '../../values/actor.ts';
import { applyForMembership } from '../service/apply.ts';

/** POST /api/applications. */
export function joiningRoutes(app: App): void {
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
					guardians: Type.Optional(
						Type.Array(Strict({ name: Line(200), email: Type.Optional(Email) }), { maxItems: 2 }),
					),
					soleCustody: Type.Optional(Type.Boolean()),
					proxy: Type.Optional(Line(200)),
					printout: Type.Optional(Type.Boolean()),
					phone: Type.Optional(Line(40)),
					birthDate: Type.Optional(DayText),
					iban: Type.Optional(Line(50)),
					accountHolder: Type.Optional(Line(140)),
					sharesWanted: Type.Integer({ minimum: 1, maximum: 100_000 }),
					clauses: AcceptedClauses,
					statuteVersion: Type.Integer({ minimum: 1 }),
					served: Line(200),
					round: Type.Optional(
						Strict({
							roundId: Id,
							count: Type.Integer({ minimum: 1, maximum: 100_000 }),
							declared: Type.Boolean({ description: 'the further shares are taken unconditionally' }),
						}),
					),
				}),
				response: { ...mayMiss, 201: Type.Object({ applicationId: Id, printToken: Type.String() }) },
			},
		},
		async (request, reply) => {
			const {
				birthDate = null,
				iban = null,
				sharesWanted,
				clauses,
				statuteVersion,
				served,
				round,
				...who
			} = request.body;
			const { investing = false, representative = null, phone = null, accountHolder = null, guardians } = who;
			reply.code(201);
			return applyForMembership(app.db, {
				...{ by: systemActor('members.apply'), at: request.at, keys: app.settings.keys, round },
				from: { address: request.ip, publicUrl: app.settings.publicUrl },
				joining: {
					applicant: {
						...{ ...who, investing, representative, phone, accountHolder, proxy: who.proxy ?? null },
						guardians: (guardians ?? []).map(({ name, email = null }) => ({ name, email })),
					},
					...{ birthDate, iban, sharesWanted, clauses, statuteVersion, served },
				},
			});
		},
	);
}
