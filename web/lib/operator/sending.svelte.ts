// Sends files from the browser straight to the API, a few at a time, and follows each until it has been read.
import { m } from '#lib/paraglide/messages.js';
import type { components } from '../api.d.ts';

type Upload = components['schemas']['ReadingUpload'];

/** A file on its way. `share` is how much of the present step is done, 0 to 1. */
export interface Sent {
	file: File;
	state: 'queued' | 'sending' | 'reading' | 'read' | 'refused' | 'known' | 'failed';
	share: number;
	/** the upload it became */
	uploadId: number | null;
	/** the import that brought the same bytes before */
	knownAs: number | null;
	/** why it did not arrive, in a sentence */
	failure: string | null;
}

interface Received {
	id: number | null;
	known: { importId: number } | null;
}

/** Three at once: a browser opens six connections to one host, and each file in work watches its progress. */
const lanes = 3;

/** The address of the preview of some uploads; files that are stored already go along by import and name. */
export function previewAddress(sent: readonly Pick<Sent, 'file' | 'uploadId' | 'knownAs'>[]): string {
	const query = new URLSearchParams();
	for (const id of new Set(sent.map(({ uploadId }) => uploadId))) if (id !== null) query.append('datei', String(id));
	for (const { file, knownAs } of sent) if (knownAs !== null) query.append('schon', `${knownAs}:${file.name}`);
	return `/betrieb/messwerte/vorschau?${query}`;
}

/** The files of one page on their way. */
export class Sending {
	files: Sent[] = $state([]);
	#stopped = new AbortController();

	/** Nothing is on its way any more. */
	readonly over = $derived(this.files.every(({ state }) => !['queued', 'sending', 'reading'].includes(state)));
	readonly done = $derived(this.files.filter(({ state }) => ['read', 'refused', 'known'].includes(state)).length);
	readonly failed = $derived(this.files.filter(({ state }) => state === 'failed').length);

	/** Sends the files; resolves when the last one has been read or has failed. */
	async send(files: readonly File[]): Promise<void> {
		this.#stopped = new AbortController();
		this.files = files.map((file) => ({
			...{ file, state: 'queued', share: 0, uploadId: null, knownAs: null, failure: null },
		}));
		await this.#work();
	}

	/** Sends those once more that did not arrive. */
	async again(): Promise<void> {
		for (const one of this.files)
			if (one.state === 'failed') Object.assign(one, { state: 'queued', share: 0, failure: null });
		await this.#work();
	}

	/** Stops at once and discards what has arrived already. */
	async stop(): Promise<void> {
		this.#stopped.abort();
		const arrived = new Set(this.files.flatMap(({ uploadId }) => (uploadId === null ? [] : [uploadId])));
		this.files = [];
		await Promise.allSettled([...arrived].map((id) => fetch(`/api/readings/uploads/${id}`, { method: 'DELETE' })));
	}

	async #work(): Promise<void> {
		const { signal } = this.#stopped;
		const lane = async () => {
			for (;;) {
				const next = this.files.find(({ state }) => state === 'queued');
				if (!next || signal.aborted) return;
				next.state = 'sending';
				await this.#take(next, signal);
			}
		};
		await Promise.all(Array.from({ length: lanes }, lane));
	}

	async #take(one: Sent, signal: AbortSignal): Promise<void> {
		try {
			const tell = (share: number) => {
				one.share = share;
			};
			let answer = await post(one.file, tell, signal);
			if (answer.status === 401 && (await fetch('/api/session/refresh', { method: 'POST' })).ok)
				answer = await post(one.file, tell, signal);
			if (answer.status !== 201) throw failureOf(answer.status, answer.body);
			const [received] = answer.body as Received[];
			if (received?.known || received?.id === null || received?.id === undefined) {
				Object.assign(one, { state: 'known', knownAs: received?.known?.importId ?? null });
				return;
			}
			Object.assign(one, { state: 'reading', share: 0, uploadId: received.id });
			one.state = await follow(received.id, tell, signal);
		} catch (error) {
			if (signal.aborted) return;
			const failure = typeof error === 'string' ? error : m.readings_sending_failed_network();
			Object.assign(one, { state: 'failed', failure });
		}
	}
}

/** Posts one file as multipart/form-data. Rejects if the connection breaks. */
function post(
	file: File,
	tell: (share: number) => void,
	signal: AbortSignal,
): Promise<{ status: number; body: unknown }> {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open('POST', '/api/readings/uploads');
		request.responseType = 'json';
		request.upload.onprogress = ({ loaded, total }) => tell(total > 0 ? loaded / total : 0);
		request.onload = () => resolve({ status: request.status, body: request.response });
		request.onerror = () => reject(new Error('network'));
		request.onabort = () => reject(new Error('stopped'));
		signal.addEventListener('abort', () => request.abort());
		const form = new FormData();
		form.append('files', file, file.name);
		request.send(form);
	});
}

/** Follows an upload by server-sent events until it has been read; what became of it the preview says in full. */
function follow(id: number, tell: (share: number) => void, signal: AbortSignal): Promise<'read' | 'refused'> {
	return new Promise((resolve) => {
		const source = new EventSource(`/api/readings/uploads/${id}/events`);
		const end = (state: 'read' | 'refused') => {
			source.close();
			resolve(state);
		};
		source.addEventListener('progress', ({ data }: MessageEvent<string>) => {
			const { bytesRead, size } = JSON.parse(data) as Upload;
			tell(size > 0 ? bytesRead / size : 0);
		});
		source.addEventListener('report', () => end('read'));
		source.addEventListener('end', () => end('read'));
		source.addEventListener('refusal', () => end('refused'));
		source.onerror = () => {
			// The browser connects again by itself; only a refused stream ends here, and the preview goes on watching.
			if (source.readyState === EventSource.CLOSED) end('read');
		};
		signal.addEventListener('abort', () => end('read'));
	});
}

/** Why the API did not take a file, in a sentence. */
function failureOf(status: number, body: unknown): string {
	const { code } = (body ?? {}) as { code?: unknown };
	if (status === 413 || code === 'readings.upload-too-large') return m.readings_sending_failed_size();
	if (code === 'readings.disk-full') return m.readings_sending_failed_disk();
	if (status === 401) return m.readings_sending_failed_session();
	return m.readings_sending_failed_other({ code: typeof code === 'string' ? code : String(status) });
}
