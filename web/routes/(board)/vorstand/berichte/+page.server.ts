// The figures of a fiscal year for balance sheet and notes.
import { answered } from '#lib/server/problem.ts';
import { chosenYear } from '#lib/reports/year.ts';
import type { PageServerLoad } from './$types';

/** Euros in an address, as typed: `1.204,50`; undefined if there are none. */
function centsIn(text: string | null): number | undefined {
	const plain = (text ?? '').replaceAll(/[\s\u00a0\u202f€]/g, '').replaceAll('.', '');
	const match = /^(\d{1,10})(?:,(\d{1,2}))?$/.exec(plain);
	return match ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0')) : undefined;
}

export const load: PageServerLoad = async ({ locals, url }) => {
	const { year, years } = chosenYear(url, answered(await locals.api.GET('/api/reports/capital')));
	const typed = url.searchParams.get('anlagevermoegen') ?? '';
	const fixedAssetsCents = centsIn(typed);
	const figures = await locals.api.GET('/api/reports/years/{year}', {
		params: { path: { year }, query: fixedAssetsCents === undefined ? {} : { fixedAssetsCents } },
	});
	return { year, years, typed, fixedAssetsCents: fixedAssetsCents ?? null, figures: answered(figures) };
};
