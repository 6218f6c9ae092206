// Which columns of a table are shown, and the addresses of its orders and files.

/** What a table is ordered by: the list's own word, and which way. */
export interface TableOrder {
	order: string;
	descending: boolean;
}

/** The columns shown: those chosen, else those not `extra`; the heading of the row is always among them. */
export function shownColumns<Column extends { key: string; heading?: boolean; extra?: boolean }>(
	columns: readonly Column[],
	chosen: readonly string[] | undefined,
): Column[] {
	return columns.filter(({ key, heading, extra }) => heading || (chosen ? chosen.includes(key) : !extra));
}

/** Addresses of a list name its order `folge`, backwards with `ab`; leafing starts again with a new order. */
export function orderAddress({ search }: { search: string }, order: string, now: TableOrder): string {
	const query = new URLSearchParams(search);
	for (const name of ['nach', 'vor', 'seite']) query.delete(name);
	query.set('folge', order);
	if (now.order === order && !now.descending) query.set('ab', '1');
	else query.delete('ab');
	return `?${query}`;
}

/** The order an address asks for, among those the list knows; the first one if none. */
export function orderIn<Order extends string>(
	url: URL,
	known: readonly [Order, ...Order[]],
): { order: Order; descending: boolean } {
	const asked = url.searchParams.get('folge');
	return { order: known.find((one) => one === asked) ?? known[0], descending: url.searchParams.get('ab') === '1' };
}

/** What an address searches a list for: without signs nobody types, at most 100 letters. */
export function searchIn(url: URL): string {
	return (url.searchParams.get('q') ?? '')
		.replaceAll(/\p{Cc}/gu, ' ')
		.trim()
		.slice(0, 100);
}

/** The address of a list as a file. */
export function fileAddress(
	list: string,
	format: 'csv' | 'xlsx',
	columns: readonly string[],
	query: Readonly<Record<string, string | undefined>>,
): string {
	const asked = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
	return `/vorstand/ausgabe/${list}?${new URLSearchParams([['format', format], ['columns', columns.join(',')], ...asked])}`;
}
