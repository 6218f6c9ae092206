// Members: found by name, number, place, e-mail or the end of an IBAN, in the order asked for, part by part.
import { today } from '#lib/board/today.ts';
import { answered } from '#lib/server/problem.ts';
import { orderIn, searchIn } from '#lib/table/columns.ts';
import { chosenColumns } from '#lib/table/server/chosen.ts';
import type { PageServerLoad } from './$types';

const pageSize = 50;

export const load: PageServerLoad = async ({ locals, url, cookies, parent }) => {
	const { session } = await parent();
	const search = searchIn(url);
	const standing =
		(['left', 'all'] as const).find((one) => one === url.searchParams.get('stand')) ?? ('present' as const);
	const { order, descending } = orderIn(url, ['name', 'number', 'town', 'joinedOn']);
	const after = url.searchParams.get('nach') ?? undefined;
	const before = url.searchParams.get('vor') ?? undefined;
	const query = {
		...{ ...(search ? { search } : {}), standing, order, descending, pageSize },
		...(before ? { before } : after ? { after } : {}),
	};
	const list = answered(await locals.api.GET('/api/members', { params: { query } }));
	return {
		...{ search, standing, order, descending, ...list, day: today(), leafed: Boolean(before ?? after) },
		chosen: chosenColumns(cookies, 'members', session?.person?.id),
	};
};
