// Addresses that come from outside and must stay inside.

/** A path of this portal to go to next; anything else, such as another host, becomes the home page. */
export function localPath(value: unknown): string {
	return typeof value === 'string' && /^\/(?![/\\])[^\\\s]*$/.test(value) ? value : '/';
}
