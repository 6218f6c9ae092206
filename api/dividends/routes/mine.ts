// Members' own dividends and exemption order on the wire.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Strict } from '../../http/schemas.ts';
import { ownMemberId } from '../../members/service/files.ts';
import { endExemptionOrder, readExemptionOrder, setExemptionOrder } from '../service/exemptions.ts';
import { listMyDividends, readMyDividend } from '../service/mine.ts';
import { EndBody, Exemption, ExemptionBody, OrderReply, orMissing, Statement, summaryFields, Year } from './shapes.ts';

const tags = ['dividends'];

/** /api/me/dividends, /api/me/exemption-order: the member's own. Refusals for accounts without membership: members.no-membership. */
export function myDividendRoutes(app: App): void {
	app.get(
		'/api/me/dividends',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'listMyDividends', tags, summary: 'My dividends, newest first' },
				response: { 200: Type.Array(Type.Object(summaryFields)), ...orMissing },
			},
		},
		({ actor }) => listMyDividends(app.db, { by: actor }),
	);
	app.get(
		'/api/me/dividends/:year',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'readMyDividend', tags, summary: 'My dividend of a year, explained' },
				params: Strict({ year: Year }),
				response: { 200: Statement },
			},
		},
		({ actor, params }) => readMyDividend(app.db, { by: actor, year: params.year }),
	);
	app.get(
		'/api/me/exemption-order',
		{
			config: { access: ['member'] },
			schema: {
				...{ operationId: 'readMyExemptionOrder', tags, summary: 'My exemption order and its use this year' },
				response: { 200: Exemption, ...orMissing },
			},
		},
		({ actor, at }) => readExemptionOrder(app.db, { by: actor, at, memberId: ownMemberId(actor) }),
	);
	app.put(
		'/api/me/exemption-order',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{ operationId: 'setMyExemptionOrder', tags, summary: 'Gives or replaces my exemption order' },
				body: ExemptionBody,
				response: { 200: OrderReply, ...orMissing },
			},
		},
		(request) =>
			setExemptionOrder(app.db, {
				...commandOf(request),
				...request.body,
				keys: app.settings.keys,
				memberId: ownMemberId(request.actor),
			}),
	);
	app.post(
		'/api/me/exemption-order/end',
		{
			config: { access: ['member'], idempotent: true },
			schema: {
				...{ operationId: 'endMyExemptionOrder', tags, summary: 'Ends my exemption order' },
				body: EndBody,
				response: { 200: OrderReply, ...orMissing },
			},
		},
		(request) =>
			endExemptionOrder(app.db, {
				...commandOf(request),
				...request.body,
				keys: app.settings.keys,
				memberId: ownMemberId(request.actor),
			}),
	);
}
