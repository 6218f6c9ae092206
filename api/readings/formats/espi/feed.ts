// The elements of a Green Button feed: takes entries apart as they are closed.
import { qualityRank } from '../../../values/energy.ts';
import { Refusal } from '../../../values/refusal.ts';
import { excerpt } from '../../rules.ts';
import type { Attributes, XmlListener } from '../xml.ts';
import { addressOf, type Blocks, type Entries, type Entry, type Reading, type ReadingType } from './entries.ts';

/** ReadingQuality: 0 valid, 17 validated, 18 verified, 19 revenue; 7 edited, 8 and 9 estimated, 11 derived, 13 mixed; 10 questionable, 14 raw, 16 other; 12 projected, 15 normalised. */
const ranks: ReadonlyMap<string, number> = new Map([
	...['0', '17', '18', '19'].map((code): [string, number] => [code, 0]),
	...['7', '8', '9', '11', '13'].map((code): [string, number] => [code, qualityRank('substitute')]),
	...['10', '14', '16'].map((code): [string, number] => [code, qualityRank('provisional')]),
	...['12', '15'].map((code): [string, number] => [code, qualityRank('estimated')]),
]);

const emptyType = {
	...{ accumulationBehaviour: '', commodity: '', flowDirection: '', intervalLength: '' },
	...{ dataQualifier: '', powerOfTenMultiplier: '', uom: '' },
};

/** Entries that are no readings: more than any utility has meters for one customer. */
const mostEntries = 5_000;

/** Readings of one entry that are kept before they are handed on; its links come first. */
const readingsAtOnce = 20_000;

function newReading(line: number): Reading {
	return { start: Number.NaN, duration: Number.NaN, place: 0, text: '', rank: 0, line };
}

/**
 * Hears a feed: readings of an entry go to `take` when it is closed, all other entries to `entries`. Refuses with `line`:
 * readings.bad-number, readings.bad-quality, readings.bad-syntax (more entries than any feed has).
 */
export class FeedReader implements XmlListener {
	/** Who wrote the feed: its author, else the host of its own address. */
	sender: string | null = null;
	readonly #take: (blocks: Blocks) => void;
	readonly #entries: Entries;
	#order = 0;
	#entry: Entry = { self: '', up: '', related: [] };
	#type: Record<keyof typeof emptyType, string> = { ...emptyType };
	#kind = '';
	#readings: Reading[] = [];
	#reading: Reading = newReading(0);
	#block = { start: Number.NaN, duration: Number.NaN, untimed: 0 };

	constructor(take: (blocks: Blocks) => void, entries: Entries) {
		this.#take = take;
		this.#entries = entries;
	}

	opened(path: readonly string[], attributes: Attributes, line: number): void {
		const [name, parent] = [path.at(-1), path.at(-2)];
		if (name === 'entry') {
			this.#order++;
			this.#entry = { self: '', up: '', related: [] };
			this.#kind = '';
			this.#type = { ...emptyType };
			this.#readings = [];
		} else if (name === 'link' && parent === 'entry') this.#takeLink(attributes);
		else if (name === 'link' && parent === 'feed' && attributes.rel === 'self') {
			this.sender ??= excerpt(/^https?:\/\/([^/]+)/i.exec(attributes.href ?? '')?.[1] ?? '') || null;
		} else if (name === 'IntervalBlock') this.#block = { start: Number.NaN, duration: Number.NaN, untimed: 0 };
		else if (name === 'IntervalReading') {
			this.#reading = newReading(line);
		}
	}

	closed(path: readonly string[], text: string, line: number): void {
		const [name = '', parent = ''] = [path.at(-1), path.at(-2)];
		if (parent === 'timePeriod' && path.at(-3) === 'IntervalReading') this.#takeTime(this.#reading, name, text, line);
		else if (parent === 'interval' && path.at(-3) === 'IntervalBlock') this.#takeTime(this.#block, name, text, line);
		else if (parent === 'ReadingQuality' && name === 'quality') this.#takeQuality(text, line);
		else if (parent === 'IntervalReading' && name === 'value') this.#reading.text = text;
		else if (name === 'IntervalReading') this.#finishReading(line);
		else if (parent === 'ReadingType' && Object.hasOwn(emptyType, name))
			this.#type[name as keyof typeof emptyType] = text;
		else if (parent === 'ServiceCategory' && name === 'kind') this.#kind = text;
		else if (parent === 'author' && name === 'name') this.sender = excerpt(text) || this.sender;
		else this.#finishPart(name, line);
	}

	#takeLink({ rel = '', href = '' }: Attributes): void {
		const address = addressOf(href);
		if (rel === 'self') this.#entry.self = address;
		else if (rel === 'up') this.#entry.up = address;
		else if (rel === 'related') this.#entry.related.push(address);
	}

	#takeTime(of: { start: number; duration: number }, name: string, text: string, line: number): void {
		if (name !== 'start' && name !== 'duration') return;
		if (!/^\d{1,11}$/.test(text)) throw new Refusal('invalid', 'readings.bad-time', { line, text: excerpt(text) });
		of[name] = Number(text);
	}

	#takeQuality(text: string, line: number): void {
		const rank = ranks.get(text);
		if (rank === undefined) throw new Refusal('invalid', 'readings.bad-quality', { line, text: excerpt(text) });
		this.#reading.rank = Math.max(this.#reading.rank, rank);
	}

	#finishReading(line: number): void {
		const reading = this.#reading;
		// Times may be left out where values follow each other.
		if (Number.isNaN(reading.start)) {
			reading.start = this.#block.start;
			reading.place = this.#block.untimed++;
		}
		if (Number.isNaN(reading.start)) throw new Refusal('invalid', 'readings.bad-time', { line, text: '' });
		this.#readings.push(reading);
		if (this.#readings.length >= readingsAtOnce) this.#handOn();
	}

	#finishPart(name: string, line: number): void {
		const of = { ...this.#entry };
		if (name === 'UsagePoint') this.#entries.addUsagePoint({ ...of, kind: this.#kind }, this.#order);
		else if (name === 'MeterReading') this.#entries.addMeterReading(of, this.#order);
		else if (name === 'ReadingType')
			this.#entries.addReadingType({ ...of, ...this.#type } satisfies ReadingType, this.#order);
		else if (name === 'entry') this.#handOn();
		if (this.#entries.count > mostEntries) {
			throw new Refusal('invalid', 'readings.bad-syntax', { line, text: excerpt(name) });
		}
	}

	#handOn(): void {
		this.#take({ entry: { ...this.#entry }, readings: this.#readings, order: this.#order });
		this.#readings = [];
	}
}
