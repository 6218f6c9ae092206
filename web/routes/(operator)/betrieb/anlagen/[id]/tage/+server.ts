// Leads from the day picker of a plant to the page of that day.
import { redirect } from '@sveltejs/kit';
import { dayAt, dayIn } from '#lib/operator/days.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ params, url }) => {
	redirect(303, `/betrieb/anlagen/${params.id}/tage/${dayIn(url.searchParams.get('tag')) ?? dayAt()}`);
};
