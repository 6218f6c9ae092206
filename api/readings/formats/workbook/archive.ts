// A ZIP archive in memory, opened within a budget: how many parts, how large each becomes, how far it may blow up.
import yauzl from 'yauzl';
import { Refusal } from '../../../values/refusal.ts';

/** What an archive or compressed file may cost. Bytes as sent (a ZIP is kept in memory), parts, bytes when opened, how far it may grow. */
export const budget = {
	sentBytes: 67_108_864,
	parts: 2000,
	openedBytes: 629_145_600,
	ratio: 250,
	/** Small files may grow further than `ratio`. */
	freeBytes: 16_777_216,
} as const;

/** Too much came out of a compressed file, or would. */
export function tooLarge(): Refusal {
	return new Refusal('invalid', 'readings.opened-too-large', { megabytes: Math.round(budget.openedBytes / 1_048_576) });
}

/** A compressed file that cannot be opened. */
export function broken(): Refusal {
	return new Refusal('invalid', 'readings.archive-broken', {});
}

/** The parts of an archive by name, each to be read as a stream. */
export class Archive {
	readonly #archive: yauzl.ZipFile;
	readonly #parts: ReadonlyMap<string, yauzl.Entry>;

	private constructor(archive: yauzl.ZipFile, parts: ReadonlyMap<string, yauzl.Entry>) {
		this.#archive = archive;
		this.#parts = parts;
	}

	/** Lists the parts. Refuses readings.archive-broken (also encrypted ones) and readings.opened-too-large. */
	static async open(bytes: Buffer): Promise<Archive> {
		const archive = await new Promise<yauzl.ZipFile>((resolve, reject) => {
			const options = { lazyEntries: true, validateEntrySizes: true, autoClose: false };
			yauzl.fromBuffer(bytes, options, (error, opened) => (opened ? resolve(opened) : reject(error)));
		}).catch(() => {
			throw broken();
		});
		if (archive.entryCount > budget.parts) throw tooLarge();
		const parts = new Map<string, yauzl.Entry>();
		await new Promise<void>((resolve, reject) => {
			archive.on('error', () => reject(broken()));
			archive.on('end', resolve);
			archive.on('entry', (entry: yauzl.Entry) => {
				if (entry.isEncrypted()) return reject(broken());
				if (!entry.fileName.endsWith('/')) parts.set(entry.fileName, entry);
				archive.readEntry();
			});
			archive.readEntry();
		});
		return new Archive(archive, parts);
	}

	/** Names of the parts, in the order of the archive. */
	get names(): string[] {
		return [...this.#parts.keys()];
	}

	/** The bytes of a part, none if there is no such part. Refuses readings.opened-too-large and readings.archive-broken. */
	async *bytes(name: string, most: number = budget.openedBytes): AsyncGenerator<Buffer> {
		const entry = this.#parts.get(name);
		if (!entry) return;
		const limit = Math.min(most, Math.max(budget.freeBytes, entry.compressedSize * budget.ratio));
		if (entry.uncompressedSize > limit) throw tooLarge();
		const stream = await new Promise<NodeJS.ReadableStream & { destroy(): void }>((resolve, reject) => {
			this.#archive.openReadStream(entry, (error, opened) => (opened ? resolve(opened) : reject(error)));
		}).catch(() => {
			throw broken();
		});
		let size = 0;
		try {
			for await (const part of stream as AsyncIterable<Buffer>) {
				// The sizes an archive states may lie; what comes out counts.
				size += part.length;
				if (size > limit) throw tooLarge();
				yield part;
			}
		} catch (error) {
			throw error instanceof Refusal ? error : broken();
		} finally {
			stream.destroy();
		}
	}

	/** A whole part as text. Refuses as `bytes`. */
	async text(name: string, most: number): Promise<string> {
		const parts: Buffer[] = [];
		for await (const part of this.bytes(name, most)) parts.push(part);
		return Buffer.concat(parts).toString('utf8');
	}
}
