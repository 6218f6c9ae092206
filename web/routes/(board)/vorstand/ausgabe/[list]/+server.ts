// A list as a file: asked of the API as the person behind the page, passed on while it is written.
import { error } from '@sveltejs/kit';
import { getLocale } from '#lib/paraglide/runtime.js';
import { fileFromApi } from '#lib/server/passed.ts';
import type { RequestHandler } from './$types';

const lists = ['members', 'register', 'applications', 'holdings', 'claims', 'payments'];

export const GET: RequestHandler = async (event) => {
	const { list } = event.params;
	if (!lists.includes(list)) error(404);
	const query = new URLSearchParams(event.url.search);
	query.set('language', getLocale());
	return fileFromApi(event, `/api/${list}/export?${query}`);
};
