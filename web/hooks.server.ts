// Every request of the portal: its language and theme, its API client, its headers, its errors.
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { m } from '#lib/paraglide/messages.js';
import { paraglideMiddleware } from '#lib/paraglide/server.js';
import { apiFor } from '#lib/server/api.ts';
import { themeCookie, themeFrom } from '#lib/theme.ts';

/** The only page that other websites may show in a frame: figures of a plant, nothing to press. */
const embeddable = '/(public)/anlagen/[id]/einbetten';
const preloadedFont = /latin-wght-normal.*\.woff2$/;

export const handle: Handle = ({ event, resolve }) =>
	// Only the headers: the middleware copies what it is given, and a copied body would be kept in memory as a whole.
	paraglideMiddleware(new Request(event.url, { headers: event.request.headers }), async ({ locale }) => {
		event.locals.api = apiFor(event);
		event.locals.theme = themeFrom(event.cookies.get(themeCookie));
		const response = await resolve(event, {
			preload: ({ type, path }) => type === 'js' || type === 'css' || (type === 'font' && preloadedFont.test(path)),
			transformPageChunk: ({ html }) =>
				html
					.replace('lang="de"', `lang="${locale}"`)
					.replace('data-theme="auto"', `data-theme="${event.locals.theme}"`),
		});
		if (event.route.id === embeddable && response.ok) {
			const policy = response.headers.get('content-security-policy');
			if (policy)
				response.headers.set('content-security-policy', policy.replace("frame-ancestors 'none'", 'frame-ancestors *'));
		}
		response.headers.set('referrer-policy', 'same-origin');
		response.headers.set('x-content-type-options', 'nosniff');
		response.headers.set('cross-origin-opener-policy', 'same-origin');
		response.headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
		if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-store');
		return response;
	});

/** Expected errors keep their sentence; everything else is logged under a reference and shown without its reason. */
export const handleError: HandleServerError = ({ kind, error, event }) => {
	if (kind === 'app') return;
	if (kind === 'framework') return error.status === 404 ? { message: m.problem_missing() } : undefined;
	const reference = crypto.randomUUID().slice(0, 8);
	console.error(
		JSON.stringify({ level: 'error', reference, method: event.request.method, path: event.url.pathname }),
		error,
	);
	return { message: m.problem_server(), reference };
};
