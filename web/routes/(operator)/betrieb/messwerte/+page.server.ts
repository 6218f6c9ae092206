// The history of files: a page of it, by result.
import { countOpen } from '#lib/operator/server/open.ts';
import { dayAt } from '#lib/operator/days.ts';
import { reasonText } from '#lib/operator/server/reasons.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

const perPage = 30;
const kinds = {
	uebernommen: 'stored',
	abgelehnt: 'refused',
	wartend: 'uploaded',
	verworfen: 'discarded',
	rueckgaengig: 'withdrawn',
} as const;

export const load: PageServerLoad = async ({ locals, url }) => {
	const wanted = url.searchParams.get('ergebnis') ?? '';
	const state = Object.hasOwn(kinds, wanted) ? kinds[wanted as keyof typeof kinds] : undefined;
	const before = Number(url.searchParams.get('vor'));
	const [list, waiting, open] = await Promise.all([
		locals.api.GET('/api/readings/imports', {
			params: {
				query: {
					limit: perPage + 1,
					...(state ? { state } : {}),
					...(Number.isInteger(before) && before > 0 && before < 2 ** 31 ? { before } : {}),
				},
			},
		}),
		locals.api.GET('/api/readings/imports', { params: { query: { state: 'uploaded', limit: 200 } } }),
		countOpen(locals.api),
	]);
	const lines = answered(list);
	return {
		kind: state ? wanted : '',
		isFirst: !(before > 0),
		nextBefore: lines.length > perPage ? (lines[perPage - 1]?.id ?? null) : null,
		waiting: answered(waiting).length,
		open,
		lines: lines.slice(0, perPage).map(({ refusal, from, to, ...line }) => ({
			...line,
			days: from && to ? { from: dayAt(from), to: dayAt(new Date(Date.parse(to) - 1)) } : null,
			reason: refusal ? reasonText(refusal) : null,
		})),
	};
};
