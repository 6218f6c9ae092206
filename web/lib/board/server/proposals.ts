// Dividend proposals an item of an agenda can be about.
import { euros, percent } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Api } from '#lib/server/api.ts';
import { answered } from '#lib/server/problem.ts';

/** Proposals the board has made and nobody has decided yet, as lines of a list to choose from. */
export async function openProposals(api: Api): Promise<{ value: string; label: string }[]> {
	const years = answered(await api.GET('/api/fiscal-years')).filter(({ state }) => state === 'proposed');
	const read = await Promise.all(
		years.map(({ year }) => api.GET('/api/fiscal-years/{year}', { params: { path: { year } } })),
	);
	return read.flatMap((answer) => {
		const { year, proposals } = answered(answer);
		return proposals
			.filter(({ state }) => state === 'proposed')
			.map(({ id, rate, potCents }) => ({
				value: id,
				label: m.board_item_proposal_line({ year, what: rate === null ? euros(potCents) : percent(Number(rate), 4) }),
			}));
	});
}
