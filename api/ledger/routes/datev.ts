// Handing over to the tax adviser on the wire: settings, preview, files.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Cents, DayText, Id, IdParams, InstantText, mayMiss, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { charts } from '../service/chart.ts';
import { exportDatev, listDatevExports, previewDatev, readDatevFile } from '../service/datev/exports.ts';
import { readDatevSettings, setDatevSettings } from '../service/datev/settings.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const settings = {
	consultant: Type.Integer({ minimum: 1001, maximum: 9_999_999 }),
	client: Type.Integer({ minimum: 1, maximum: 99_999 }),
	chart: OneOf(charts),
	accountLength: Type.Integer({ minimum: 4, maximum: 8 }),
	clearingAccount: Type.String({ pattern: '^[0-9]{3,8}$', maxLength: 8 }),
};
const period = { from: DayText, to: DayText, onlyNew: Type.Boolean() };
const counts = { entries: Type.Integer(), rows: Type.Integer(), sumCents: Cents, locked: Type.Boolean() };

/** /api/ledger/datev. */
export function datevRoutes(app: App): void {
	app.get(
		'/api/ledger/datev/settings',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'readDatevSettings',
					tags: ['ledger'],
					summary: "The tax adviser's numbers, if they were said",
				},
				response: { 200: Type.Object({ settings: OrNull(Type.Object(settings)) }) },
			},
		},
		async ({ actor }) => ({ settings: await readDatevSettings(app.db, { by: actor }) }),
	);
	app.put(
		'/api/ledger/datev/settings',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'setDatevSettings', tags: ['ledger'], summary: "Says the tax adviser's numbers" },
				body: Strict(settings),
				response: { 200: Type.Object(settings) },
			},
		},
		(request) => setDatevSettings(app.db, { ...commandOf(request), settings: request.body }),
	);
	app.get(
		'/api/ledger/datev/preview',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'previewDatev', tags: ['ledger'], summary: 'What a file of these days would hold' },
				querystring: Strict(period),
				response: {
					200: Type.Object({
						...counts,
						former: OrNull(Type.Object({ id: Id, from: DayText, to: DayText, createdAt: InstantText })),
						...{ late: Type.Integer(), again: Type.Integer() },
					}),
				},
			},
		},
		({ actor, at, query }) => previewDatev(app.db, { by: actor, at, ...query }),
	);
	app.get(
		'/api/ledger/datev/exports',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listDatevExports', tags: ['ledger'], summary: 'The files handed over, newest first' },
				response: {
					200: Type.Array(
						Type.Object({
							...{ id: Id, ...period, ...counts, throughEntry: Type.Integer(), fileName: Type.String() },
							...{ sha256: Type.String(), createdAt: InstantText, createdBy: OrNull(Id), late: Type.Integer() },
						}),
					),
				},
			},
		},
		({ actor }) => listDatevExports(app.db, { by: actor }),
	);
	app.post(
		'/api/ledger/datev/exports',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'exportDatev', tags: ['ledger'], summary: 'Makes the file of a period and keeps it' },
				body: Strict(period),
				response: {
					201: Type.Object({ id: Id, fileName: Type.String(), sha256: Type.String(), rows: Type.Integer() }),
					...mayMiss,
				},
			},
		},
		async (request, reply) => {
			reply.code(201);
			return exportDatev(app.db, { ...commandOf(request), ...request.body });
		},
	);
	app.get(
		'/api/ledger/datev/exports/:id/file',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'readDatevFile', tags: ['ledger'], summary: 'The bytes of a file', params: IdParams },
				response: {
					200: Type.Object({ fileName: Type.String(), sha256: Type.String(), contentBase64: Type.String() }),
				},
			},
		},
		({ actor, params }) => readDatevFile(app.db, { by: actor, exportId: params.id }),
	);
}
