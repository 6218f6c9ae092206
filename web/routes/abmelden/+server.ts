// Signs out: ends the session with the API, which takes its cookies back, and leads to the log-in page.
import { redirect } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals }) => {
	await locals.api.DELETE('/api/session');
	redirect(303, '/anmelden');
};
