// What happens to an upload: looked into, stored, discarded; and what a restart finds of it.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import { meteringPoints } from '../../plants/tables.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { obisOf } from '../rules.ts';
import { imports } from '../tables.ts';
import { importFile, previewFile } from './import.ts';
import type { Imported } from './import-report.ts';
import { uploadPath } from './receive.ts';
import type { Assignment } from './stage.ts';

interface Upload {
	id: number;
	state: (typeof imports.$inferSelect)['state'];
	fileName: string;
	sha256: Buffer;
	assignment: Assignment | null;
}

/** The upload's row, whatever became of it. Refuses readings.upload-unknown. */
async function uploadIn(tx: Tx, uploadId: number): Promise<Upload> {
	const [upload] = await tx
		.select({
			...{ id: imports.id, state: imports.state, fileName: imports.fileName, sha256: imports.sha256 },
			assignment: imports.assignment,
		})
		.from(imports)
		.where(and(eq(imports.id, uploadId), eq(imports.origin, 'upload')));
	if (!upload) throw new Refusal('missing', 'readings.upload-unknown');
	return { ...upload, assignment: upload.assignment as Assignment | null };
}

/** Refuses what can no longer be stored: readings.upload-stored, readings.upload-over. */
function assertWaiting({ state }: Upload): void {
	if (state === 'stored') throw new Refusal('conflict', 'readings.upload-stored');
	if (state !== 'uploaded') throw new Refusal('conflict', 'readings.upload-over', { state });
}

/** An assignment with a metering point that exists and an OBIS code in its stored form. Refuses readings.metering-point-unknown, readings.obis. */
export async function checkedAssignment(tx: Tx, { meteringPointId, obis }: Assignment): Promise<Assignment> {
	const [point] = await tx
		.select({ id: meteringPoints.id })
		.from(meteringPoints)
		.where(eq(meteringPoints.id, meteringPointId));
	if (!point) throw new Refusal('invalid', 'readings.metering-point-unknown', {}, { field: 'meteringPointId' });
	if (obis === undefined) return { meteringPointId };
	const code = obisOf(obis);
	if (!code) throw new Refusal('invalid', 'readings.obis', { value: obis }, { field: 'obis' });
	return { meteringPointId, obis: code };
}

/**
 * Looks into an upload and keeps the report, or why it is refused; then its bytes go. Does nothing if it is stored or discarded
 * by then. Other errors than refusals (the database is away) are thrown: the upload stays as it is.
 */
export async function previewUpload(
	db: Database,
	{ by, at, folder, uploadId }: { by: Actor; at: Date; folder: string; uploadId: number },
	onProgress?: (bytes: number) => void,
): Promise<void> {
	const upload = await transact(db, by, (tx) => uploadIn(tx, uploadId));
	if (upload.state !== 'uploaded') return;
	const file = uploadPath(folder, upload);
	try {
		if (!existsSync(file)) throw new Refusal('missing', 'readings.upload-lost');
		const assignment = upload.assignment ?? undefined;
		const report = await previewFile(db, { by, at, path: file, assignment }, onProgress);
		const same = sql`${imports.assignment}::text is not distinct from ${upload.assignment && JSON.stringify(upload.assignment)}`;
		const isKept = await write(db, { by, at }, async (tx, note) => {
			const kept = await tx
				.update(imports)
				.set({ report })
				.where(and(waiting(uploadId), same))
				.returning({ id: imports.id });
			if (kept.length > 0)
				note({ action: 'readings.previewUpload', subject: `import ${uploadId}`, after: { format: report.format } });
			return kept.length > 0;
		});
		// Somebody chose another metering point meanwhile (or stored it: then the next look ends at once).
		if (!isKept) await previewUpload(db, { by, at, folder, uploadId }, onProgress);
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		await refuseUpload(db, { by, at, folder, uploadId, refusal: error });
	}
}

const waiting = (uploadId: number) => and(eq(imports.id, uploadId), eq(imports.state, 'uploaded'));

/** Ends an upload that cannot be read: its row keeps the reason, its bytes go. */
export async function refuseUpload(
	db: Database,
	{ folder, uploadId, refusal, ...command }: Command & { folder: string; uploadId: number; refusal: Refusal },
): Promise<void> {
	const report = { refusal: { code: refusal.code, values: refusal.values } };
	const refused = await write(db, command, async (tx, note) => {
		const [row] = await tx
			.update(imports)
			.set({ state: 'refused', report })
			.where(waiting(uploadId))
			.returning({ sha256: imports.sha256 });
		if (row) note({ action: 'readings.refuseUpload', subject: `import ${uploadId}`, after: report.refusal });
		return row?.sha256.toString('hex') ?? null;
	});
	if (refused) await rm(uploadPath(folder, { id: uploadId, sha256: Buffer.from(refused, 'hex') }), { force: true });
}

/**
 * Says where values of an upload go that do not name their metering point, and forgets its preview, to be made anew.
 * Refuses readings.upload-unknown, readings.upload-stored, readings.upload-over, readings.metering-point-unknown, readings.obis.
 */
export function assignUpload(
	db: Database,
	{ uploadId, assignment, ...command }: Command & { uploadId: number; assignment: Assignment },
): Promise<{ id: number }> {
	return write(db, command, async (tx, note) => {
		assertWaiting(await uploadIn(tx, uploadId));
		const checked = await checkedAssignment(tx, assignment);
		await tx.update(imports).set({ assignment: checked, report: null }).where(waiting(uploadId));
		note({ action: 'readings.assignUpload', subject: `import ${uploadId}`, after: checked });
		return { id: uploadId };
	});
}

/**
 * Stores an upload; its bytes go once it is. Without an assignment the one of the preview counts. Of two people at the same
 * moment one stores it. Refuses readings.upload-unknown, readings.upload-stored, readings.upload-over, readings.upload-lost and
 * what checkedAssignment and importFile refuse; then it waits on as it was.
 */
export async function importUpload(
	db: Database,
	{
		folder,
		uploadId,
		assignment,
		...command
	}: Command & { folder: string; uploadId: number; assignment?: Assignment | undefined },
	onProgress?: (bytes: number) => void,
): Promise<Imported> {
	for (let attempt = 1; ; attempt++) {
		const { upload, place } = await transact(db, command.by, async (tx) => {
			const row = await uploadIn(tx, uploadId);
			return {
				upload: row,
				place: assignment ? await checkedAssignment(tx, assignment) : (row.assignment ?? undefined),
			};
		});
		// A repeated request gets its first answer from the idempotency key, also when there is nothing left to store.
		if (upload.state !== 'uploaded') return write(db, command, async () => assertWaiting(upload) as never);
		const file = uploadPath(folder, upload);
		try {
			const { fileName } = upload;
			const imported = await importFile(
				db,
				{ ...command, path: file, fileName, origin: 'upload', assignment: place, uploadId },
				onProgress,
			);
			await rm(file, { force: true });
			return imported;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
			// The file went because somebody else stored or discarded it just now; look again, once.
			if (attempt === 2) throw new Refusal('missing', 'readings.upload-lost');
		}
	}
}

/** Discards an upload that is not stored. Refuses readings.upload-unknown, readings.upload-stored, readings.import-running. */
export async function discardUpload(
	db: Database,
	{ folder, uploadId, ...command }: Command & { folder: string; uploadId: number },
): Promise<{ id: number; state: 'discarded' }> {
	const { sha256 } = await write(db, command, async (tx, note) => {
		const upload = await uploadIn(tx, uploadId);
		if (upload.state === 'stored') assertWaiting(upload);
		const open = and(eq(imports.id, uploadId), inArray(imports.state, ['uploaded', 'refused', 'discarded']));
		const held = await tx.select({ id: imports.id }).from(imports).where(open).for('update', { skipLocked: true });
		if (held.length === 0) throw new Refusal('conflict', 'readings.import-running');
		if (upload.state !== 'discarded') {
			await tx.update(imports).set({ state: 'discarded' }).where(open);
			note({ action: 'readings.discardUpload', subject: `import ${uploadId}`, before: { state: upload.state } });
		}
		return { sha256: upload.sha256.toString('hex') };
	});
	await rm(uploadPath(folder, { id: uploadId, sha256: Buffer.from(sha256, 'hex') }), { force: true });
	return { id: uploadId, state: 'discarded' };
}

/** Uploads that wait without a report, oldest first: those a restart interrupted. */
export function listUnpreviewed(db: Database, { by }: { by: Actor }): Promise<number[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx
			.select({ id: imports.id })
			.from(imports)
			.where(and(eq(imports.state, 'uploaded'), isNull(imports.report)))
			.orderBy(asc(imports.id));
		return rows.map(({ id }) => id);
	});
}

function lives(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

/**
 * Removes files that no upload needs any more: halves that a dead process left, and whole ones whose upload was stored, discarded
 * or never recorded. Files of the last minute stay, another process may be about to record them. Answers how many went.
 */
export async function removeStrayUploads(
	db: Database,
	{ by, at, folder }: { by: Actor; at: Date; folder: string },
): Promise<number> {
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const names = await readdir(folder);
	const rows = await transact(db, by, (tx) =>
		tx.select({ id: imports.id, sha256: imports.sha256 }).from(imports).where(eq(imports.state, 'uploaded')),
	);
	const needed = new Set(rows.map((row) => path.basename(uploadPath(folder, row))));
	let removed = 0;
	for (const name of names) {
		const half = /^(\d+)-[0-9a-f-]{36}\.part$/.exec(name);
		if (needed.has(name) || (!half && !/^\d+-[0-9a-f]{16}$/.test(name))) continue;
		const ageMs =
			at.getTime() - ((await stat(path.join(folder, name)).catch(() => undefined))?.ctimeMs ?? at.getTime());
		const isStray = half ? !lives(Number(half[1])) || ageMs > 3_600_000 : ageMs > 60_000;
		if (!isStray) continue;
		await rm(path.join(folder, name), { force: true });
		removed++;
	}
	return removed;
}
