// Reads JSON meter files within bounds: a small answer as a whole, a long list of records one by one.
import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { Refusal } from '../../values/refusal.ts';
import { excerpt } from '../rules.ts';
import type { Input } from './format.ts';

/** The beginning of a JSON file as text without mark and white space before it; '' if it is no object or list. */
export function jsonStart(head: Buffer, bytes = 65_536): string {
	const text = head
		.toString('latin1', 0, bytes)
		.replace(/^\u00ef\u00bb\u00bf/, '')
		.trimStart();
	return /^[{[]/.test(text) ? text : '';
}

/** Value of a path of members, own properties only; undefined where there is none. */
export function memberOf(value: unknown, ...names: string[]): unknown {
	let at = value;
	for (const name of names) {
		if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
		at = (at as Record<string, unknown>)[name];
	}
	return at;
}

/** Members of an object; none of anything else. */
export function membersOf(value: unknown): [string, unknown][] {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

const answerMb = 16;

/** The text of a device's answer. Refuses readings.json-too-large {limitMb} beyond 16 MB, readings.encoding. */
export async function answerText({ chunks }: Input): Promise<{ text: string; encoding: string }> {
	const parts: Buffer[] = [];
	let length = 0;
	for await (const chunk of chunks) {
		length += chunk.length;
		if (length > answerMb * 1_048_576) throw new Refusal('invalid', 'readings.json-too-large', { limitMb: answerMb });
		parts.push(chunk);
	}
	const bytes = Buffer.concat(parts);
	const text = decoded(new TextDecoder('utf-8', { fatal: true }), bytes, 1);
	return { text, encoding: isAscii(bytes) ? 'us-ascii' : 'utf-8' };
}

/** The value of a whole JSON text. Refuses readings.truncated and readings.bad-syntax with `line`. */
export function parsed(text: string, line = 1): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		const message = error instanceof Error ? error.message : '';
		const at = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
		const found = line + (text.slice(0, at).match(/\n/g)?.length ?? 0);
		// A text that breaks off is at fault where it ends.
		const isCut = /end of JSON|Unterminated/.test(message) || at >= text.trimEnd().length;
		throw new Refusal('invalid', isCut ? 'readings.truncated' : 'readings.bad-syntax', {
			line: found,
			text: excerpt(text.slice(at, at + 60)),
		});
	}
}

function decoded(decoder: TextDecoder, bytes: Buffer | undefined, line: number): string {
	try {
		return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
	} catch {
		throw new Refusal('invalid', 'readings.encoding', { line, found: 'utf-8' });
	}
}

/** An innermost object of a file and the line it begins in. */
export type JsonRecord = { record: Readonly<Record<string, unknown>>; line: number };

/**
 * The innermost objects of a file, wherever they stand, in its order; `eachChunk` is awaited between pieces. Memory is bounded:
 * an object may have 64 KiB, what stands around them 8 MiB. `mark` is a member that only innermost objects may have: one that
 * holds others as well would be lost. Returns the encoding. Refuses with `line`: readings.truncated, readings.bad-syntax,
 * readings.bad-row (such an object), readings.encoding, readings.json-too-large {limitMb}.
 */
export async function readRecords(
	{ chunks }: Input,
	mark: string,
	take: (one: JsonRecord) => void,
	eachChunk: () => Promise<void>,
): Promise<string> {
	const decoder = new TextDecoder('utf-8', { fatal: true });
	const scanner = new RecordScanner(mark, take);
	let encoding = 'us-ascii';
	for await (const chunk of chunks) {
		if (!isAscii(chunk)) encoding = 'utf-8';
		scanner.push(decoded(decoder, chunk, scanner.line));
		await eachChunk();
	}
	scanner.push(decoded(decoder, undefined, scanner.line));
	scanner.end();
	return encoding;
}

const recordLength = 65_536;
const frameMb = 8;

/** Takes a text apart at its brackets; strings are whole, so that brackets in them do not count. */
class RecordScanner {
	line = 1;
	readonly #mark: string;
	readonly #take: (one: JsonRecord) => void;
	/** What stands around the innermost objects; a 0 stands for each of them. */
	readonly #frame: string[] = [];
	#frameLength = 0;
	/** Text of the object that opened last and holds no other so far. */
	#record: string | null = null;
	#recordLine = 1;
	#rest = '';

	constructor(mark: string, take: (one: JsonRecord) => void) {
		this.#mark = JSON.stringify(mark);
		this.#take = take;
	}

	push(text: string): void {
		const all = this.#rest + text;
		const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]\n]|[^"{}[\]\n]+/gs;
		let end = 0;
		for (let match = token.exec(all); match && match.index === end; match = token.exec(all)) {
			if (match[0] === '{') token.lastIndex = this.#atOnce(all, end) ?? token.lastIndex;
			else this.#add(match[0]);
			end = token.lastIndex;
		}
		this.#rest = all.slice(end);
		if (this.#rest.length > recordLength) this.#refuse('readings.bad-syntax', this.#rest);
	}

	end(): void {
		if (this.#rest !== '' || this.#record !== null) this.#refuse('readings.truncated', this.#record ?? this.#rest);
		try {
			parsed(this.#frame.join(''));
		} catch (error) {
			if (error instanceof Refusal) throw new Refusal('invalid', error.code, { ...error.values, line: this.line });
			throw error;
		}
	}

	/** Opens an object. Where all of it is there and holds no other, takes it and returns where it ends; else it is taken token by token. */
	#atOnce(all: string, start: number): number | undefined {
		this.#toFrame(this.#record ?? '');
		this.#record = '{';
		this.#recordLine = this.line;
		const end = all.indexOf('}', start) + 1;
		if (end === 0 || end - start > recordLength) return undefined;
		const text = all.slice(start, end);
		if (text.indexOf('{', 1) > 0 || text.includes('[')) return undefined;
		let record: JsonRecord['record'];
		try {
			record = JSON.parse(text);
		} catch {
			// The bracket stands in a string, or the object is broken: its tokens tell.
			return undefined;
		}
		for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.line++;
		this.#finish(record);
		return end;
	}

	#finish(record: JsonRecord['record']): void {
		this.#record = null;
		// Of a long list the frame keeps one place.
		if (this.#frame.at(-1) === ',' && this.#frame.at(-2) === '0') this.#frame.pop();
		else this.#toFrame('0');
		this.#take({ record, line: this.#recordLine });
	}

	#add(token: string): void {
		if (token === '\n') this.line++;
		if (this.#record === null) this.#toFrame(token.trim());
		else if (token === '}') this.#finish(parsed(`${this.#record}}`, this.#recordLine) as JsonRecord['record']);
		else if (token === '[') {
			this.#toFrame(this.#record + token);
			this.#record = null;
		} else {
			this.#record += token;
			if (this.#record.length > recordLength) this.#refuse('readings.bad-syntax', this.#record);
		}
	}

	#toFrame(text: string): void {
		if (text === '') return;
		if (text.includes(this.#mark)) this.#refuse('readings.bad-row', text);
		this.#frame.push(text);
		this.#frameLength += text.length;
		if (this.#frameLength > frameMb * 1_048_576) {
			throw new Refusal('invalid', 'readings.json-too-large', { line: this.line, limitMb: frameMb });
		}
	}

	#refuse(code: string, text: string): never {
		throw new Refusal('invalid', code, { line: this.line, text: excerpt(text) });
	}
}
