// What storing some uploads brought, as it is kept with them.
import { readBatch } from '#lib/operator/server/batch.ts';
import { readCalendars } from '#lib/operator/server/calendars.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { files } = url.searchParams.has('datei') ? await readBatch(locals.api, url.searchParams) : { files: [] };
	const stored = files.filter((file) => file.state === 'stored');
	return { files: stored, calendars: await readCalendars(locals.api, stored) };
};
