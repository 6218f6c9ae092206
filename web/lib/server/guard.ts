// Who may open an area of the portal. The API decides again about every single question.
import { type Cookies, error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { type Area, areasOf, mayEnter, nobody, type Session } from '#lib/session.ts';
import { homeOf } from '../shell/navigation.ts';

/**
 * Lets the person into the area: for the layout of a route group. Visitors who open the front page are welcomed, or set up the
 * cooperative if there is none yet; on other pages they go to the log-in page and come back afterwards;
 * staff without their second factor go to their account; people of another area who open the front page go to their own home; everyone else sees why not.
 */
export async function enter(
	area: Area,
	event: { parent: () => Promise<{ session?: Session }>; url: URL; cookies: Cookies },
): Promise<void> {
	const { session = nobody } = await event.parent();
	const { pathname, search } = event.url;
	if (!session.setUp) redirect(303, '/einrichtung');
	if (!session.person && pathname === '/') redirect(303, '/willkommen');
	if (!session.person) redirect(303, `/anmelden?weiter=${encodeURIComponent(pathname + search)}`);
	if (mayEnter(session.roles, area)) {
		rememberArea(event, area);
		return;
	}
	if (session.secondFactorNeeded) redirect(303, '/konto');
	const [home] = areasOf(session.roles);
	if (pathname === '/' && home) redirect(303, homeOf[home]);
	error(403, m.problem_forbidden());
}

const areaCookie = 'gw_area';

/** Keeps where the person was, so that pages outside the areas (the own account) keep its navigation. */
function rememberArea({ cookies, url }: { cookies: Cookies; url: URL }, area: Area): void {
	if (cookies.get(areaCookie) === area) return;
	cookies.set(areaCookie, area, { path: '/', httpOnly: true, sameSite: 'lax', secure: url.protocol === 'https:' });
}

/** The area the person was in last, if it is still open to them; else their first one. */
export function lastArea(cookies: Cookies, session: Session): Area | undefined {
	const open = areasOf(session.roles);
	return open.find((area) => area === cookies.get(areaCookie)) ?? open[0];
}
