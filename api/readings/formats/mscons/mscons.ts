// MSCONS (BDEW, and its Swiss dialect): load profiles of one or many metering points, checked against their own counts.
import { Refusal, type RefusalValues } from '../../../values/refusal.ts';
import { excerpt } from '../../rules.ts';
import type { Facts, Format, Input, ReadingDocument, Sink, Warning } from '../format.ts';
import { MessageReader } from './message.ts';
import { at, type Segment, SegmentReader } from './segments.ts';

/**
 * Load profiles (Lastgang) in MSCONS 1.6 to 2.4c, several metering points, messages and interchanges in one file.
 * Checked: UNZ and UNT counts, both pairs of references, every number and time. Register readings are counted, not read:
 * a file of nothing else is refused (readings.not-load-profile), beside load profiles they are a warning
 * (readings.registers-skipped). A cancellation (Storno) is a document of the facts.
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
	for await (const chunk of chunks) {
		for (const segment of segments.push(chunk)) interchange.take(segment);
		if (sink.full) await sink.flush();
	}
	for (const segment of segments.end()) interchange.take(segment);
	return interchange.end();
}

type OpenMessage = { reader: MessageReader; reference: string; firstSegment: number };

/** The envelopes: UNB…UNZ around UNH…UNT. */
class InterchangeReader {
	readonly #segments: SegmentReader;
	readonly #sink: Sink;
	readonly #documents: ReadingDocument[] = [];
	readonly #warnings: Warning[] = [];
	readonly #versions = new Set<string>();
	#reference: string | null = null;
	#messages = 0;
	#groups = 0;
	#messageReferences = new Set<string>();
	#message: OpenMessage | null = null;
	#sender = '';
	#receiver = '';
	#test = false;
	#registers = 0;
	#firstRegister: RefusalValues | null = null;

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
		const values = this.#documents.reduce((sum, document) => sum + document.values, 0);
		if (this.#firstRegister && values === 0) {
			throw new Refusal('invalid', 'readings.not-load-profile', { ...this.#firstRegister, registers: this.#registers });
		}
		if (this.#firstRegister) {
			this.#warnings.push({
				code: 'readings.registers-skipped',
				values: { ...this.#firstRegister, registers: this.#registers },
			});
		}
		return {
			formatVersion: [...this.#versions].join(', ') || null,
			sender: this.#documents[0]?.sender ?? null,
			registers: [],
			documents: this.#documents,
			warnings: this.#warnings,
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
			this.#refuse('readings.wrong-reference', segment, { tag: 'UNH', expected: '', found: excerpt(reference) });
		}
		this.#messageReferences.add(reference);
		const version = at(segment, 2, 4);
		if (version) this.#versions.add(excerpt(version));
		const reader = new MessageReader(this.#sink, this.#segments.mark, {
			sender: this.#sender,
			receiver: this.#receiver,
			version,
			test: this.#test,
		});
		this.#message = { reader, reference, firstSegment: segment.number };
	}

	#finishMessage(segment: Segment, { reader, reference, firstSegment }: OpenMessage): void {
		const { document, registers, firstRegister, rounded } = reader.finish(segment);
		this.#checkSegments(segment, segment.number - firstSegment + 1, document.values);
		this.#checkReference(segment, reference);
		if (rounded) this.#warnings.push({ code: 'readings.times-rounded', values: rounded });
		this.#documents.push(document);
		this.#registers += registers;
		this.#firstRegister ??= firstRegister;
		this.#messages++;
		this.#message = null;
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
		this.#refuse('readings.wrong-count', segment, { tag: segment.tag, of, declared: excerpt(declared), counted });
	}

	#checkReference(segment: Segment, expected: string): void {
		const found = at(segment, 2);
		if (found === expected) return;
		const values = { tag: segment.tag, expected: excerpt(expected), found: excerpt(found) };
		this.#refuse('readings.wrong-reference', segment, values);
	}

	#refuse(code: string, segment: Segment, values: RefusalValues): never {
		throw new Refusal('invalid', code, { segment: segment.number, line: segment.line, ...values });
	}
}
