// Members on the wire: search, files, secrets with a purpose, and what a member sees of the own membership.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Cursor } from '../../http/cursor.ts';
import { DayText, Id, IdParams, Line, mayMiss, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { dayOf } from '../../values/calendar.ts';
import { readMailWishes, setMailWishes } from '../service/contact.ts';
import { changeMember, ownMemberId, readMember, revealSecrets } from '../service/files.ts';
import { listMembers, memberOrders } from '../service/search.ts';
import { representativeRoutes } from './representatives.ts';
import { AddressInput, Email, MemberFileShape, MemberLineShape, NameInput } from './shapes.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const page = {
	page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
	pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
};
const MemberListQuery = Strict({
	search: Type.Optional(Line(100, 0)),
	standing: Type.Optional(OneOf(['present', 'left', 'all'])),
	order: Type.Optional(OneOf(memberOrders)),
	descending: Type.Optional(Type.Boolean()),
	...{ after: Type.Optional(Cursor), before: Type.Optional(Cursor) },
	pageSize: page.pageSize,
});

const MailWishes = Strict({ 'round-news': Type.Boolean(), 'round-receipts': Type.Boolean() });

/** /api/members, /api/me/membership, /api/me/contact, /api/me/mail-wishes. */
export function memberRoutes(app: App): void {
	representativeRoutes(app);
	app.get(
		'/api/members',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'listMembers',
					tags: ['members'],
					summary: 'Members found by name, number, place, e-mail or end of an IBAN, part by part',
				},
				querystring: MemberListQuery,
				response: {
					200: Type.Object({
						...{ total: Type.Integer(), members: Type.Array(MemberLineShape) },
						next: OrNull(Type.String({ description: 'cursor for `after`' })),
						previous: OrNull(Type.String({ description: 'cursor for `before`' })),
						instead: Type.Array(Type.String(), { description: 'words looked for because nobody has those typed' }),
					}),
				},
			},
		},
		({ actor, at, query }) => listMembers(app.db, { by: actor, at, ...query }),
	);
	app.get(
		'/api/members/:id',
		{
			config: { access: staff },
			schema: {
				operationId: 'readMember',
				tags: ['members'],
				summary: "A member's file",
				params: IdParams,
				response: { 200: MemberFileShape },
			},
		},
		({ actor, params }) => readMember(app.db, { by: actor, memberId: params.id }),
	);
	app.patch(
		'/api/members/:id',
		{
			config: { access: ['board'] },
			schema: {
				...{
					operationId: 'changeMember',
					tags: ['members'],
					summary: "Changes a member's file; name and address enter the register",
					params: IdParams,
				},
				body: Strict({
					effectiveOn: DayText,
					basis: Line(300),
					changes: Strict({
						...{
							name: Type.Optional(NameInput),
							address: Type.Optional(AddressInput),
							representative: Type.Optional(Line(200)),
						},
						locale: Type.Optional(OneOf(['de', 'en'])),
						...{ email: Type.Optional(Email), phone: Type.Optional(Line(40)), accountHolder: Type.Optional(Line(140)) },
						...{ iban: Type.Optional(Line(50)), taxId: Type.Optional(Line(20)), birthDate: Type.Optional(DayText) },
					}),
				}),
				response: { 200: Type.Object({ memberId: Id }) },
			},
		},
		(request) =>
			changeMember(app.db, {
				...commandOf(request),
				keys: app.settings.keys,
				publicUrl: app.settings.publicUrl,
				memberId: request.params.id,
				...request.body,
			}),
	);
	app.post(
		'/api/members/:id/secrets',
		{
			config: { access: ['board'] },
			schema: {
				...{
					operationId: 'revealSecrets',
					tags: ['members'],
					summary: 'Shows IBAN, tax id and birth date in clear; the purpose is logged',
					params: IdParams,
				},
				body: Strict({ purpose: Line(300, 5) }),
				response: {
					200: Type.Object({
						...{
							iban: OrNull(Type.String()),
							accountHolder: OrNull(Type.String()),
							taxId: OrNull(Type.String()),
							birthDate: OrNull(DayText),
						},
					}),
				},
			},
		},
		(request) =>
			revealSecrets(app.db, {
				...commandOf(request),
				keys: app.settings.keys,
				memberId: request.params.id,
				...request.body,
			}),
	);
	app.get(
		'/api/me/mail-wishes',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'readMailWishes', tags: ['members'], summary: 'Which optional mails one gets' },
				response: { ...mayMiss, 200: MailWishes },
			},
		},
		({ actor }) => readMailWishes(app.db, { by: actor }),
	);
	app.put(
		'/api/me/mail-wishes',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'setMailWishes', tags: ['members'], summary: 'Sets which optional mails one gets' },
				...{ body: MailWishes, response: { ...mayMiss, 200: MailWishes } },
			},
		},
		(request) => setMailWishes(app.db, { ...commandOf(request), wishes: request.body }),
	);
	app.get(
		'/api/me/membership',
		{
			config: { access: ['member'] },
			schema: {
				operationId: 'readOwnMembership',
				tags: ['members'],
				summary: 'The own file',
				response: { ...mayMiss, 200: MemberFileShape },
			},
		},
		async ({ actor }) => readMember(app.db, { by: actor, memberId: ownMemberId(actor) }),
	);
	app.patch(
		'/api/me/contact',
		{
			config: { access: ['member'] },
			schema: {
				...{
					operationId: 'changeOwnContact',
					tags: ['members'],
					summary: 'Changes the own address, e-mail or phone from today on',
				},
				body: Strict({
					address: Type.Optional(AddressInput),
					email: Type.Optional(Email),
					phone: Type.Optional(Line(40)),
				}),
				response: { ...mayMiss, 200: Type.Object({ memberId: Id }) },
			},
		},
		async (request) =>
			changeMember(app.db, {
				...{
					...commandOf(request),
					keys: app.settings.keys,
					memberId: ownMemberId(request.actor),
					effectiveOn: dayOf(request.at),
				},
				...{ changes: request.body, basis: 'Mitteilung des Mitglieds im Portal' },
			}),
	);
}
