// Signs out: ends the session with the API, which takes its cookies back, and leads to the log-in page.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from '#lib/server/flash.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals }) => {
	await locals.api.DELETE('/api/session');
	setFlash(m.accounts_signed_out());
	redirect(303, '/anmelden');
};
