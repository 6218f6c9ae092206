// Leaving on the wire, for staff: what an exit would mean, the board's entries, consent to withdrawal; and the turn of the day.
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { DayText, Id, IdParams, Line, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { ResolutionInput } from '../../members/routes/shapes.ts';
import { systemActor } from '../../values/actor.ts';
import { dayOf } from '../../values/calendar.ts';
import { exitCauses, exitStates } from '../rules/ending.ts';
import { effectExits } from '../service/exits/effect.ts';
import { previewExit } from '../service/exits/facts.ts';
import { recordExit } from '../service/exits/give.ts';
import { listExits, listExitsOfMember, readExit } from '../service/exits/read.ts';
import { declineWithdrawal, voidExitsByDissolution, withdrawExit } from '../service/exits/withdraw.ts';
import { Exit, Given, Heir, Preview, proof } from './exitShapes.ts';
import { heirRoutes } from './heirs.ts';
import { ownExitRoutes } from './ownExits.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
/** /api/exits, /api/members/:id/exits, and what `heirRoutes` and `ownExitRoutes` add. */
export function exitRoutes(app: App): void {
	app.get(
		'/api/exits',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'listExits',
					tags: ['shares'],
					summary: 'Exits in some states, open ones unless said otherwise',
				},
				querystring: Strict({ states: Type.Optional(Type.Array(OneOf(exitStates), { maxItems: 6 })) }),
				response: { 200: Type.Array(Exit) },
			},
		},
		({ actor, at, query }) => listExits(app.db, { by: actor, at, ...query }),
	);
	app.get(
		'/api/exits/:id',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'readExit', tags: ['shares'], summary: 'One exit with every step to its day' },
				...{ params: IdParams, response: { 200: Exit } },
			},
		},
		({ actor, at, params }) => readExit(app.db, { by: actor, at, exitId: params.id }),
	);
	app.get(
		'/api/members/:id/exits',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listExitsOfMember', tags: ['shares'], summary: 'The exits of one member, newest first' },
				...{ params: IdParams, response: { 200: Type.Array(Exit) } },
			},
		},
		({ actor, at, params }) => listExitsOfMember(app.db, { by: actor, at, memberId: params.id }),
	);
	app.get(
		'/api/members/:id/exits/preview',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'previewExit', tags: ['shares'], summary: 'When an exit would take effect, and why' },
				...{ params: IdParams, querystring: Strict({ cause: OneOf(exitCauses), receivedOn: DayText, ...proof }) },
				response: { 200: Preview },
			},
		},
		({ actor, at, params, query }) => previewExit(app.db, { by: actor, at, memberId: params.id, wish: query }),
	);
	app.post(
		'/api/members/:id/exits',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'recordExit',
					tags: ['shares'],
					summary: 'Enters a notice on paper, a death, an exclusion, a creditor’s notice',
				},
				params: IdParams,
				body: Strict({
					...{ cause: OneOf(exitCauses), receivedOn: DayText, ...proof, basis: Line(300, 3) },
					heirs: Type.Optional(Type.Array(Strict(Heir), { maxItems: 20 })),
					expectedOn: Type.Optional(OrNull(DayText)),
				}),
				response: { 201: Given },
			},
		},
		async (request, reply) => {
			const { basis, heirs, expectedOn, ...wish } = request.body;
			reply.code(201);
			return recordExit(app.db, {
				...commandOf(request),
				memberId: request.params.id,
				wish,
				basis,
				heirs: heirs ?? [],
				expectedOn,
				invite: app.settings,
			});
		},
	);
	decisionRoutes(app);
	heirRoutes(app);
	ownExitRoutes(app);
}

function decisionRoutes(app: App): void {
	const decide = {
		config: { access: ['board'] as const, idempotent: true },
		params: IdParams,
		body: Strict({ resolution: ResolutionInput }),
		response: { 200: Type.Object({ exitId: Id }) },
	};
	app.post(
		'/api/exits/:id/withdrawal',
		{
			config: decide.config,
			schema: {
				...{
					operationId: 'withdrawExit',
					tags: ['shares'],
					summary: 'Consents that a notice is taken back before its end',
				},
				...{ params: decide.params, body: decide.body },
				response: {
					200: Type.Object({ exitId: Id, restored: Type.Integer({ description: 'notices that count again' }) }),
				},
			},
		},
		(request) => withdrawExit(app.db, { ...commandOf(request), exitId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/exits/:id/withdrawal/refusal',
		{
			config: decide.config,
			schema: {
				...{ operationId: 'declineWithdrawal', tags: ['shares'], summary: 'Does not consent: the notice stands' },
				...{ params: decide.params, body: decide.body, response: decide.response },
			},
		},
		(request) => declineWithdrawal(app.db, { ...commandOf(request), exitId: request.params.id, ...request.body }),
	);
	app.post(
		'/api/exits/dissolution',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'voidExitsByDissolution', tags: ['shares'] },
				summary: 'The cooperative is dissolved: exits of the six months before are void',
				body: Strict({ dissolvedOn: DayText, resolution: ResolutionInput }),
				response: { 200: Type.Object({ exits: Type.Integer() }) },
			},
		},
		(request) => voidExitsByDissolution(app.db, { ...commandOf(request), ...request.body }),
	);
}

/** How the program itself is named when it lets exits take effect. */
const turning = systemActor('shares.turn-of-day');

/**
 * Lets exits take effect before the first request of a day is answered, so that no figure depends on whether a job ran. Costs a
 * comparison for every other request.
 */
export function turnDays(app: App): void {
	let turned = '';
	let running: Promise<unknown> | undefined;
	(app as unknown as FastifyInstance).addHook('onRequest', async (request) => {
		const at = app.now();
		const today = dayOf(at);
		if (today === turned || !request.url.startsWith('/api/')) return;
		running ??= effectExits(app.db, { by: turning, at })
			.then(() => {
				turned = today;
			})
			// The request is answered all the same; the next one tries again, and so does the job.
			.catch((error: unknown) => request.log.error(error))
			.finally(() => {
				running = undefined;
			});
		await running;
	});
}
