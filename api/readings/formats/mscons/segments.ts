// Cuts EDIFACT bytes into segments, whatever the chunks: UNA, release character, line breaks between or inside segments.
import { Refusal } from '../../../values/refusal.ts';
import { excerpt } from '../../rules.ts';

/** One EDIFACT segment: elements of components, element 0 is the tag; releases are resolved. */
export type Segment = {
	tag: string;
	elements: string[][];
	/** Number within the file (UNA not counted) and line it begins on, both from 1. */
	number: number;
	line: number;
};

/** Component text, '' where it is not given. */
export function at(segment: Segment, element: number, component = 0): string {
	return segment.elements[element]?.[component] ?? '';
}

const longestSegment = 16_384;

/**
 * Takes bytes chunk by chunk and gives the segments in them. Service characters come from UNA or are `:+.? '`.
 * `end` refuses readings.truncated if the last segment is not closed; a segment that does not end is readings.bad-syntax.
 */
export class SegmentReader {
	#text = '';
	#started = false;
	#number = 0;
	#line = 1;
	#component = ':';
	#element = '+';
	#release = '?';
	#terminator = "'";
	/** Decimal mark of the interchange: ISO 9735 lets UNA choose. */
	mark: ',' | '.' = '.';

	*push(chunk: Buffer): Generator<Segment> {
		this.#text += chunk.toString('latin1');
		if (!this.#started && !this.#start(false)) return;
		yield* this.#segments();
	}

	*end(): Generator<Segment> {
		if (!this.#started) this.#start(true);
		yield* this.#segments();
		// Some systems end a file with the old end-of-file character.
		if (this.#text.replaceAll('\u001a', '').trim() !== '') {
			throw new Refusal('invalid', 'readings.truncated', {
				segment: this.#number + 1,
				line: this.#line,
				text: excerpt(this.#text.trim()),
			});
		}
	}

	/** Position in the file, for a refusal about its end. */
	get position(): { segment: number; line: number } {
		return { segment: this.#number, line: this.#line };
	}

	#start(last: boolean): boolean {
		const text = this.#text.replace(/^\u00ef\u00bb\u00bf/, '');
		const skipped = text.length - text.trimStart().length;
		if (text.length - skipped < 9 && !last) return false;
		this.#started = true;
		this.#countLines(text.slice(0, skipped));
		this.#text = text.slice(skipped);
		if (this.#text.startsWith('UNA') && this.#text.length >= 9) {
			const [component, element, mark, release, , terminator] = this.#text.slice(3, 9) as unknown as string[];
			const characters = [component, element, release, terminator];
			if (
				new Set(characters).size < 4 ||
				characters.some((c) => /[0-9A-Za-z]/.test(c ?? '')) ||
				(mark !== ',' && mark !== '.')
			) {
				throw new Refusal('invalid', 'readings.bad-syntax', {
					segment: 1,
					line: this.#line,
					text: excerpt(this.#text.slice(0, 9)),
				});
			}
			this.#component = component as string;
			this.#element = element as string;
			// A blank means that there is none.
			this.#release = release === ' ' ? '\0' : (release as string);
			this.#terminator = terminator as string;
			this.mark = mark;
			this.#text = this.#text.slice(9);
		}
		return true;
	}

	*#segments(): Generator<Segment> {
		const text = this.#text;
		let from = 0;
		let search = 0;
		for (;;) {
			const stop = text.indexOf(this.#terminator, search);
			if (stop < 0) break;
			search = stop + 1;
			if (this.#isReleased(text, stop, from)) continue;
			const segment = this.#segment(text.slice(from, stop));
			from = search;
			yield segment;
		}
		this.#text = text.slice(from);
		if (this.#text.length > longestSegment) {
			const { segment, line } = this.position;
			throw new Refusal('invalid', 'readings.bad-syntax', {
				segment: segment + 1,
				line,
				text: excerpt(this.#text.trim()),
			});
		}
	}

	#isReleased(text: string, position: number, from: number): boolean {
		let before = position - 1;
		while (before >= from && text[before] === this.#release) before--;
		return (position - before) % 2 === 0;
	}

	#segment(raw: string): Segment {
		const start = raw.length - raw.trimStart().length;
		this.#countLines(raw.slice(0, start));
		const line = this.#line;
		this.#countLines(raw.slice(start));
		const body = raw.includes('\n') || raw.includes('\r') ? raw.slice(start).replace(/[\r\n]/g, '') : raw.slice(start);
		const elements = this.#elements(body);
		const tag = elements[0]?.[0] ?? '';
		this.#number++;
		if (!/^[A-Z][A-Z0-9]{2}$/.test(tag)) {
			throw new Refusal('invalid', 'readings.bad-syntax', { segment: this.#number, line, text: excerpt(body) });
		}
		return { tag, elements, number: this.#number, line };
	}

	#countLines(text: string): void {
		for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.#line++;
	}

	#elements(body: string): string[][] {
		if (!body.includes(this.#release))
			return body.split(this.#element).map((element) => element.split(this.#component));
		const elements: string[][] = [];
		let components: string[] = [];
		let component = '';
		let from = 0;
		for (let i = 0; i <= body.length; i++) {
			const character = body[i];
			if (character === this.#release) {
				component += body.slice(from, i);
				// The next character stands for itself.
				from = ++i;
			} else if (character === undefined || character === this.#element || character === this.#component) {
				components.push(component + body.slice(from, i));
				component = '';
				from = i + 1;
				if (character === this.#component) continue;
				elements.push(components);
				components = [];
			}
		}
		return elements;
	}
}
