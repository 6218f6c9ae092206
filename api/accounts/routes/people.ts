// Accounts on the wire, as the board manages them, and the tokens of devices.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Id, IdParams, InstantText, Line, Strict } from '../../http/schemas.ts';
import { type Role, staffRoles } from '../../values/actor.ts';
import { type DeviceScope, deviceScopes, deviceTokenDays } from '../rules.ts';
import { createDeviceToken, listDeviceTokens, revokeDeviceToken } from '../service/devices.ts';
import { disablePerson, inviteAgain, invitePerson, listPeople, readPerson, setStaffRoles } from '../service/people.ts';
import { resetSecondFactor } from '../service/secondFactor.ts';
import { Email, LocaleName, RoleName } from './session.ts';

const readers = ['board', 'supervisory', 'auditor'] as const;
const StaffRole = Type.Unsafe<Role>({ type: 'string', enum: [...staffRoles] });
const StaffRoles = Type.Array(StaffRole, { uniqueItems: true, maxItems: staffRoles.length });
const PersonView = Type.Object({
	id: Id,
	email: Type.String(),
	emailConfirmed: Type.Boolean(),
	name: Type.String(),
	locale: LocaleName,
	roles: Type.Array(RoleName),
	memberId: Type.Union([Id, Type.Null()]),
	active: Type.Boolean({ description: 'a password was chosen' }),
	secondFactor: Type.Boolean(),
	createdAt: InstantText,
	disabledAt: Type.Union([InstantText, Type.Null()]),
});

/** /api/people. */
export function peopleRoutes(app: App): void {
	const { keys, publicUrl } = app.settings;

	app.get(
		'/api/people',
		{
			config: { access: readers },
			schema: {
				operationId: 'listPeople',
				tags: ['accounts'],
				summary: 'Accounts by name',
				querystring: Strict({
					search: Type.Optional(Line(100)),
					role: Type.Optional(RoleName),
					limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
					offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
				}),
				response: { 200: Type.Object({ total: Type.Integer(), people: Type.Array(PersonView) }) },
			},
		},
		({ actor, query }) => listPeople(app.db, { by: actor, ...query }),
	);

	app.post(
		'/api/people',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'invitePerson',
				tags: ['accounts'],
				summary: 'Makes an account for a colleague and sends the invitation; members get theirs with their admission',
				body: Strict({
					email: Email,
					name: Line(200),
					locale: LocaleName,
					roles: Type.Array(StaffRole, { minItems: 1, maxItems: staffRoles.length, uniqueItems: true }),
				}),
				response: { 201: Type.Object({ id: Id }) },
			},
		},
		async (request, reply) =>
			reply.code(201).send(await invitePerson(app.db, { ...commandOf(request), keys, publicUrl, ...request.body })),
	);

	app.get(
		'/api/people/:id',
		{
			config: { access: readers },
			schema: {
				operationId: 'readPerson',
				tags: ['accounts'],
				summary: 'One account',
				params: IdParams,
				response: { 200: PersonView },
			},
		},
		({ actor, params }) => readPerson(app.db, { by: actor, id: params.id }),
	);

	app.post(
		'/api/people/:id/invitation',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'inviteAgain',
				tags: ['accounts'],
				summary: 'Sends the invitation once more',
				params: IdParams,
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			await inviteAgain(app.db, { ...commandOf(request), keys, publicUrl, id: request.params.id });
			return reply.code(204).send(null);
		},
	);

	app.put(
		'/api/people/:id/roles',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'setStaffRoles',
				tags: ['accounts'],
				summary: 'Sets the staff roles of another account; its sessions end',
				params: IdParams,
				body: Strict({ roles: StaffRoles }),
				response: { 200: Type.Object({ roles: Type.Array(RoleName) }) },
			},
		},
		(request) => setStaffRoles(app.db, { ...commandOf(request), id: request.params.id, roles: request.body.roles }),
	);

	app.put(
		'/api/people/:id/disabled',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'disablePerson',
				tags: ['accounts'],
				summary: 'Disables another account (its sessions end) or enables it again',
				params: IdParams,
				body: Strict({ disabled: Type.Boolean() }),
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			await disablePerson(app.db, { ...commandOf(request), id: request.params.id, disabled: request.body.disabled });
			return reply.code(204).send(null);
		},
	);

	app.delete(
		'/api/people/:id/second-factor',
		{
			config: { access: ['board'] },
			schema: {
				operationId: 'resetSecondFactor',
				tags: ['accounts'],
				summary: 'Takes a lost second factor off another account',
				params: IdParams,
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			await resetSecondFactor(app.db, { ...commandOf(request), id: request.params.id });
			return reply.code(204).send(null);
		},
	);
}

/** /api/device-tokens. */
export function deviceTokenRoutes(app: App): void {
	app.get(
		'/api/device-tokens',
		{
			config: { access: ['board', 'operator', 'auditor'] },
			schema: {
				operationId: 'listDeviceTokens',
				tags: ['accounts'],
				summary: 'API tokens of devices',
				response: {
					200: Type.Array(
						Type.Object({
							id: Id,
							name: Type.String(),
							prefix: Type.String(),
							scopes: Type.Array(Type.String()),
							createdAt: InstantText,
							expiresAt: InstantText,
							usedAt: Type.Union([InstantText, Type.Null()]),
							revokedAt: Type.Union([InstantText, Type.Null()]),
						}),
					),
				},
			},
		},
		({ actor }) => listDeviceTokens(app.db, { by: actor }),
	);

	app.post(
		'/api/device-tokens',
		{
			config: { access: ['board', 'operator'] },
			schema: {
				operationId: 'createDeviceToken',
				tags: ['accounts'],
				summary: 'Makes a token for a device, shown this once',
				body: Strict({
					name: Line(100),
					scopes: Type.Array(Type.Unsafe<DeviceScope>({ type: 'string', enum: [...deviceScopes] }), {
						minItems: 1,
						maxItems: deviceScopes.length,
						uniqueItems: true,
					}),
					days: Type.Unsafe<(typeof deviceTokenDays)[number]>({ type: 'integer', enum: [...deviceTokenDays] }),
				}),
				response: { 201: Type.Object({ id: Id, token: Type.String(), expiresAt: InstantText }) },
			},
		},
		async (request, reply) =>
			reply.code(201).send(await createDeviceToken(app.db, { ...commandOf(request), ...request.body })),
	);

	app.delete(
		'/api/device-tokens/:id',
		{
			config: { access: ['board', 'operator'] },
			schema: {
				operationId: 'revokeDeviceToken',
				tags: ['accounts'],
				summary: "Ends a device's token",
				params: IdParams,
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			await revokeDeviceToken(app.db, { ...commandOf(request), id: request.params.id });
			return reply.code(204).send(null);
		},
	);
}
