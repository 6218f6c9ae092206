// The API describes itself: OpenAPI 3.1 at /api/openapi.json, made from the routes' schemas.
import swagger from '@fastify/swagger';
import type { App } from '../app.ts';

/** Collects the description from the routes registered after this call and serves it to anybody signed in. */
export async function describeApi(app: App): Promise<void> {
	await app.register(swagger, {
		openapi: {
			openapi: '3.1.0',
			info: {
				title: 'Gemeinwatt',
				description: "The API of a citizens' energy cooperative. Replies other than 2xx are problem+json with a code.",
				version: '1',
				license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
			},
			components: {
				securitySchemes: {
					session: {
						type: 'apiKey',
						in: 'cookie',
						name: 'gw_access',
						description: 'access token of a signed-in person',
					},
					bearer: { type: 'http', scheme: 'bearer', description: 'the same access token, or the token of a device' },
				},
			},
		},
		refResolver: {
			buildLocalReference: (json, _base, _fragment, i) => (typeof json.$id === 'string' ? json.$id : `def-${i}`),
		},
	});
	app.get('/api/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async () => app.swagger());
}
