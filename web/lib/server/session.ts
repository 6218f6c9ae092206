// Asks the API who is behind a request.
import { nobody, type Session } from '#lib/session.ts';
import type { Api } from './api.ts';

/** The session for the frame of every page; nobody when no one is signed in. */
export async function readSession(api: Api): Promise<Session> {
	const { data } = await api.GET('/api/session');
	const told: Partial<Session> = data ?? {};
	return {
		cooperativeName: told.cooperativeName ?? nobody.cooperativeName,
		person: told.person ?? null,
		roles: told.roles ?? [],
		secondFactorNeeded: told.secondFactorNeeded ?? false,
		memberNumber: told.memberNumber ?? null,
		counts: told.counts ?? {},
	};
}
