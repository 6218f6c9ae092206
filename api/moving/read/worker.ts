// The thread that opens files: whatever they do to it, the program goes on.
import { parentPort, workerData } from 'node:worker_threads';
import { readCsv } from './csv.ts';
import { type ReadTable, type Unreadable, UnreadableFile } from './table.ts';
import { readXlsx } from './xlsx.ts';

/** What the thread answers: the tables, or why the file cannot be read. */
export type ReadReply = { tables: ReadTable[] } | { reason: Unreadable; row: number | null };

async function answer(content: Buffer): Promise<ReadReply> {
	try {
		const isZip = content.length > 3 && content.readUInt32LE(0) === 0x04034b50;
		const isOldExcel = content.length > 7 && content.readUInt32BE(0) === 0xd0cf11e0;
		if (isOldExcel) throw new UnreadableFile('file-old-excel');
		return { tables: isZip ? await readXlsx(content) : readCsv(content) };
	} catch (error) {
		if (error instanceof UnreadableFile) return { reason: error.reason, row: error.row };
		throw error;
	}
}

parentPort?.postMessage(await answer(Buffer.from(workerData as Uint8Array)));
