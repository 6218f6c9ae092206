// The bytes of an uploaded file: counted, hashed, looked at before they are read, UTF-16 made readable, foreign files named.
import { createHash } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { Refusal } from '../values/refusal.ts';

const headBytes = 1_048_576;

/** The bytes of a file on disk, in pieces of a mebibyte; of a small file in one that fits: big buffers for small files cost more than reading. */
export async function bytesOf(path: string): Promise<ReadStream> {
	const { size } = await stat(path);
	return createReadStream(path, { highWaterMark: Math.min(size + 1, headBytes) });
}

/** One pass over the bytes of a file, however they are chunked. */
export class Source {
	readonly #bytes: AsyncIterator<Uint8Array>;
	readonly #hash = createHash('sha256');
	#size = 0;

	constructor(bytes: AsyncIterable<Uint8Array>) {
		this.#bytes = bytes[Symbol.asyncIterator]();
	}

	/** Bytes read so far. */
	get size(): number {
		return this.#size;
	}

	async #next(): Promise<Buffer | undefined> {
		const { done, value } = await this.#bytes.next();
		if (done) return undefined;
		this.#hash.update(value);
		this.#size += value.byteLength;
		return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
	}

	/** The file as text bytes: its first mebibyte, and everything from the first byte on. UTF-16 becomes UTF-8. */
	async open(): Promise<{ head: Buffer; chunks: AsyncIterable<Buffer>; encoding: 'utf-16le' | 'utf-16be' | null }> {
		const first: Buffer[] = [];
		let length = 0;
		while (length < headBytes) {
			const chunk = await this.#next();
			if (!chunk) break;
			first.push(chunk);
			length += chunk.length;
		}
		const head = first.length === 1 ? (first[0] as Buffer) : Buffer.concat(first);
		const encoding = utf16Of(head);
		if (!encoding) return { head, chunks: this.#all(head), encoding };
		const decoder = new TextDecoder(encoding, { fatal: true });
		const decoded = decode(decoder, head, length < headBytes);
		return { head: decoded, chunks: this.#decoded(decoder, decoded, length < headBytes), encoding };
	}

	async *#all(head: Buffer): AsyncGenerator<Buffer> {
		yield head;
		for (let chunk = await this.#next(); chunk; chunk = await this.#next()) yield chunk;
	}

	async *#decoded(decoder: TextDecoder, head: Buffer, whole: boolean): AsyncGenerator<Buffer> {
		yield head;
		if (whole) return;
		for (let chunk = await this.#next(); chunk; chunk = await this.#next()) yield decode(decoder, chunk, false);
		yield decode(decoder, Buffer.alloc(0), true);
	}

	/** Reads on to the end, for size and hash of a file that was refused half-way, and returns both. */
	async finish(): Promise<{ size: number; sha256: string }> {
		while (await this.#next());
		return { size: this.#size, sha256: this.#hash.digest('hex') };
	}
}

function utf16Of(head: Buffer): 'utf-16le' | 'utf-16be' | null {
	if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
	if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
	return null;
}

function decode(decoder: TextDecoder, bytes: Buffer, last: boolean): Buffer {
	try {
		return Buffer.from(decoder.decode(bytes, { stream: !last }), 'utf8');
	} catch {
		throw new Refusal('invalid', 'readings.encoding', { found: decoder.encoding });
	}
}

/** What a file is that none of the formats reads, as far as its first bytes tell; shown with readings.unknown-format. */
export function foreignKindOf(head: Buffer): string {
	const starts = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
	if (starts(0x1f, 0x8b)) return 'gzip';
	if (starts(0x50, 0x4b, 3, 4) || starts(0x50, 0x4b, 5, 6)) return head.includes('xl/') ? 'XLSX' : 'ZIP';
	if (starts(0x42, 0x5a, 0x68)) return 'bzip2';
	if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a)) return 'xz';
	if (starts(0x25, 0x50, 0x44, 0x46)) return 'PDF';
	if (starts(0xd0, 0xcf, 0x11, 0xe0)) return 'XLS';
	if (starts(0x89, 0x50, 0x4e, 0x47) || starts(0xff, 0xd8, 0xff)) return 'image';
	const text = head.toString('latin1', 0, 4096).replace(/^(\u00ef\u00bb\u00bf)?\s*/, '');
	if (/^<!doctype html|^<html/i.test(text)) return 'HTML';
	if (/^<\?xml|^<[a-z][\w:.-]*[\s>]/i.test(text))
		return `XML ${/<(?![?!])([\w:.-]+)/.exec(text)?.[1] ?? ''}`.trim().slice(0, 60);
	if (/^[{[]/.test(text) && /["\]}]/.test(text)) return 'JSON';
	const control = head.subarray(0, 4096).filter((byte) => byte < 9 || (byte > 13 && byte < 32)).length;
	return control > 0 ? 'binary' : 'text';
}
