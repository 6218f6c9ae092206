// Green Button entries (Atom) and how they belong together: by their links, or by their order where links lead nowhere.

/** What links and content say of one entry. */
export type Entry = { self: string; up: string; related: string[] };

/** Where a meter is used; `kind` is the ServiceCategory (0 electricity, 1 gas …). */
export type UsagePoint = Entry & { kind: string };

/** What the numbers of a series measure; codes of ESPI as text, '' where left out. */
export type ReadingType = Entry & {
	accumulationBehaviour: string;
	commodity: string;
	flowDirection: string;
	intervalLength: string;
	dataQualifier: string;
	powerOfTenMultiplier: string;
	uom: string;
};

/**
 * One value: seconds since 1970, length in seconds (NaN: not said), quality rank. A reading without a time of its own has the
 * start of its block, and `place` says how many such stand before it.
 */
export type Reading = { start: number; duration: number; place: number; text: string; rank: number; line: number };

/** Blocks of readings with the entry they stand in; `order` is its place among all entries. */
export type Blocks = { entry: Entry; readings: Reading[]; order: number };

type Placed<E extends Entry> = { entry: E; order: number };

/** An address without scheme and host, so that absolute and relative ones compare. */
export function addressOf(href: string): string {
	return href
		.trim()
		.replace(/^https?:\/\/[^/]*/i, '')
		.replace(/\/+$/, '');
}

function belongs(child: Entry, parent: Entry): boolean {
	if (parent.self !== '' && [child.self, child.up].some((address) => address.startsWith(`${parent.self}/`)))
		return true;
	return parent.related.some((address) => address !== '' && (address === child.up || address === child.self));
}

/** All entries of a feed but the readings themselves. */
export class Entries {
	readonly #usagePoints: Placed<UsagePoint>[] = [];
	readonly #meterReadings: Placed<Entry>[] = [];
	readonly #readingTypes: Placed<ReadingType>[] = [];

	/** How many entries are known. */
	get count(): number {
		return this.#usagePoints.length + this.#meterReadings.length + this.#readingTypes.length;
	}

	addUsagePoint(entry: UsagePoint, order: number): void {
		this.#usagePoints.push({ entry, order });
	}

	addMeterReading(entry: Entry, order: number): void {
		this.#meterReadings.push({ entry, order });
	}

	addReadingType(entry: ReadingType, order: number): void {
		this.#readingTypes.push({ entry, order });
	}

	/**
	 * What blocks belong to. While the feed goes on (`whole` false) only links count and undefined means "not yet known"; at its
	 * end the last MeterReading and UsagePoint before, and the nearest ReadingType, stand in for links that lead nowhere.
	 */
	placeOf({ entry, order }: Blocks, whole: boolean): { type: ReadingType; usagePoint: UsagePoint | null } | undefined {
		const before = <E extends Entry>(all: readonly Placed<E>[], than: number) =>
			all.findLast((one) => one.order < than);
		const reading =
			this.#meterReadings.find((one) => belongs(entry, one.entry)) ??
			(whole ? before(this.#meterReadings, order) : undefined);
		const from = reading ?? (whole ? { entry, order } : undefined);
		if (!from) return undefined;
		const type =
			this.#readingTypes.find((one) => from.entry.related.includes(one.entry.self) && one.entry.self !== '') ??
			(whole ? this.#nearestType(from.order, order) : undefined);
		const usagePoint =
			this.#usagePoints.find((one) => belongs(from.entry, one.entry)) ??
			(whole ? (before(this.#usagePoints, from.order) ?? null) : undefined);
		if (!type || usagePoint === undefined) return undefined;
		return { type: type.entry, usagePoint: usagePoint?.entry ?? null };
	}

	/** The ReadingType between a MeterReading and its blocks, else the last before them, else the first. */
	#nearestType(reading: number, blocks: number): Placed<ReadingType> | undefined {
		const types = this.#readingTypes;
		return (
			types.find(({ order }) => order > reading && order < blocks) ??
			types.findLast(({ order }) => order < blocks) ??
			types[0]
		);
	}
}
