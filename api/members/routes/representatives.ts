// Who acts for a member, on the wire.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { DayText, IdParams, InstantText, OneOf, OrNull } from '../../http/schemas.ts';
import { listRepresentatives } from '../service/representatives.ts';

/** Somebody who acts or acted for a member. */
export const RepresentativeShape = Type.Object({
	...{ kind: OneOf(['guardian', 'organ', 'heirs']), name: Type.String(), email: OrNull(Type.String()) },
	...{ address: OrNull(Type.String()), account: Type.Boolean() },
	...{ fromOn: DayText, basis: Type.String(), recordedAt: InstantText },
	...{ endedOn: OrNull(DayText), endedBasis: OrNull(Type.String()) },
});

/** /api/members/:id/representatives. */
export function representativeRoutes(app: App): void {
	app.get(
		'/api/members/:id/representatives',
		{
			config: { access: ['board', 'supervisory', 'auditor'] },
			schema: {
				...{ operationId: 'listRepresentatives', tags: ['members'] },
				summary: 'Who acts or acted for a member: guardians, organs, the representative of heirs; oldest first',
				params: IdParams,
				response: { 200: Type.Array(RepresentativeShape) },
			},
		},
		({ actor, params }) => listRepresentatives(app.db, { by: actor, memberId: params.id }),
	);
}
