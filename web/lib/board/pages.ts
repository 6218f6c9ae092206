// Pages of long lists: which one is shown, and the address of another.

/** The page asked for in an address (`?seite=3`), from 1. */
export function pageIn(url: URL): number {
	const page = Math.trunc(Number(url.searchParams.get('seite')));
	return page >= 1 && page <= 100_000 ? page : 1;
}

/** The address of another page of the same list, its search and filters kept. */
export function leafTo({ search }: { search: string }, page: number): string {
	const query = new URLSearchParams(search);
	query.set('seite', String(page));
	return `?${query}`;
}
