// Reads a file in a thread of its own with bounded memory and time.
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { Refusal } from '../../values/refusal.ts';
import { fileLimits, type ReadTable } from './table.ts';
import type { ReadReply } from './worker.ts';

const limitMs = 30_000;
let running: Promise<unknown> = Promise.resolve();

const tooLarge = (): Refusal => new Refusal('invalid', 'moving.file-too-large', {}, { field: 'file' });

/**
 * The tables of a file: one of a CSV, one for each sheet of a workbook that holds anything. One file at a time. Refuses invalid
 * `moving.file-too-large`, `moving.file-broken` {row}, `moving.file-empty`, `moving.file-not-known`, `moving.file-old-excel`.
 */
export function readTables(content: Buffer): Promise<ReadTable[]> {
	const mine = running.then(() => readInThread(content));
	running = mine.catch(() => {});
	return mine;
}

async function readInThread(content: Buffer): Promise<ReadTable[]> {
	if (content.length > fileLimits.sentBytes) throw tooLarge();
	if (content.length === 0) throw new Refusal('invalid', 'moving.file-empty', {}, { field: 'file' });
	const reply = await new Promise<ReadReply>((resolve, reject) => {
		const worker = new Worker(path.resolve('api/moving/read/worker.ts'), {
			...{ workerData: new Uint8Array(content), execArgv: [], name: 'moving' },
			resourceLimits: { maxOldGenerationSizeMb: 512 },
		});
		const limit = setTimeout(() => {
			void worker.terminate();
			reject(tooLarge());
		}, limitMs);
		worker.on('message', (message: ReadReply) => resolve(message));
		// Out of memory ends the thread alone.
		worker.on('error', (error: Error & { code?: string }) =>
			reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge() : error),
		);
		worker.on('exit', () => {
			clearTimeout(limit);
			reject(new Error('the reading thread ended'));
		});
	});
	if ('tables' in reply) {
		if (reply.tables.length === 0) throw new Refusal('invalid', 'moving.file-empty', {}, { field: 'file' });
		return reply.tables;
	}
	switch (reply.reason) {
		case 'file-too-large':
			throw tooLarge();
		case 'file-old-excel':
			throw new Refusal('invalid', 'moving.file-old-excel', {}, { field: 'file' });
		case 'file-empty':
			throw new Refusal('invalid', 'moving.file-empty', {}, { field: 'file' });
		case 'file-not-known':
			throw new Refusal('invalid', 'moving.file-not-known', {}, { field: 'file' });
		default:
			throw new Refusal('invalid', 'moving.file-broken', { row: reply.row ?? 0 }, { field: 'file' });
	}
}
