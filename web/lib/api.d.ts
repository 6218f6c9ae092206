// Placeholder until the types are generated from the API's own description.
import type { Session } from './session.ts';

export interface paths {
	'/api/session': {
		get: { responses: { 200: { headers: Record<string, never>; content: { 'application/json': Session } } } };
	};
}
