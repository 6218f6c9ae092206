// Remembers on this device which columns of a table somebody wants to see, and leads back to the table.
import { redirect } from '@sveltejs/kit';
import { text } from '#lib/server/form.ts';
import { chooseColumns } from '#lib/table/server/chosen.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
	const form = await event.request.formData();
	const { data } = await event.locals.api.GET('/api/frame');
	const table = text(form, 'tabelle');
	const asked = new URL(text(form, 'zurueck') || '/vorstand', event.url);
	const back = asked.origin === event.url.origin && asked.pathname.startsWith('/vorstand') ? asked : undefined;
	if (data?.person && /^[a-z]{1,30}$/.test(table)) {
		const keys = form
			.getAll('spalte')
			.map(String)
			.filter((key) => /^[A-Za-z]{1,30}$/.test(key));
		chooseColumns(event, table, data.person.id, form.get('wie') === 'vorher' ? [] : keys.slice(0, 40));
	}
	redirect(303, back ? back.pathname + back.search : '/vorstand');
};
