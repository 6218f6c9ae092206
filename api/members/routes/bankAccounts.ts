// Changes of payout accounts on the wire: what is held, confirmed, refused, stopped.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Id, IdParams, InstantText, Line, mayMiss, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { accountChangeStates } from '../rules/account.ts';
import {
	confirmAccount,
	listAccountChanges,
	listHeldAccounts,
	refuseAccount,
	stopAccountChange,
	withdrawAccountChange,
} from '../service/accountChanges.ts';
import { ownMemberId } from '../service/files.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const Origin = OneOf(['member', 'board']);
const Changes = Type.Array(
	Type.Object({
		...{ id: Id, memberId: Id, number: Type.Integer(), name: Type.String(), state: OneOf(accountChangeStates) },
		...{ recordedAt: InstantText, origin: Origin, changedByName: Type.String(), ibanMasked: Type.String() },
		...{ accountHolder: OrNull(Type.String()), previousMasked: OrNull(Type.String()), heldUntil: OrNull(InstantText) },
		...{ decidedAt: OrNull(InstantText), reason: OrNull(Type.String()) },
		can: Type.Object({ confirm: Type.Boolean(), refuse: Type.Boolean() }),
	}),
);
const Changed = Type.Object({ changeId: Id });

/** /api/account-changes, /api/members/:id/account-changes, /api/me/account-changes. */
export function bankAccountRoutes(app: App): void {
	app.get(
		'/api/account-changes',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listHeldAccounts', tags: ['members'], summary: 'Payout accounts that are new and held' },
				response: { 200: Changes },
			},
		},
		({ actor, at }) => listHeldAccounts(app.db, { by: actor, at }),
	);
	app.get(
		'/api/members/:id/account-changes',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listAccountChanges', tags: ['members'], summary: "Changes of a member's payout account" },
				...{ params: IdParams, response: { 200: Changes } },
			},
		},
		({ actor, at, params }) => listAccountChanges(app.db, { by: actor, at, memberId: params.id }),
	);
	app.post(
		'/api/account-changes/:id/confirmation',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'confirmAccount', tags: ['members'], summary: 'The second person lets a new account stand' },
				...{ params: IdParams, response: { 200: Changed } },
			},
		},
		(request) => confirmAccount(app.db, { ...commandOf(request), changeId: request.params.id }),
	);
	app.post(
		'/api/account-changes/:id/refusal',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'refuseAccount', tags: ['members'], summary: 'The account before a new one comes back' },
				...{ params: IdParams, body: Strict({ reason: Line(300, 3) }), response: { 200: Changed } },
			},
		},
		(request) => refuseAccount(app.db, { ...commandOf(request), changeId: request.params.id, ...request.body }),
	);
	app.get(
		'/api/me/account-changes',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'listOwnAccountChanges', tags: ['members'], summary: 'Changes of the own payout account' },
				response: { ...mayMiss, 200: Changes },
			},
		},
		async ({ actor, at }) => listAccountChanges(app.db, { by: actor, at, memberId: ownMemberId(actor) }),
	);
	app.post(
		'/api/me/account-changes/withdrawal',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{ operationId: 'withdrawAccountChange', tags: ['members'], summary: 'Takes the held change back' },
				response: { ...mayMiss, 200: Changed },
			},
		},
		(request) => withdrawAccountChange(app.db, commandOf(request)),
	);
	app.post(
		'/api/account-changes/stop',
		{
			config: { access: 'public' },
			schema: {
				...{ operationId: 'stopAccountChange', tags: ['members'], summary: 'Stops a change by the link of its mail' },
				body: Strict({ token: Line(100) }),
				response: { ...mayMiss, 200: Type.Object({ origin: Origin }) },
			},
		},
		({ at, body }) => stopAccountChange(app.db, { at, token: body.token }),
	);
}
