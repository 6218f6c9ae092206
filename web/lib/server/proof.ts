// Acts that need a fresh proof of who is sitting there: asks for password and code, then leads back.
import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { setFlash } from './flash.ts';
import type { Answer } from './problem.ts';

/**
 * Leads to the page that asks for password and code, if the API wants a proof first (`accounts.proof-needed`), and from there
 * back to `path`. Call it in an action, before `refused`. Nothing was done yet; the person does it again afterwards.
 */
export function proveFirst({ error }: Answer<unknown>, path: string): void {
	if ((error as { code?: unknown } | undefined)?.code !== 'accounts.proof-needed') return;
	setFlash(m.accounts_proof_why(), 'warn');
	redirect(303, `/konto/bestaetigen?weiter=${encodeURIComponent(path)}`);
}
