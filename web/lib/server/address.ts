// Parts of an address that name one thing: what cannot be one leads to "not found" without asking the API.
import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';

/** The id in an address; anything else is an unknown page. */
export function idIn(part: string): string {
	if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(part)) error(404, m.problem_missing());
	return part;
}

/** The year in an address, 1990 to 2199; anything else is an unknown page. */
export function yearIn(part: string): number {
	if (!/^(199\d|2[01]\d\d)$/.test(part)) error(404, m.problem_missing());
	return Number(part);
}

/** The year chosen by `?jahr=`, or the one given. */
export function chosenYear(url: URL, otherwise: number): number {
	const chosen = url.searchParams.get('jahr') ?? '';
	return /^(199\d|2[01]\d\d)$/.test(chosen) ? Number(chosen) : otherwise;
}
