// Heirs on the wire: who acts for them, and that one of them continues the membership alone.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { DayText, Id, IdParams, Line, OrNull, Strict } from '../../http/schemas.ts';
import { AddressInput, Email } from '../../members/routes/shapes.ts';
import { nameRepresentative } from '../service/exits/heirs.ts';
import { passOnMembership } from '../service/exits/passOn.ts';

const basis = Line(300, 3);
const Successor = Type.Union([
	Strict({
		number: Type.Integer({ minimum: 1, description: 'a member already: the membership is united with that one' }),
	}),
	Strict({
		name: Strict({ familyName: Line(100), givenNames: Line(100) }),
		...{ address: AddressInput, email: OrNull(Email), birthDate: OrNull(DayText) },
	}),
]);

/** /api/exits/:id/representatives, /api/exits/:id/successor. */
export function heirRoutes(app: App): void {
	const config = { access: ['board'] as const, idempotent: true };
	app.post(
		'/api/exits/:id/representatives',
		{
			config,
			schema: {
				...{ operationId: 'nameRepresentative', tags: ['shares'] },
				summary: 'Enters who acts for the heirs of a member from a day on (§ 77(1) GenG)',
				params: IdParams,
				body: Strict({
					...{ name: Line(200), email: OrNull(Email), address: OrNull(Line(300)), fromOn: DayText, basis },
				}),
				response: { 201: Type.Object({ exitId: Id, account: Type.Boolean() }) },
			},
		},
		async (request, reply) => {
			const { fromOn, basis: said, ...speaker } = request.body;
			reply.code(201);
			return nameRepresentative(app.db, {
				...{ ...commandOf(request), exitId: request.params.id, speaker, fromOn, basis: said },
				invite: app.settings,
			});
		},
	);
	app.post(
		'/api/exits/:id/successor',
		{
			config,
			schema: {
				...{ operationId: 'passOnMembership', tags: ['shares'] },
				summary: 'One heir continues the membership alone (§ 77(2) GenG)',
				params: IdParams,
				body: Strict({ heir: Successor, effectiveOn: DayText, basis }),
				response: { 201: Type.Object({ exitId: Id, memberId: Id, number: Type.Integer() }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return passOnMembership(app.db, {
				...{ ...commandOf(request), ...request.body, exitId: request.params.id },
				...{ keys: app.settings.keys, invite: app.settings },
			});
		},
	);
}
