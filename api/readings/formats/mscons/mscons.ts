// MSCONS (BDEW, and its Swiss dialect): load profiles of one or many metering points, checked against their own counts.
import { Refusal, type RefusalValues } from '../../../values/refusal.ts';
import { excerpt } from '../../rules.ts';
import {
	type EnergyAmount,
	type Facts,
	type Format,
	type Input,
	type ReadingDocument,
	RefusedFile,
	type RegisterReading,
	type Sink,
	type Warning,
} from '../format.ts';
import { MessageReader, type Reading, type Rest } from './message.ts';
import { at, type Segment, SegmentReader } from './segments.ts';

/**
 * MSCONS 1.6 to 2.4c: load profiles, daily sums, register readings and amounts of periods; several metering points, messages and
 * interchanges in one file. Checked: UNZ and UNT counts, both pairs of references, every number and time. A cancellation (Storno)
 * is a document of the facts. Quantities that are no energy are counted and left out (readings.other-quantity), a file of nothing
 * else is refused (readings.not-energy). Where only counts or references are wrong, the rest is read and told with the refusal.
 * Refuses with `segment` and `line`: readings.truncated, -bad-syntax, -wrong-count, -wrong-reference, -unknown-format
 * (another EDIFACT message), and what MessageReader refuses.
 */
export const mscons: Format = { name: 'mscons', recognise, read };

function recognise(head: Buffer): number {
	const text = head
		.toString('latin1', 0, 4096)
		.replace(/^\u00ef\u00bb\u00bf/, '')
		.trimStart();
	return /^UNA[^0-9A-Za-z]{6}\s*UNB|^UNB[^0-9A-Za-z\s]UN/.test(text) || (/^UN[AB]/.test(text) && text.length < 16)
		? 1
		: 0;
}

async function read({ chunks }: Input, sink: Sink): Promise<Facts> {
	const segments = new SegmentReader();
	const interchange = new InterchangeReader(segments, sink);
	try {
		for await (const chunk of chunks) {
			for (const segment of segments.push(chunk)) interchange.take(segment);
			if (sink.full) await sink.flush();
		}
		for (const segment of segments.end()) interchange.take(segment);
	} catch (error) {
		if (error instanceof Refusal) throw new RefusedFile(error, interchange.facts);
		throw error;
	}
	return interchange.end();
}

type OpenMessage = { reader: MessageReader; reference: string; firstSegment: number };

/** The envelopes: UNB…UNZ around UNH…UNT. */
class InterchangeReader {
	readonly #segments: SegmentReader;
	readonly #sink: Sink;
	readonly #documents: ReadingDocument[] = [];
	readonly #places = new Map<string, number>();
	readonly #warnings: Warning[] = [];
	readonly #registers: Reading[] = [];
	readonly #amounts: EnergyAmount[] = [];
	readonly #skipped: Rest['skipped'] = new Map();
	readonly #versions = new Set<string>();
	/** What is wrong with counts and references: nothing of the file counts, but it is read on to say what it holds. */
	readonly #problems: Refusal[] = [];
	#reference: string | null = null;
	#messages = 0;
	#groups = 0;
	#messageReferences = new Set<string>();
	#message: OpenMessage | null = null;
	#sender = '';
	#receiver = '';
	#test = false;

	constructor(segments: SegmentReader, sink: Sink) {
		this.#segments = segments;
		this.#sink = sink;
	}

	take(segment: Segment): void {
		const { tag } = segment;
		if (tag === 'UNB') this.#begin(segment);
		else if (this.#reference === null) this.#refuse('readings.bad-syntax', segment, { text: excerpt(tag) });
		else if (tag === 'UNZ') this.#finish(segment);
		else if (tag === 'UNH') this.#beginMessage(segment);
		else if (tag === 'UNG' || tag === 'UNE') this.#groups += tag === 'UNG' ? 1 : 0;
		else if (!this.#message) this.#refuse('readings.bad-syntax', segment, { text: excerpt(tag) });
		else if (tag === 'UNT') this.#finishMessage(segment, this.#message);
		else this.#message.reader.take(segment);
	}

	end(): Facts {
		const { segment, line } = this.#segments.position;
		if (this.#reference !== null) throw new Refusal('invalid', 'readings.truncated', { segment, line, text: 'UNZ' });
		if (this.#documents.length === 0) throw new Refusal('invalid', 'readings.no-values', { line });
		const [first] = this.#problems;
		if (first) throw new RefusedFile(first, this.facts);
		const [skipped] = this.#skipped.values();
		const isEmpty = this.#documents.every((one) => one.values === 0 && one.function === 'original');
		if (isEmpty && skipped) throw new RefusedFile(new Refusal('invalid', 'readings.not-energy', skipped), this.facts);
		return this.facts;
	}

	/** Everything understood so far. */
	get facts(): Facts {
		const [, ...problems] = this.#problems;
		const skipped = [...this.#skipped.values()].map((values) => ({ code: 'readings.other-quantity', values }));
		const open = this.#message?.reader.document;
		return {
			formatVersion: [...this.#versions].join(', ') || null,
			sender: this.#documents[0]?.sender ?? (this.#sender || null),
			registers: withOccasions(this.#registers),
			amounts: this.#amounts,
			documents: open?.number && !this.#documents.includes(open) ? [...this.#documents, open] : this.#documents,
			warnings: [...this.#warnings, ...problems.map(({ code, values }) => ({ code, values })), ...skipped],
			encoding: 'iso-8859-1',
		};
	}

	#begin(segment: Segment): void {
		if (this.#reference !== null) this.#refuse('readings.truncated', segment, { text: 'UNZ' });
		this.#reference = at(segment, 5);
		this.#sender = at(segment, 2);
		this.#receiver = at(segment, 3);
		this.#messages = 0;
		this.#groups = 0;
		this.#messageReferences = new Set();
		this.#test = at(segment, 11) === '1';
		if (this.#test)
			this.#warnings.push({ code: 'readings.test-file', values: { segment: segment.number, line: segment.line } });
	}

	#finish(segment: Segment): void {
		if (this.#message) this.#refuse('readings.truncated', segment, { text: 'UNT' });
		const expected = this.#groups || this.#messages;
		this.#checkCount(segment, expected, 'messages');
		this.#checkReference(segment, this.#reference ?? '');
		this.#reference = null;
	}

	#beginMessage(segment: Segment): void {
		if (this.#message) this.#refuse('readings.truncated', segment, { text: 'UNT' });
		const type = at(segment, 2);
		if (type !== 'MSCONS') this.#refuse('readings.unknown-format', segment, { found: excerpt(`EDIFACT ${type}`) });
		const reference = at(segment, 1);
		if (this.#messageReferences.has(reference)) {
			this.#note('readings.wrong-reference', segment, { tag: 'UNH', expected: '', found: excerpt(reference) });
		}
		this.#messageReferences.add(reference);
		const version = at(segment, 2, 4);
		if (version) this.#versions.add(excerpt(version));
		const reader = new MessageReader(this.#sink, this.#segments.mark, (document) => this.#placeOf(document), {
			sender: this.#sender,
			receiver: this.#receiver,
			version,
			test: this.#test,
			part: /^\d{1,4}$/.test(at(segment, 4)) ? Number(at(segment, 4)) : 1,
		});
		this.#message = { reader, reference, firstSegment: segment.number };
	}

	#finishMessage(segment: Segment, { reader, reference, firstSegment }: OpenMessage): void {
		const { registers, amounts, skipped, rounded, index } = reader.finish(segment);
		const { document } = reader;
		this.#checkSegments(segment, segment.number - firstSegment + 1, document.values);
		this.#checkReference(segment, reference);
		if (rounded) this.#warnings.push({ code: 'readings.times-rounded', values: rounded });
		for (const [name, one] of skipped) {
			const known = this.#skipped.get(name);
			if (known) known.values += one.values;
			else this.#skipped.set(name, one);
		}
		for (const [name, count] of Object.entries(document.reasons ?? {})) {
			if (!name.startsWith('Z34:')) continue;
			const values = { document: excerpt(document.number), reason: name.slice(4), count };
			this.#warnings.push({ code: 'readings.correction-reason', values });
		}
		this.#registers.push(...registers);
		this.#amounts.push(...amounts);
		if (this.#registers.length + this.#amounts.length > restLimit)
			this.#refuse('readings.too-many-series', segment, { limit: restLimit });
		this.#addUp(index, document);
		this.#messages++;
		this.#message = null;
	}

	/** A message that comes again with its number belongs to the first one: the same value again is no second one, another is a conflict. */
	#placeOf(document: ReadingDocument): number {
		const identity = [document.sender, document.number, document.function, document.part].join('|');
		const known = this.#places.get(identity);
		if (known !== undefined) return known;
		this.#places.set(identity, this.#documents.length);
		this.#documents.push(document);
		return this.#documents.length - 1;
	}

	#addUp(index: number, document: ReadingDocument): void {
		const known = this.#documents[index] as ReadingDocument;
		if (known === document) return;
		known.values += document.values;
		for (const [reason, count] of Object.entries(document.reasons ?? {})) {
			known.reasons ??= {};
			known.reasons[reason] = (known.reasons[reason] ?? 0) + count;
		}
	}

	/** A Swiss sender counts each value once instead of with its two times, and leaves out UNT itself: still a count of the values. */
	#checkSegments(segment: Segment, counted: number, values: number): void {
		const declared = at(segment, 1);
		if (values > 0 && declared === String(counted - 2 * values - 1)) {
			const { number, line } = segment;
			this.#warnings.push({
				code: 'readings.segments-miscounted',
				values: { segment: number, line, declared, counted },
			});
		} else this.#checkCount(segment, counted, 'segments');
	}

	#checkCount(segment: Segment, counted: number, of: 'segments' | 'messages'): void {
		const declared = at(segment, 1);
		if (/^\d+$/.test(declared) && Number(declared) === counted) return;
		this.#note('readings.wrong-count', segment, { tag: segment.tag, of, declared: excerpt(declared), counted });
	}

	#checkReference(segment: Segment, expected: string): void {
		const found = at(segment, 2);
		if (found === expected) return;
		const values = { tag: segment.tag, expected: excerpt(expected), found: excerpt(found) };
		this.#note('readings.wrong-reference', segment, values);
	}

	#note(code: string, segment: Segment, values: RefusalValues): void {
		if (this.#problems.length < problemLimit)
			this.#problems.push(new Refusal('invalid', code, { segment: segment.number, line: segment.line, ...values }));
	}

	/** Refuses at once: what follows cannot be understood. The first problem found before is what is told. */
	#refuse(code: string, segment: Segment, values: RefusalValues): never {
		this.#note(code, segment, values);
		throw this.#problems[0];
	}
}

const problemLimit = 20;
const restLimit = 500_000;

/**
 * Says of readings at an exchange (DTM+60) which meter was taken out and which put in: the one that has readings before was taken
 * out, the one that has readings after was put in; of two at one moment the first.
 */
function withOccasions(readings: readonly Reading[]): RegisterReading[] {
	const first = new Map<string, string>();
	const last = new Map<string, string>();
	for (const one of readings) {
		const name = meterOf(one);
		if (one.at < (first.get(name) ?? '~')) first.set(name, one.at);
		if (one.at > (last.get(name) ?? '')) last.set(name, one.at);
	}
	const isFirst = (one: Reading) => first.get(meterOf(one)) === one.at && (last.get(meterOf(one)) ?? one.at) > one.at;
	const isLast = (one: Reading) => last.get(meterOf(one)) === one.at && (first.get(meterOf(one)) ?? one.at) < one.at;
	const installed = new Set<Reading>();
	for (const one of readings.filter(({ exchange }) => exchange)) {
		const others = readings.filter(
			(other) => other.exchange && other.at === one.at && other.device !== one.device && isSameRegister(one, other),
		);
		const isSecond = others.some((other) => readings.indexOf(other) < readings.indexOf(one));
		const byOrder = !others.some(isFirst) && (others.some(isLast) || isSecond);
		if (isFirst(one) || (!isLast(one) && byOrder)) installed.add(one);
	}
	return readings.map((one): RegisterReading => {
		const { exchange, ...reading } = one;
		const occasion = !exchange ? 'reading' : installed.has(one) ? 'installation' : 'removal';
		return { ...reading, occasion };
	});
}

function isSameRegister(a: Reading, b: Reading): boolean {
	return a.meteringPoint === b.meteringPoint && a.obis === b.obis;
}

function meterOf({ meteringPoint, obis, device }: Reading): string {
	return `${meteringPoint}|${obis}|${device}`;
}
