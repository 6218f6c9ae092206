// Asks the API who is behind a request.
import { nobody, type Session } from '#lib/session.ts';
import type { Api } from './api.ts';

/** The session for the frame of every page; nobody when the API cannot tell. */
export async function readSession(api: Api): Promise<Session> {
	const { data } = await api.GET('/api/frame');
	if (!data) return nobody;
	const { memberNumber, ...frame } = data;
	return { ...frame, memberNumber: memberNumber === null ? null : String(memberNumber).padStart(4, '0') };
}
