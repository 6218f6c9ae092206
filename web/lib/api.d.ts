// Placeholder until the types are generated from the API's own description.
import type { Person, Role } from './session.ts';

export interface paths {
	'/api/session': {
		get: {
			responses: {
				200: {
					headers: Record<string, unknown>;
					content: { 'application/json': { person: Person; roles: Role[]; secondFactorNeeded: boolean } };
				};
			};
		};
		delete: { responses: { 204: { headers: Record<string, unknown>; content?: never } } };
	};
}
