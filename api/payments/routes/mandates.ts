// Mandates and payment plans on the wire: what is due, how to pay it, and the account it may be collected from.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Cents, DayText, Id, IdParams, Line, mayMiss, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { ownMemberId } from '../../members/service/files.ts';
import { mandateKinds } from '../rules/mandate.ts';
import { claimChoice } from './choices.ts';
import { changeOwnAccount, giveMandate, recordMandate, revokeMandate } from '../service/mandates.ts';
import { listMandates, previewMandate } from '../service/mandateViews.ts';
import { listClaims, readPaymentPlan } from '../service/plans.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const page = {
	page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
	pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
};
const mandate = {
	...{ id: Id, memberId: Id, reference: Type.String(), kind: OneOf(mandateKinds), channel: OneOf(['portal', 'paper']) },
	...{ debtorName: Type.String(), address: Type.String(), ibanMasked: Type.String() },
	...{ signedOn: DayText, signedPlace: Type.String(), authorisation: Type.String(), noticeDays: Type.Integer() },
	...{ lastUsedOn: OrNull(DayText), usableUntil: DayText, endedOn: OrNull(DayText) },
	state: OneOf(['standing', 'lapsed', 'revoked', 'replaced', 'used', 'left']),
	...{ number: Type.Integer(), name: Type.String() },
};
const Pause = OrNull(
	Type.Object({ pauseId: Id, kind: OneOf(['disputed', 'deferred']), until: OrNull(DayText), reason: Type.String() }),
);
const PaymentPlan = Type.Object({
	...{ memberId: Id, number: Type.Integer() },
	plan: Type.Array(
		Type.Object({
			...{ dueOn: DayText, amountCents: Cents, paidCents: Cents, openCents: Cents },
			...{ state: OneOf(['paid', 'overdue', 'upcoming', 'barred']), enforceableUntil: DayText },
		}),
	),
	...{ openCents: Cents, dueSince: OrNull(DayText), feesCents: Cents, overpaidCents: Cents, pause: Pause },
	announced: Type.Array(Type.Object({ collectionOn: DayText, amountCents: Cents })),
	transfer: OrNull(
		Type.Object({
			...{ name: Type.String(), iban: Type.String(), reference: Type.String(), purpose: Type.String() },
			...{ amountCents: Cents, giroCode: Type.String() },
		}),
	),
});
const account = {
	...{ debtorName: Line(70, 2), street: Line(70, 1), postcode: Line(16, 1), town: Line(35, 1) },
	...{ country: Type.String({ pattern: '^[A-Z]{2}$', maxLength: 2 }), iban: Line(50, 10) },
};
const Given = Type.Object({ mandateId: Id, reference: Type.String() });

/** /api/mandates, /api/members/:id/payment-plan, /api/claims, /api/me/mandates, /api/me/payment-plan, /api/me/bank-account. */
export function mandateRoutes(app: App): void {
	app.get(
		'/api/claims',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listClaims', tags: ['payments'], summary: 'Who owes what is due, the oldest first' },
				querystring: Strict({ ...page, ...claimChoice }),
				response: {
					200: Type.Object({
						...{ total: Type.Integer(), sumCents: Cents },
						claims: Type.Array(
							Type.Object({
								...{ memberId: Id, number: Type.Integer(), name: Type.String(), openCents: Cents, dueSince: DayText },
								...{ enforceableUntil: DayText, feesCents: Cents, underWayCents: Cents, mandate: Type.Boolean() },
								...{ reminded: Type.Integer(), remindedOn: OrNull(DayText), pause: Pause },
							}),
						),
					}),
				},
			},
		},
		({ actor, at, query }) => listClaims(app.db, { by: actor, at, ...query }),
	);
	app.get(
		'/api/members/:id/payment-plan',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'readPaymentPlan', tags: ['payments'], summary: "A member's plan: due, paid, open" },
				...{ params: IdParams, response: { 200: PaymentPlan } },
			},
		},
		({ actor, at, params }) => readPaymentPlan(app.db, { by: actor, at, memberId: params.id }),
	);
	app.get(
		'/api/me/payment-plan',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'readOwnPaymentPlan', tags: ['payments'], summary: 'The own plan, and how to pay' },
				response: { ...mayMiss, 200: PaymentPlan },
			},
		},
		async ({ actor, at }) => readPaymentPlan(app.db, { by: actor, at, memberId: ownMemberId(actor) }),
	);
	app.get(
		'/api/mandates',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listMandates', tags: ['payments'], summary: 'Mandates, newest first, ended ones too' },
				querystring: Strict({ memberId: Type.Optional(Id) }),
				response: { 200: Type.Array(Type.Object(mandate)) },
			},
		},
		({ actor, at, query }) => listMandates(app.db, { by: actor, at, ...query }),
	);
	app.post(
		'/api/mandates',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'recordMandate', tags: ['payments'], summary: 'Records a mandate that was signed on paper' },
				body: Strict({
					...{ memberId: Id, kind: OneOf(mandateKinds), account: Strict(account), reference: Type.Optional(Line(35)) },
					...{ signedOn: DayText, signedPlace: Line(70), noticeDays: Type.Integer({ minimum: 1, maximum: 14 }) },
				}),
				response: { ...mayMiss, 201: Given },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return recordMandate(app.db, { ...commandOf(request), keys: app.settings.keys, giving: request.body });
		},
	);
	app.post(
		'/api/members/:id/mandate-revocation',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'revokeMandate', tags: ['payments'], summary: "Ends a member's standing mandate" },
				...{ params: IdParams, response: { 200: Type.Object({ reference: Type.String() }) } },
			},
		},
		(request) => revokeMandate(app.db, { ...commandOf(request), memberId: request.params.id }),
	);
	ownMandateRoutes(app);
}

function ownMandateRoutes(app: App): void {
	app.get(
		'/api/me/mandates',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'listOwnMandates', tags: ['payments'], summary: 'The own mandates, newest first' },
				response: { ...mayMiss, 200: Type.Array(Type.Object(mandate)) },
			},
		},
		async ({ actor, at }) => listMandates(app.db, { by: actor, at, memberId: ownMemberId(actor) }),
	);
	app.get(
		'/api/me/mandates/draft',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'previewMandate', tags: ['payments'], summary: 'What a new mandate would say' },
				querystring: Strict({ kind: OneOf(mandateKinds), shortNotice: Type.Boolean() }),
				response: { ...mayMiss, 200: OrNull(Type.Object({ authorisation: Type.String(), reference: Type.String() })) },
			},
		},
		async ({ actor, query }) => previewMandate(app.db, { by: actor, memberId: ownMemberId(actor), ...query }),
	);
	app.post(
		'/api/me/mandates',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{ operationId: 'giveMandate', tags: ['payments'], summary: 'Gives a mandate; one that stood is replaced' },
				body: Strict({
					...{ kind: OneOf(mandateKinds), reference: Line(35), account: Strict(account), signedPlace: Line(70) },
					...{ shortNotice: Type.Boolean(), consent: Type.Boolean(), payTo: Type.Boolean() },
				}),
				response: { ...mayMiss, 201: Given },
			},
		},
		async (request, reply) => {
			reply.code(201);
			const { keys, publicUrl } = app.settings;
			return giveMandate(app.db, { ...commandOf(request), keys, publicUrl, ...request.body });
		},
	);
	app.post(
		'/api/me/mandates/revocation',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{ operationId: 'revokeOwnMandate', tags: ['payments'], summary: 'Revokes the own mandate' },
				response: { ...mayMiss, 200: Type.Object({ reference: Type.String() }) },
			},
		},
		async (request) => revokeMandate(app.db, { ...commandOf(request), memberId: ownMemberId(request.actor) }),
	);
	app.put(
		'/api/me/bank-account',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{ operationId: 'changeOwnAccount', tags: ['payments'], summary: 'The account dividends and refunds go to' },
				body: Strict({ iban: Line(50, 10), holder: Line(70, 2) }),
				response: { ...mayMiss, 200: Type.Object({ ibanMasked: Type.String() }) },
			},
		},
		(request) => {
			const { keys, publicUrl } = app.settings;
			return changeOwnAccount(app.db, { ...commandOf(request), keys, publicUrl, ...request.body });
		},
	);
}
