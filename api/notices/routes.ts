// The outbox on the wire: whether mail gets out.
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { countNotices } from './service.ts';

/** GET /api/notices/counts. */
export function noticesRoutes(app: App): void {
	app.get(
		'/api/notices/counts',
		{
			config: { access: ['board', 'auditor'] },
			schema: {
				operationId: 'countNotices',
				tags: ['notices'],
				summary: 'How many mails wait, were sent and failed',
				response: { 200: Type.Object({ waiting: Type.Integer(), sent: Type.Integer(), failed: Type.Integer() }) },
			},
		},
		({ actor }) => countNotices(app.db, { by: actor }),
	);
}
