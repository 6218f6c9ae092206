// One sentence that survives a redirect: what was just done.
import type { Cookies } from '@sveltejs/kit';
import { getRequestEvent } from '$app/server';

/** A sentence for the next page: what was done (good) or what to look at (warn). */
export interface Flash {
	tone: 'good' | 'warn';
	text: string;
}

const name = 'gw_flash';

/** Keeps the sentence for the page that is shown next. Call it in an action, before `redirect`. */
export function setFlash(text: string, tone: Flash['tone'] = 'good'): void {
	const { cookies, url } = getRequestEvent();
	cookies.set(name, JSON.stringify({ tone, text }), { maxAge: 60, secure: url.protocol === 'https:' });
}

/** Takes the kept sentence, if there is one, and forgets it. */
export function takeFlash(cookies: Cookies): Flash | undefined {
	const kept = cookies.get(name);
	if (!kept) return undefined;
	cookies.delete(name, { secure: false });
	try {
		const flash: unknown = JSON.parse(kept);
		if (typeof flash !== 'object' || flash === null || !('text' in flash) || typeof flash.text !== 'string')
			return undefined;
		return { tone: 'tone' in flash && flash.tone === 'warn' ? 'warn' : 'good', text: flash.text.slice(0, 300) };
	} catch {
		return undefined;
	}
}
