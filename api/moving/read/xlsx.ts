// Workbooks: opened within limits before anything of them is believed, then read sheet by sheet.
import readWorkbook from 'read-excel-file/node';
import yauzl from 'yauzl';
import type { Cell } from '../rules/values.ts';
import { explanationTitles } from '../words/template.ts';
import { fileLimits, type ReadTable, tableOf, UnreadableFile } from './table.ts';

function openedSize(archive: yauzl.ZipFile, entry: yauzl.Entry, most: number): Promise<number> {
	return new Promise((resolve, reject) => {
		archive.openReadStream(entry, (error, stream) => {
			if (!stream) return reject(error ?? new UnreadableFile('file-broken'));
			let size = 0;
			let tail = '';
			stream.on('data', (part: Buffer) => {
				size += part.length;
				const text = tail + part.toString('latin1');
				tail = text.slice(-12);
				// What a workbook holds needs neither; entities are how XML is made to blow up or to fetch.
				if (/<!(DOCTYPE|ENTITY)/i.test(text)) stream.destroy(new UnreadableFile('file-broken'));
				// The sizes an archive states may lie; what comes out counts.
				else if (size > most) stream.destroy(new UnreadableFile('file-too-large'));
			});
			stream.on('error', reject);
			stream.on('end', () => resolve(size));
		});
	});
}

/** Opens every part once within the limits. Throws UnreadableFile. */
async function checkArchive(content: Buffer): Promise<void> {
	const archive = await new Promise<yauzl.ZipFile>((resolve, reject) => {
		yauzl.fromBuffer(
			content,
			{ lazyEntries: true, validateEntrySizes: true, strictFileNames: true },
			(error, opened) => {
				if (opened) resolve(opened);
				else reject(error ?? new UnreadableFile('file-broken'));
			},
		);
	});
	if (archive.entryCount > fileLimits.entries) throw new UnreadableFile('file-too-large');
	let opened = 0;
	await new Promise<void>((resolve, reject) => {
		archive.on('error', reject);
		archive.on('end', resolve);
		archive.on('entry', (entry: yauzl.Entry) => {
			const check = async (): Promise<void> => {
				if (entry.fileName.endsWith('/')) return;
				if (entry.isEncrypted()) throw new UnreadableFile('file-broken');
				const byRatio = Math.max(1_000_000, entry.compressedSize * fileLimits.ratio);
				const most = Math.min(fileLimits.openedBytes - opened, byRatio);
				if (entry.uncompressedSize > most) throw new UnreadableFile('file-too-large');
				opened += await openedSize(archive, entry, most);
			};
			check().then(() => archive.readEntry(), reject);
		});
		archive.readEntry();
	}).finally(() => archive.close());
}

function cellOf(value: unknown): Cell {
	if (value === null || value === undefined) return null;
	if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString().slice(0, 10);
	if (typeof value === 'number') return value;
	if (typeof value === 'boolean') return value ? 'ja' : 'nein';
	return String(value);
}

/** The tables of a workbook, one a sheet that holds anything. Throws UnreadableFile. */
export async function readXlsx(content: Buffer): Promise<ReadTable[]> {
	try {
		await checkArchive(content);
		const sheets = await readWorkbook(content);
		if (sheets.length > fileLimits.sheets) throw new UnreadableFile('file-too-large');
		const explaining: readonly string[] = Object.values(explanationTitles);
		return sheets.flatMap(({ sheet, data }) => {
			if (explaining.includes(sheet)) return [];
			if (data.length > fileLimits.rows + 21) throw new UnreadableFile('file-too-large');
			const table = tableOf(
				data.map((line) => line.map(cellOf)),
				sheet.slice(0, 100),
				'xlsx',
			);
			return table && table.rows.length > 0 ? [table] : [];
		});
	} catch (error) {
		throw error instanceof UnreadableFile ? error : new UnreadableFile('file-broken');
	}
}
