// Reads XML meter files piece by piece: elements by their local names, no document types, no entities, bounded memory.
import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import sax from 'sax';
import { Refusal } from '../../values/refusal.ts';
import { excerpt } from '../rules.ts';
import type { Input, Sink } from './format.ts';

/** Attributes of an element by their local names. */
export type Attributes = Readonly<Record<string, string>>;

/** What a format hears of its file. `path` holds the open elements from the root to the one it is about, local names only. */
export type XmlListener = {
	opened(path: readonly string[], attributes: Attributes, line: number): void;
	/** `text` is what stands in the element itself, without white space around it. */
	closed(path: readonly string[], text: string, line: number): void;
};

const limits = { depth: 60, textLength: 20_000 };

/** Encodings that files declare, and the decoder for each; UTF-16 was made UTF-8 before. */
const encodings: ReadonlyMap<string, 'utf-8' | 'iso-8859-15' | 'windows-1252'> = new Map([
	...['utf-8', 'utf8', 'utf-16', 'utf-16le', 'utf-16be'].map((name): [string, 'utf-8'] => [name, 'utf-8']),
	...['us-ascii', 'iso-8859-1', 'windows-1252'].map((name): [string, 'windows-1252'] => [name, 'windows-1252']),
	['iso-8859-15', 'iso-8859-15'],
]);

/** Local name of the root element, by the beginning of the file; undefined if that is no XML. Comments, declarations and a document type may stand before it. */
export function rootOf(head: Buffer): string | undefined {
	if (!/^(\u00ef\u00bb\u00bf)?\s*(<|$)/.test(head.toString('latin1', 0, 64))) return undefined;
	const text = head.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
	for (let at = 0; ; ) {
		while (at < text.length && /\s/.test(text[at] as string)) at++;
		const end = ['<?', '<!--', '<!'].find((start) => text.startsWith(start, at));
		if (end === undefined) return /^<(?:[\w.-]{1,100}:)?([\w.-]{1,100})[\s/>]/.exec(text.slice(at, at + 220))?.[1];
		const close =
			end === '<?' ? text.indexOf('?>', at) + 1 : end === '<!--' ? text.indexOf('-->', at) + 2 : typeEnd(text, at);
		if (close < at + end.length) return undefined;
		at = close + 1;
	}
}

function typeEnd(text: string, at: number): number {
	const [subset, end] = [text.indexOf('[', at), text.indexOf('>', at)];
	if (subset < 0 || end < subset) return end;
	const close = /\]\s*>/g;
	close.lastIndex = subset;
	return close.exec(text) ? close.lastIndex - 1 : -1;
}

/**
 * Reads all of the file into the listener and returns its encoding. Refuses with `line`: readings.truncated,
 * readings.bad-syntax, readings.encoding {found}, readings.xml-entities (a document type or an entity, never resolved).
 */
export async function readXml({ head, chunks }: Input, sink: Sink, listener: XmlListener): Promise<string> {
	const { decoder, label } = decoderOf(head);
	const document = new Document(listener);
	let encoding = 'us-ascii';
	for await (const chunk of chunks) {
		if (encoding !== label && !isAscii(chunk)) encoding = label;
		document.write(decoded(decoder, chunk, document.line));
		if (sink.full) await sink.flush();
	}
	document.write(decoded(decoder, undefined, document.line));
	document.close();
	return encoding;
}

function decoderOf(head: Buffer): { decoder: TextDecoder; label: string } {
	const start = head.toString('latin1', 0, 4096);
	const isMarked = start.startsWith('\u00ef\u00bb\u00bf');
	const declared = /^(?:\u00ef\u00bb\u00bf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']/.exec(start)?.[1];
	const label = isMarked || !declared ? 'utf-8' : encodings.get(declared.toLowerCase());
	if (!label) throw new Refusal('invalid', 'readings.encoding', { line: 1, found: excerpt(declared ?? '') });
	return { decoder: new TextDecoder(label, { fatal: true }), label };
}

function decoded(decoder: TextDecoder, bytes: Buffer | undefined, line: number): string {
	try {
		return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
	} catch {
		throw new Refusal('invalid', 'readings.encoding', { line, found: decoder.encoding });
	}
}

function localOf(name: string): string {
	return name.slice(name.indexOf(':') + 1);
}

const none: Attributes = {};

function localised(attributes: Record<string, string>): Attributes {
	for (const _ in attributes) {
		return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [localOf(key), value]));
	}
	return none;
}

/** Names of elements that are remembered; a file of any kind has far fewer. */
const mostNames = 1000;

class Document {
	readonly #parser = sax.parser(true, { position: true, strictEntities: true } as sax.SAXOptions);
	readonly #listener: XmlListener;
	readonly #path: string[] = [];
	/** Text of the open elements, by depth. */
	readonly #texts: string[] = [];
	readonly #names = new Map<string, string>();
	#written = false;
	#begun = false;
	#ending = false;

	constructor(listener: XmlListener) {
		this.#listener = listener;
		const parser = this.#parser;
		parser.onerror = ({ message }) => this.#fail(message);
		parser.ondoctype = () => this.#refuse('readings.xml-entities', {});
		parser.onsgmldeclaration = () => this.#refuse('readings.xml-entities', {});
		parser.onopentag = ({ name, attributes }) => this.#open(name, attributes as Record<string, string>);
		parser.onclosetag = () => this.#close();
		parser.ontext = (text) => this.#say(text);
		parser.oncdata = (text) => this.#say(text);
	}

	get line(): number {
		return this.#parser.line + 1;
	}

	write(text: string): void {
		if (text === '') return;
		this.#parser.write(this.#written ? text : text.trimStart());
		this.#written = true;
	}

	close(): void {
		this.#ending = true;
		this.#parser.close();
		if (this.#path.length > 0 || !this.#begun) this.#refuse('readings.truncated', { text: this.#path.at(-1) ?? '' });
	}

	#open(name: string, attributes: Record<string, string>): void {
		if (this.#path.length >= limits.depth || (this.#begun && this.#path.length === 0)) {
			this.#refuse('readings.bad-syntax', { text: excerpt(name) });
		}
		this.#begun = true;
		this.#path.push(this.#localOf(name));
		this.#texts.push('');
		this.#listener.opened(this.#path, localised(attributes), this.line);
	}

	#localOf(name: string): string {
		let local = this.#names.get(name);
		if (local === undefined) {
			local = localOf(name);
			if (this.#names.size < mostNames) this.#names.set(name, local);
		}
		return local;
	}

	#say(text: string): void {
		const depth = this.#texts.length - 1;
		if (depth < 0) return;
		const all = (this.#texts[depth] as string) + text;
		if (all.length > limits.textLength) this.#refuse('readings.bad-syntax', { text: excerpt(all.trimStart()) });
		this.#texts[depth] = all;
	}

	#close(): void {
		const text = this.#texts.pop() ?? '';
		this.#listener.closed(this.#path, text.trim(), this.line);
		this.#path.pop();
	}

	#fail(message: string): never {
		const [text = ''] = message.split('\n');
		if (this.#ending) this.#refuse('readings.truncated', { text: this.#path.at(-1) ?? '' });
		if (/entity|doctype|sgml/i.test(text)) this.#refuse('readings.xml-entities', {});
		this.#refuse('readings.bad-syntax', { text: excerpt(text) });
	}

	#refuse(code: string, values: Record<string, string>): never {
		throw new Refusal('invalid', code, { line: this.line, ...values });
	}
}
