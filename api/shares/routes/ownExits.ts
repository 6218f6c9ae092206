// Leaving on the wire, for members: what a notice would mean, giving it, asking to take it back.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { DayText, Id, IdParams, Line, mayMiss, OneOf, Strict } from '../../http/schemas.ts';
import { dayOf } from '../../values/calendar.ts';
import { previewExit } from '../service/exits/facts.ts';
import { giveNotice, portalCauses } from '../service/exits/give.ts';
import { listOwnExits } from '../service/exits/read.ts';
import { askWithdrawal } from '../service/exits/withdraw.ts';
import { Exit, Given, Preview, ShareCount } from './exitShapes.ts';

/** /api/me/exits. */
export function ownExitRoutes(app: App): void {
	app.get(
		'/api/me/exits',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'listOwnExits', tags: ['shares'], summary: 'The own notices and their ends, newest first' },
				response: { ...mayMiss, 200: Type.Array(Exit) },
			},
		},
		({ actor, at }) => listOwnExits(app.db, { by: actor, at }),
	);
	app.get(
		'/api/me/exits/preview',
		{
			config: { access: ['member'] },
			schema: {
				...{
					operationId: 'previewOwnExit',
					tags: ['shares'],
					summary: 'When a notice given today would take effect, and why',
				},
				querystring: Strict({
					...{ cause: OneOf(portalCauses), shares: Type.Optional(ShareCount), reason: Type.Optional(Line(300)) },
				}),
				response: { ...mayMiss, 200: Preview },
			},
		},
		({ actor, at, query }) => previewExit(app.db, { by: actor, at, wish: { ...query, receivedOn: dayOf(at) } }),
	);
	app.post(
		'/api/me/exits',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{
					operationId: 'giveNotice',
					tags: ['shares'],
					summary: 'Gives notice of all or of some further shares, in text form',
				},
				body: Strict({
					...{ cause: OneOf(portalCauses), shares: Type.Optional(ShareCount), reason: Type.Optional(Line(300)) },
					expectedOn: DayText,
				}),
				response: { ...mayMiss, 201: Given },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return giveNotice(app.db, { ...commandOf(request), ...request.body });
		},
	);
	app.post(
		'/api/me/exits/:id/withdrawal',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{ operationId: 'askWithdrawal', tags: ['shares'], summary: 'Asks to take the own notice back' },
				...{ params: IdParams, response: { 200: Type.Object({ exitId: Id }) } },
			},
		},
		(request) => askWithdrawal(app.db, { ...commandOf(request), exitId: request.params.id }),
	);
}
