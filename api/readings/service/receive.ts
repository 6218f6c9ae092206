// Takes uploaded files in: streamed to disk and hashed on the way, known ones told at once, all of a request or none of it.
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { and, eq } from 'drizzle-orm';
import { type Command, type Note, write } from '../../audit/service.ts';
import type { Database, Tx } from '../../database/connect.ts';
import { Refusal } from '../../values/refusal.ts';
import { imports } from '../tables.ts';

/** Bytes that one request may bring, all its files together. */
export const requestLimitBytes = 1024 * 1024 * 1024;

/** A part of a multipart body, as the wire delivers it. */
export type UploadPart = { type: 'file'; filename: string; file: Readable } | { type: 'field'; fieldname: string };

/** A file that was taken in. `id` is null if the same bytes are stored already; `known` says as what. */
export interface ReceivedUpload {
	id: number | null;
	fileName: string;
	size: number;
	sha256: string;
	known: { importId: number; fileName: string; storedAt: string | null } | null;
}

interface Received {
	fileName: string;
	sha256: Buffer;
	size: number;
	/** where the bytes are at present */
	path: string;
}

/** Where the bytes of an upload lie until it is stored or discarded. */
export function uploadPath(folder: string, { id, sha256 }: { id: number; sha256: Buffer }): string {
	return path.join(folder, `${id}-${sha256.toString('hex', 0, 8)}`);
}

/** The name a person sees: the last piece of a path, no control or direction characters, at most 200 characters. */
export function shownFileName(name: string): string {
	const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
	const clean = Array.from(last.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim());
	return clean.slice(0, 200).join('') || 'unnamed';
}

/**
 * Streams the files of one request into `folder` and records them as uploads. Bytes that are stored already are not kept, bytes
 * that wait already as an upload are that upload again. If anything goes wrong, and if the sender goes away, nothing of the request
 * remains. Refuses readings.no-file, readings.unexpected-part, readings.upload-too-large, readings.disk-full; a body that is no
 * multipart at all gives an error with status 400.
 */
export async function receiveUploads(
	db: Database,
	{ folder, parts, ...command }: Command & { folder: string; parts: AsyncIterable<UploadPart> },
): Promise<ReceivedUpload[]> {
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const files: Received[] = [];
	let done = false;
	try {
		await takeIn(folder, parts, files);
		const uploads = await write(db, command, (tx, note) => record(tx, note, folder, files, command));
		done = true;
		return uploads;
	} finally {
		const kept = (file: Received) => done && !file.path.endsWith('.part');
		await Promise.all(files.filter((file) => !kept(file)).map((file) => rm(file.path, { force: true })));
	}
}

async function takeIn(folder: string, parts: AsyncIterable<UploadPart>, files: Received[]): Promise<void> {
	let left = requestLimitBytes;
	try {
		for await (const part of parts) {
			if (part.type === 'field')
				throw new Refusal('invalid', 'readings.unexpected-part', { name: part.fieldname.slice(0, 60) });
			// The process is part of the name: what a dead one left behind can be told.
			const target = path.join(folder, `${process.pid}-${randomUUID()}.part`);
			const file: Received = {
				fileName: shownFileName(part.filename ?? ''),
				sha256: Buffer.alloc(0),
				size: 0,
				path: target,
			};
			files.push(file);
			const hash = createHash('sha256');
			await pipeline(
				part.file,
				async function* (chunks: AsyncIterable<Buffer>) {
					for await (const chunk of chunks) {
						hash.update(chunk);
						file.size += chunk.length;
						left -= chunk.length;
						if (left < 0) throw new Refusal('invalid', 'readings.upload-too-large', { limitBytes: requestLimitBytes });
						yield chunk;
					}
				},
				createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true, highWaterMark: 1_048_576 }),
			);
			file.sha256 = hash.digest();
		}
	} catch (error) {
		throw readable(error);
	}
	if (files.length === 0) throw new Refusal('invalid', 'readings.no-file');
}

/** The error to answer with: what the parser of multipart bodies throws without a status is the sender's mistake. */
function readable(error: unknown): unknown {
	const { code = '', syscall } = error as NodeJS.ErrnoException;
	if (code === 'ENOSPC' || code === 'EDQUOT') return new Refusal('conflict', 'readings.disk-full');
	if (error instanceof Refusal || syscall !== undefined) return error;
	const as = (statusCode: number, name: string) => Object.assign(new Error(name), { statusCode, code: name });
	if (code === 'FST_REQ_FILE_TOO_LARGE') return as(413, 'FILE_TOO_LARGE');
	if (/^FST_(FILES|PARTS|FIELDS)_LIMIT$/.test(code)) return as(413, 'TOO_MANY_FILES');
	return as(400, 'MALFORMED_UPLOAD');
}

async function record(
	tx: Tx,
	note: Note,
	folder: string,
	files: Received[],
	{ by, at }: Command,
): Promise<ReceivedUpload[]> {
	const uploads: ReceivedUpload[] = [];
	for (const file of files) {
		const { fileName, size, sha256 } = file;
		const facts = { fileName, size, sha256: sha256.toString('hex') };
		const known = await storedAs(tx, sha256);
		if (known) {
			uploads.push({ id: null, ...facts, known });
			continue;
		}
		const [made] = await tx
			.insert(imports)
			.values({
				...{ fileName, sha256, size, origin: 'upload', state: 'uploaded' },
				...{ receivedAt: at, receivedBy: by.personId, receivedByName: by.name },
			})
			// The same bytes wait already, or arrive twice at this moment.
			.onConflictDoNothing()
			.returning({ id: imports.id });
		const id = made?.id ?? (await waitingAs(tx, sha256));
		if (id === undefined) {
			uploads.push({ id: null, ...facts, known: (await storedAs(tx, sha256)) ?? null });
			continue;
		}
		const target = uploadPath(folder, { id, sha256 });
		if (made || !existsSync(target)) {
			await rename(file.path, target);
			file.path = target;
		}
		if (made) note({ action: 'readings.receiveUploads', subject: `import ${id}`, after: facts });
		uploads.push({ id, ...facts, known: null });
	}
	const directory = await open(folder, 'r');
	await directory.sync().finally(() => directory.close());
	return uploads;
}

async function storedAs(tx: Tx, sha256: Buffer): Promise<ReceivedUpload['known'] | undefined> {
	const [known] = await tx
		.select({ importId: imports.id, fileName: imports.fileName, storedAt: imports.storedAt })
		.from(imports)
		.where(and(eq(imports.sha256, sha256), eq(imports.state, 'stored')));
	return known && { ...known, storedAt: known.storedAt?.toISOString() ?? null };
}

async function waitingAs(tx: Tx, sha256: Buffer): Promise<number | undefined> {
	const [waiting] = await tx
		.select({ id: imports.id })
		.from(imports)
		.where(and(eq(imports.sha256, sha256), eq(imports.state, 'uploaded')));
	return waiting?.id;
}
