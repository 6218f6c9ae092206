// The API for those who connect other programs: every operation, from the API's own description.
import { featureWord } from '#lib/board/server/audit.ts';
import { readOperations } from '#lib/board/server/openapi.ts';
import { roleWord } from '#lib/board/words.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const search = url.searchParams.get('q')?.trim().slice(0, 100) ?? '';
	const feature = /^[a-z-]{1,30}$/.exec(url.searchParams.get('bereich') ?? '')?.[0];
	const words = search.toLowerCase().split(/\s+/).filter(Boolean);
	const all = await readOperations(locals.api);
	const tags = [...new Set(all.map(({ tag }) => tag))];
	const found = all.filter(({ id, path, method, summary, tag }) => {
		const text = `${method} ${path} ${id} ${summary}`.toLowerCase();
		return (!feature || tag === feature) && words.every((word) => text.includes(word));
	});
	return {
		search,
		feature,
		total: all.length,
		count: found.length,
		features: tags.map((tag) => ({ value: tag, label: featureWord(tag) })),
		groups: tags
			.map((tag) => ({
				tag,
				title: featureWord(tag),
				operations: found.filter((one) => one.tag === tag).map((one) => ({ ...one, roles: one.roles.map(roleWord) })),
			}))
			.filter(({ operations }) => operations.length > 0),
	};
};
