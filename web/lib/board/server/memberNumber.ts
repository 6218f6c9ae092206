// Finds a member by the number somebody typed.
import type { Api } from '#lib/server/api.ts';
import { answered } from '#lib/server/problem.ts';

/** The member with exactly that number, whatever the standing; undefined if there is none. */
export async function memberByNumber(
	api: Api,
	number: number,
): Promise<{ id: string; number: number; name: string } | undefined> {
	const { members } = answered(
		await api.GET('/api/members', { params: { query: { search: String(number), standing: 'all', pageSize: 50 } } }),
	);
	return members.find((one) => one.number === number);
}
