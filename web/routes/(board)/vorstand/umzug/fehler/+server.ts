// What stands in the way of the open move, as a file.
import { getLocale } from '#lib/paraglide/runtime.js';
import { fileFromApi } from '#lib/server/passed.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = (event) => {
	const format = event.url.searchParams.get('format') === 'xlsx' ? 'xlsx' : 'csv';
	return fileFromApi(event, `/api/moving/problems?format=${format}&language=${getLocale()}`);
};
