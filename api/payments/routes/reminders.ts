// Reminders, resting claims and overpayments on the wire; and what waits at the payment desk.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import {
	Cents,
	DayText,
	Id,
	IdParams,
	Line,
	mayMiss,
	OneOf,
	OrNull,
	PositiveCents,
	Prose,
	Strict,
} from '../../http/schemas.ts';
import { ownMemberId } from '../../members/service/files.ts';
import { creditOverpayment, listOverpayments, readPaymentTasks } from '../service/overpaid.ts';
import { listReminderProposals, listReminders, sendReminders } from '../service/reminders.ts';
import { readReminderTerms, setReminderTerms } from '../service/reminderTerms.ts';
import { endPause, pauseClaim } from '../service/pauses.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const facts = (operationId: string, summary: string) => ({ operationId, tags: ['payments'], summary });
const step = {
	...{
		daysAfterDue: Type.Integer({ minimum: 1, maximum: 720 }),
		feeCents: Type.Integer({ minimum: 0, maximum: 10_000 }),
	},
	...{ payWithinDays: Type.Integer({ minimum: 1, maximum: 90 }), subject: Line(120, 3), text: Prose(3_000) },
};
const proposal = {
	...{ memberId: Id, number: Type.Integer(), name: Type.String(), step: Type.Integer(), claimCents: Cents },
	...{ feeCents: Cents, feesOwedCents: Cents, dueSince: DayText, payBy: DayText },
	...{ channel: OneOf(['mail', 'letter']), subject: Type.String(), letter: Type.String() },
};
const Reminders = Type.Array(
	Type.Object({
		...{ id: Id, memberId: Id, number: Type.Integer(), name: Type.String(), step: Type.Integer(), dueSince: DayText },
		...{ claimCents: Cents, feeCents: Cents, payBy: DayText, channel: OneOf(['mail', 'letter']) },
		...{ subject: Type.String(), letter: Type.String(), sentOn: DayText, address: Type.Array(Type.String()) },
	}),
);

/** /api/reminders, /api/reminder-terms, /api/claim-pauses, /api/overpayments, /api/payment-tasks. */
export function reminderRoutes(app: App): void {
	app.get(
		'/api/payment-tasks',
		{
			config: { access: staff },
			schema: {
				...facts('readPaymentTasks', 'What waits to be done about payments'),
				response: {
					...mayMiss,
					200: Type.Object({
						...{ statementsToImport: Type.Integer(), openLines: Type.Integer(), debitsToRelease: Type.Integer() },
						...{ payoutsToRelease: Type.Integer(), debitsOverdue: Type.Integer(), overdueMembers: Type.Integer() },
						...{ remindersDue: Type.Integer(), overpaidMembers: Type.Integer(), statementsUntil: OrNull(DayText) },
					}),
				},
			},
		},
		({ actor, at }) => readPaymentTasks(app.db, { by: actor, at }),
	);
	app.get(
		'/api/reminder-terms',
		{
			config: { access: staff },
			schema: {
				...facts('readReminderTerms', 'How the cooperative reminds, in three steps'),
				response: { 200: Type.Object({ version: Type.Integer(), steps: Type.Array(Type.Object(step)) }) },
			},
		},
		async ({ actor }) => {
			const { version, steps } = await readReminderTerms(app.db, { by: actor });
			return { version, steps: [...steps] };
		},
	);
	app.put(
		'/api/reminder-terms',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts('setReminderTerms', 'Sets how the cooperative reminds from now on'),
				body: Strict({
					version: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
					steps: Type.Array(Strict(step), { minItems: 3, maxItems: 3 }),
				}),
				response: { 200: Type.Object({ version: Type.Integer() }) },
			},
		},
		(request) => setReminderTerms(app.db, { ...commandOf(request), ...request.body }),
	);
	app.get(
		'/api/reminders/proposals',
		{
			config: { access: staff },
			schema: {
				...facts('listReminderProposals', 'Who is to be reminded today'),
				response: { ...mayMiss, 200: Type.Array(Type.Object(proposal)) },
			},
		},
		({ actor, at }) => listReminderProposals(app.db, { by: actor, at }),
	);
	app.get(
		'/api/reminders',
		{
			config: { access: staff },
			schema: {
				...facts('listReminders', 'Reminders that went out, newest first'),
				querystring: Strict({
					memberId: Type.Optional(Id),
					limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
				}),
				response: { 200: Reminders },
			},
		},
		({ actor, query }) => listReminders(app.db, { by: actor, ...query }),
	);
	app.post(
		'/api/reminders',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts('sendReminders', 'Sends the reminders proposed for the named members'),
				body: Strict({ memberIds: Type.Array(Id, { minItems: 1, maxItems: 500, uniqueItems: true }) }),
				response: { ...mayMiss, 201: Type.Object({ sent: Type.Integer(), letters: Type.Integer() }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return sendReminders(app.db, { ...commandOf(request), ...request.body });
		},
	);
	app.get(
		'/api/me/reminders',
		{
			config: { access: ['member'] },
			schema: {
				...facts('listOwnReminders', 'Reminders the member got'),
				response: { ...mayMiss, 200: Reminders },
			},
		},
		async ({ actor }) => listReminders(app.db, { by: actor, memberId: ownMemberId(actor) }),
	);
	pauseRoutes(app);
}

function pauseRoutes(app: App): void {
	app.post(
		'/api/claim-pauses',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts('pauseClaim', "Lets a member's claim rest: disputed, or put off until a day"),
				body: Strict({
					...{
						memberId: Id,
						kind: OneOf(['disputed', 'deferred']),
						until: Type.Optional(DayText),
						reason: Line(300, 3),
					},
				}),
				response: { ...mayMiss, 201: Type.Object({ pauseId: Id }) },
			},
		},
		async (request, reply) => {
			const { until = null, ...rest } = request.body;
			reply.code(201);
			return pauseClaim(app.db, { ...commandOf(request), ...rest, until });
		},
	);
	app.post(
		'/api/claim-pauses/:id/end',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts('endPause', 'Ends a pause'),
				...{ params: IdParams, response: { 200: Type.Object({ pauseId: Id }) } },
			},
		},
		(request) => endPause(app.db, { ...commandOf(request), pauseId: request.params.id }),
	);
	app.get(
		'/api/overpayments',
		{
			config: { access: staff },
			schema: {
				...facts('listOverpayments', 'Members who paid too much'),
				response: {
					200: Type.Array(
						Type.Object({
							...{ memberId: Id, number: Type.Integer(), name: Type.String(), overpaidCents: Cents },
							...{ underWayCents: Cents, roomCents: Cents },
						}),
					),
				},
			},
		},
		({ actor, at }) => listOverpayments(app.db, { by: actor, at }),
	);
	app.post(
		'/api/overpayments/credit',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...facts('creditOverpayment', "Puts an overpayment onto the member's shares, with the member's consent"),
				body: Strict({ memberId: Id, amountCents: PositiveCents, consentOn: DayText, consent: Line(200, 3) }),
				response: { ...mayMiss, 201: Type.Object({ entry: Type.Integer() }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return creditOverpayment(app.db, { ...commandOf(request), ...request.body });
		},
	);
}
