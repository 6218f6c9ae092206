// The chart of accounts on the wire: names, new accounts, the tax adviser's numbers.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Line, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { addAccount, charts, mapAccount, readChart, renameAccount } from '../service/chart.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const kinds = ['asset', 'equity', 'liability', 'income', 'expense', 'memo'] as const;
const Account = Type.String({ pattern: '^[0-9]{4,8}$', maxLength: 8 });
const NumberParams = Strict({ number: Account });
const Done = Type.Object({ number: Type.String() });

/** /api/ledger/chart. */
export function chartRoutes(app: App): void {
	app.get(
		'/api/ledger/chart',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'readChart',
					tags: ['ledger'],
					summary: "The chart of accounts with the tax adviser's numbers",
				},
				response: {
					200: Type.Array(
						Type.Object({
							...{ number: Type.String(), nameDe: Type.String(), nameEn: Type.String() },
							...{ kind: OneOf(kinds), perMember: Type.Boolean() },
							datev: Type.Array(
								Type.Object({ chart: OneOf(charts), account: Type.String(), taxKey: OrNull(Type.String()) }),
							),
						}),
					),
				},
			},
		},
		({ actor }) => readChart(app.db, { by: actor }),
	);
	app.post(
		'/api/ledger/chart',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'addAccount', tags: ['ledger'], summary: 'Adds an account for entries by hand' },
				body: Strict({ number: Account, nameDe: Line(100), nameEn: Line(100), kind: OneOf(kinds) }),
				response: { 201: Done },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return addAccount(app.db, { ...commandOf(request), ...request.body });
		},
	);
	app.put(
		'/api/ledger/chart/:number',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'renameAccount', tags: ['ledger'], summary: 'Renames an account', params: NumberParams },
				body: Strict({ nameDe: Line(100), nameEn: Line(100) }),
				response: { 200: Done },
			},
		},
		(request) => renameAccount(app.db, { ...commandOf(request), number: request.params.number, ...request.body }),
	);
	app.put(
		'/api/ledger/chart/:number/datev',
		{
			config: { access: ['board'] },
			schema: {
				...{
					operationId: 'mapAccount',
					tags: ['ledger'],
					summary: "Says an account's number in one of the adviser's charts; left out: it is not handed over",
					params: NumberParams,
				},
				body: Strict({
					chart: OneOf(charts),
					datevAccount: Type.Optional(Type.String({ pattern: '^[0-9]{3,8}$', maxLength: 8 })),
					taxKey: Type.Optional(Type.String({ pattern: '^[0-9]{1,4}$', maxLength: 4 })),
				}),
				response: { 200: Done },
			},
		},
		(request) => {
			const { chart, datevAccount = null, taxKey = null } = request.body;
			const { number } = request.params;
			return mapAccount(app.db, { ...commandOf(request), number, chart, datevAccount, taxKey });
		},
	);
}
