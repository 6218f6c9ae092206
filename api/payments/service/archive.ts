// What a bank delivers: one XML file, or a ZIP archive of several, opened within limits.
import yauzl from 'yauzl';
import { Refusal } from '../../values/refusal.ts';

/** Limits of an upload: bytes as sent, bytes when opened, files in an archive, and how far anything may blow up. */
export const archiveLimits = { sentBytes: 20_000_000, openedBytes: 100_000_000, files: 200, ratio: 100 };

const refuse = (code: 'payments.archive-broken' | 'payments.archive-too-large'): Refusal =>
	new Refusal('invalid', code, {}, { rule: 'B-10', field: 'files' });

/** A file as it came out of an upload. */
export interface DeliveredFile {
	name: string;
	content: Buffer;
}

function openArchive(content: Buffer): Promise<yauzl.ZipFile> {
	return new Promise((resolve, reject) => {
		yauzl.fromBuffer(
			content,
			{ lazyEntries: true, validateEntrySizes: true, strictFileNames: true },
			(error, archive) => {
				if (archive) resolve(archive);
				else reject(error ?? refuse('payments.archive-broken'));
			},
		);
	});
}

function readEntry(archive: yauzl.ZipFile, entry: yauzl.Entry, most: number): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		archive.openReadStream(entry, (error, stream) => {
			if (!stream) return reject(error ?? refuse('payments.archive-broken'));
			const parts: Buffer[] = [];
			let size = 0;
			stream.on('data', (part: Buffer) => {
				size += part.length;
				// The sizes an archive states may lie; what comes out counts.
				if (size > most) {
					stream.destroy();
					reject(refuse('payments.archive-too-large'));
				} else parts.push(part);
			});
			stream.on('error', reject);
			stream.on('end', () => resolve(Buffer.concat(parts)));
		});
	});
}

async function unpack(content: Buffer): Promise<DeliveredFile[]> {
	const archive = await openArchive(content);
	if (archive.entryCount > archiveLimits.files) throw refuse('payments.archive-too-large');
	const files: DeliveredFile[] = [];
	let opened = 0;
	await new Promise<void>((resolve, reject) => {
		archive.on('error', reject);
		archive.on('end', resolve);
		archive.on('entry', (entry: yauzl.Entry) => {
			const take = async (): Promise<void> => {
				if (entry.fileName.endsWith('/')) return;
				if (!/\.xml$/i.test(entry.fileName)) throw refuse('payments.archive-broken');
				if (entry.isEncrypted()) throw refuse('payments.archive-broken');
				const most = Math.min(
					archiveLimits.openedBytes - opened,
					Math.max(64 * 1024, entry.compressedSize * archiveLimits.ratio),
				);
				if (entry.uncompressedSize > most) throw refuse('payments.archive-too-large');
				const file = { name: entry.fileName.slice(-100), content: await readEntry(archive, entry, most) };
				opened += file.content.length;
				files.push(file);
			};
			take().then(() => archive.readEntry(), reject);
		});
		archive.readEntry();
	}).finally(() => archive.close());
	return files;
}

/**
 * The XML files of an upload: itself, or those in a ZIP archive in the order of their names. Refuses invalid `payments.archive-broken`
 * (no ZIP after all, encrypted, other files in it), `payments.archive-too-large` (too many files, too large, blown up more than
 * 100 times), `payments.statement-none` for an archive without files.
 */
export async function openDelivery(name: string, content: Buffer): Promise<DeliveredFile[]> {
	if (content.length > archiveLimits.sentBytes) throw refuse('payments.archive-too-large');
	const isArchive = content.length > 3 && content.readUInt32LE(0) === 0x04034b50;
	if (!isArchive) return [{ name, content }];
	let files: DeliveredFile[];
	try {
		files = await unpack(content);
	} catch (error) {
		throw error instanceof Refusal ? error : refuse('payments.archive-broken');
	}
	if (files.length === 0) throw new Refusal('invalid', 'payments.statement-none', {}, { field: 'files' });
	return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}
