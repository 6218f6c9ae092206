// Pages that are nothing but a form of the board: others are told so instead of filling it in for nothing.
import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import type { Session } from '#lib/session.ts';
import { mayDo } from '../may.ts';

/** Lets only the board see the page; the API decides again about the act. Call it in `load`. */
export async function boardOnly(parent: () => Promise<{ session?: Session }>): Promise<void> {
	const { session } = await parent();
	if (!mayDo(session).decide) error(403, m.board_only_page());
}
