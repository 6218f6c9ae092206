// Privacy at a glance: those who left and until when what is held of them, and how many things are due.
import { mayDo } from '#lib/board/may.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent, url }) => {
	const { session } = await parent();
	const after = Number(/^\d{1,9}$/.exec(url.searchParams.get('nach') ?? '')?.[0] ?? 0);
	const [leavers, preview] = await Promise.all([
		locals.api.GET('/api/privacy/leavers', { params: { query: { after, limit: 50 } } }),
		mayDo(session).decide ? locals.api.GET('/api/privacy/deletion') : undefined,
	]);
	return { ...answered(leavers), after, due: preview ? answered(preview).items.length : undefined };
};
