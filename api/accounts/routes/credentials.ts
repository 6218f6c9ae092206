// Passwords, addresses and second factors on the wire.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Line, Problem, ref, Strict } from '../../http/schemas.ts';
import { confirmEmail, requestEmailConfirmation } from '../service/links.ts';
import { changePassword, requestPasswordReset, resetPassword } from '../service/passwords.ts';
import {
	confirmTotp,
	countRecoveryCodes,
	disableTotp,
	renewRecoveryCodes,
	startTotp,
} from '../service/secondFactor.ts';
import { Code, Email, LocaleName, Password } from './session.ts';

const RecoveryCodes = Type.Object({ recoveryCodes: Type.Array(Type.String(), { description: 'shown this once' }) });
const LinkToken = Line(100, 10);

/** /api/password, /api/email, /api/second-factor. */
export function credentialRoutes(app: App): void {
	const { keys, mailFrom, publicUrl } = app.settings;

	app.put(
		'/api/password',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'changePassword',
				tags: ['accounts'],
				summary: "Changes one's own password; all other sessions end",
				body: Strict({ current: Password, password: Password }),
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			await changePassword(app.db, { ...commandOf(request), keys, mailFrom, publicUrl, ...request.body });
			return reply.code(204).send(null);
		},
	);

	app.post(
		'/api/password/requests',
		{
			config: { access: 'public' },
			schema: {
				operationId: 'requestPasswordReset',
				tags: ['accounts'],
				summary: 'Asks for a link to set a new password; the answer is the same whether the address is known or not',
				body: Strict({ email: Email, locale: Type.Optional(LocaleName) }),
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			const { email, locale = 'de' } = request.body;
			await requestPasswordReset(app.db, { at: request.at, keys, publicUrl, email, locale, address: request.ip });
			return reply.code(204).send(null);
		},
	);

	app.post(
		'/api/password/resets',
		{
			config: { access: 'public' },
			schema: {
				operationId: 'resetPassword',
				tags: ['accounts'],
				summary: 'Sets a password by the link of a reset or an invitation',
				body: Strict({ token: LinkToken, password: Password }),
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			await resetPassword(app.db, { at: request.at, keys, mailFrom, publicUrl, ...request.body, address: request.ip });
			return reply.code(204).send(null);
		},
	);

	app.post(
		'/api/email/requests',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'requestEmailConfirmation',
				tags: ['accounts'],
				summary: "Sends a link that confirms one's address, or a new one that then takes its place",
				body: Strict({ email: Type.Optional(Email) }),
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			await requestEmailConfirmation(app.db, { ...commandOf(request), keys, publicUrl, email: request.body.email });
			return reply.code(204).send(null);
		},
	);

	app.post(
		'/api/email/confirmations',
		{
			config: { access: 'public' },
			schema: {
				operationId: 'confirmEmail',
				tags: ['accounts'],
				summary: 'Confirms an address by the link sent to it',
				body: Strict({ token: LinkToken }),
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			await confirmEmail(app.db, { at: request.at, token: request.body.token });
			return reply.code(204).send(null);
		},
	);

	app.post(
		'/api/second-factor',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'startTotp',
				tags: ['accounts'],
				summary: 'Begins the enrolment of an authenticator app',
				response: { 200: Type.Object({ secret: Type.String(), otpauthUrl: Type.String() }) },
			},
		},
		(request) => startTotp(app.db, { ...commandOf(request), keys }),
	);

	app.post(
		'/api/second-factor/confirmation',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'confirmTotp',
				tags: ['accounts'],
				summary: 'Confirms the app with its first code; answers ten recovery codes',
				body: Strict({ code: Code }),
				response: { 200: RecoveryCodes, 401: ref(Problem) },
			},
		},
		(request) => confirmTotp(app.db, { ...commandOf(request), keys, code: request.body.code }),
	);

	app.delete(
		'/api/second-factor',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'disableTotp',
				tags: ['accounts'],
				summary: "Removes one's own second factor; not for staff",
				response: { 204: Type.Null() },
			},
		},
		async (request, reply) => {
			await disableTotp(app.db, commandOf(request));
			return reply.code(204).send(null);
		},
	);

	app.get(
		'/api/second-factor/recovery-codes',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'countRecoveryCodes',
				tags: ['accounts'],
				summary: 'How many unused recovery codes are left',
				response: { 200: Type.Object({ left: Type.Integer() }) },
			},
		},
		async ({ actor }) => ({ left: await countRecoveryCodes(app.db, { by: actor }) }),
	);

	app.post(
		'/api/second-factor/recovery-codes',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'renewRecoveryCodes',
				tags: ['accounts'],
				summary: 'Replaces the recovery codes by ten new ones',
				response: { 200: RecoveryCodes },
			},
		},
		(request) => renewRecoveryCodes(app.db, { ...commandOf(request), keys }),
	);
}
