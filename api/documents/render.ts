// Typesets documents beside the program's own thread: one worker, one document after the other, gone when idle.
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { Refusal } from '../values/refusal.ts';
import type { Day } from '../values/calendar.ts';
import type { DocumentLanguage, TemplateData, TemplateName } from './templates.ts';
import type { TypesetReply, TypesetTask } from './worker.ts';

const idleMs = 30_000;
const limitMs = 60_000;
const longestQueue = 32;

interface Waiting {
	resolve: (pdf: Uint8Array) => void;
	reject: (error: Error) => void;
	limit: NodeJS.Timeout;
}

let worker: Worker | undefined;
let idle: NodeJS.Timeout | undefined;
let lastId = 0;
const waiting = new Map<number, Waiting>();

function settle(id: number): Waiting | undefined {
	const one = waiting.get(id);
	if (!one) return undefined;
	waiting.delete(id);
	clearTimeout(one.limit);
	if (waiting.size === 0) {
		worker?.unref();
		idle = setTimeout(close, idleMs);
		idle.unref();
	}
	return one;
}

function close(): void {
	void worker?.terminate();
	worker = undefined;
}

function fail(error: Error): void {
	close();
	for (const id of [...waiting.keys()]) settle(id)?.reject(error);
}

function start(): Worker {
	const made = new Worker(path.resolve('api/documents/worker.ts'), { execArgv: [], name: 'documents' });
	made.on('message', (reply: TypesetReply) => {
		const one = settle(reply.id);
		if ('pdf' in reply) one?.resolve(reply.pdf);
		else one?.reject(new Error(`the document could not be typeset: ${reply.error}`));
	});
	made.on('error', fail);
	made.on('exit', () => {
		if (worker === made) fail(new Error('the typesetting thread ended'));
	});
	return made;
}

/**
 * Typesets a document: the same template, language, data and date give the same bytes (PDF/A-2b). Texts in `data` are printed, never
 * read as markup. A warning of the compiler is an error. Refuses throttled `documents.busy` while too many wait.
 */
export function renderDocument<T extends TemplateName>(
	template: T,
	language: DocumentLanguage,
	data: TemplateData[T],
	date: Day,
): Promise<Uint8Array> {
	if (waiting.size >= longestQueue) throw new Refusal('throttled', 'documents.busy', { seconds: 10 });
	clearTimeout(idle);
	worker ??= start();
	worker.ref();
	const id = ++lastId;
	return new Promise((resolve, reject) => {
		const limit = setTimeout(() => fail(new Error('typesetting took too long')), limitMs);
		waiting.set(id, { resolve, reject, limit });
		worker?.postMessage({ id, template, language, data: JSON.stringify(data), date } satisfies TypesetTask);
	});
}
