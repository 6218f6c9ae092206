// The audit log on the wire: read it, verify its chain.
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { Strict } from '../http/schemas.ts';
import { listAudit, verifyAuditChain } from './service.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;

/** GET /api/audit, GET /api/audit/chain. */
export function auditRoutes(app: App): void {
	app.get(
		'/api/audit',
		{
			config: { access: staff },
			schema: {
				operationId: 'listAudit',
				tags: ['audit'],
				summary: 'The newest entries of the audit log',
				querystring: Strict({
					before: Type.Optional(Type.Integer({ minimum: 1 })),
					action: Type.Optional(Type.String({ maxLength: 60 })),
					limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
				}),
				response: {
					200: Type.Array(Type.Object({ seq: Type.Integer(), content: Type.Unknown(), hash: Type.String() })),
				},
			},
		},
		({ actor, query }) =>
			listAudit(app.db, {
				by: actor,
				before: query.before,
				action: query.action,
				...(query.limit ? { limit: query.limit } : {}),
			}),
	);
	app.get(
		'/api/audit/chain',
		{
			config: { access: staff },
			schema: {
				operationId: 'verifyAuditChain',
				tags: ['audit'],
				summary: 'Recomputes the audit chain',
				response: {
					200: Type.Object({
						links: Type.Integer(),
						headHash: Type.String(),
						seals: Type.Integer(),
						broken: Type.Union([Type.Object({ seq: Type.Integer(), reason: Type.String() }), Type.Null()]),
					}),
				},
			},
		},
		({ actor }) => verifyAuditChain(app.db, { by: actor, keys: app.settings.keys }),
	);
}
