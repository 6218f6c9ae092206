// Looks into uploads one after the other beside the requests, and knows how far each one is.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../database/connect.ts';
import { systemActor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { listUnpreviewed, previewUpload, refuseUpload, removeStrayUploads } from './uploads.ts';

/** What this process does with an upload at the moment, and how many of its bytes are behind it. */
export interface Progress {
	phase: 'waiting' | 'reading' | 'storing';
	bytesRead: number;
}

const by = systemActor('uploads');
const attempts = 5;

/**
 * The queue of previews of one process: one file at a time. Readers give way to requests after each mebibyte (reading from disk
 * ends the turn of the event loop), so a long file does not hold up short answers.
 */
export class PreviewQueue {
	readonly #db: Database;
	readonly #folder: string;
	readonly #now: () => Date;
	readonly #onError: (error: unknown) => void;
	readonly #progress = new Map<number, Progress>();
	readonly #stopped = new AbortController();
	#tail: Promise<void> = Promise.resolve();

	constructor({
		db,
		folder,
		now,
		onError,
	}: { db: Database; folder: string; now: () => Date; onError: (error: unknown) => void }) {
		this.#db = db;
		this.#folder = folder;
		this.#now = now;
		this.#onError = onError;
	}

	/** Queues an upload unless it is queued already. */
	add(uploadId: number): void {
		if (this.#progress.has(uploadId) || this.#stopped.signal.aborted) return;
		this.#progress.set(uploadId, { phase: 'waiting', bytesRead: 0 });
		this.#tail = this.#tail.then(() => this.#preview(uploadId));
	}

	/** What happens to an upload in this process; undefined if nothing does. */
	progressOf(uploadId: number): Progress | undefined {
		return this.#progress.get(uploadId);
	}

	/** Runs the storing of an upload and shows its progress meanwhile. */
	async store<T>(uploadId: number, work: (onProgress: (bytes: number) => void) => Promise<T>): Promise<T> {
		const shown = !this.#progress.has(uploadId);
		if (shown) this.#progress.set(uploadId, { phase: 'storing', bytesRead: 0 });
		try {
			return await work((bytesRead) => {
				if (shown) this.#progress.set(uploadId, { phase: 'storing', bytesRead });
			});
		} finally {
			if (shown) this.#progress.delete(uploadId);
		}
	}

	/** After a start: clears away what a dead process left, and queues the uploads it did not get to. */
	async resume(): Promise<void> {
		await removeStrayUploads(this.#db, { by, at: this.#now(), folder: this.#folder });
		for (const id of await listUnpreviewed(this.#db, { by })) this.add(id);
	}

	/** Resolves when nothing waits. */
	async idle(): Promise<void> {
		for (let tail: Promise<void> | undefined; tail !== this.#tail; ) {
			tail = this.#tail;
			await tail;
		}
	}

	/** Takes nothing on any more; the running one ends at its next step and is not waited for longer than three seconds: it changes nothing. */
	async stop(): Promise<void> {
		this.#stopped.abort();
		await Promise.race([this.idle(), sleep(3_000, undefined, { ref: false })]);
	}

	async #preview(uploadId: number): Promise<void> {
		const { signal } = this.#stopped;
		for (let attempt = 1; !signal.aborted; attempt++) {
			try {
				const parts = { by, at: this.#now(), folder: this.#folder, uploadId };
				this.#progress.set(uploadId, { phase: 'reading', bytesRead: 0 });
				await previewUpload(this.#db, parts, (bytesRead) => {
					this.#progress.set(uploadId, { phase: 'reading', bytesRead });
					// The transaction has changed nothing; the next start looks into the file again.
					if (signal.aborted) throw new Error('stopped');
				});
				break;
			} catch (error) {
				if (signal.aborted) break;
				this.#onError(error);
				const refusal = new Refusal('invalid', 'readings.preview-failed');
				const end = { by, at: this.#now(), folder: this.#folder, uploadId, refusal };
				if (attempt < attempts) await sleep(attempt * 1_000, undefined, { signal }).catch(() => {});
				else {
					await refuseUpload(this.#db, end).catch(this.#onError);
					break;
				}
			}
		}
		this.#progress.delete(uploadId);
	}
}
